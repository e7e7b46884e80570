//! Durable consumers: change streams whose place is kept, by one process at a time.
//!
//! Knows change streams, transactions and collections. Does not know what handlers do.
//!
//! [`Watch::durable`] builds a [`Durable`], and [`run`](Durable::run) gives every event to a handler:
//!
//! ```no_run
//! use odm::prelude::*;
//!
//! #[derive(Model)]
//! #[model(collection = "orders")]
//! struct Order {
//!     #[model(id)]
//!     id: i64,
//!     email: String,
//! }
//!
//! # async fn send(_to: &str) -> odm::Result<()> { Ok(()) }
//! # async fn run(db: odm::Database) -> odm::Result<()> {
//! Order::watch()
//!     .durable("mailer", TokenStore::collection(&db))
//!     .run(&db, |event| async move {
//!         if let ChangeEvent::Insert(event) = event {
//!             send(&event.document.email).await?;
//!         }
//!         Ok(())
//!     })
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//!
//! | the process | events that were handled | events that were not |
//! | --- | --- | --- |
//! | ends in good order | are not repeated | come next time |
//! | crashes, at any moment | since the last checkpoint, are repeated | come next time |
//! | crashes, [`transactional`](Durable::transactional) | are not repeated: their effects in the database are there once | come next time |
//!
//! The resume token is saved after the handler is done, so an event is never skipped. The first
//! token is saved before the first event is handled, so this holds from the beginning.
//!
//! # One at a time
//!
//! Of all processes that run under one name, one holds the lease and consumes; the others wait. The
//! lease is renewed while a handler works, however long that takes, unless it blocks the runtime.
//! When the holder dies, another process takes over, at the latest after the lease time. When the
//! holder ends in good order, another one takes over at once. A holder that cannot renew its lease
//! drops its handler before the lease runs out. It goes on if it gets the lease back, and the
//! events since its last checkpoint come again. If another process has the lease by then, it ends
//! with `TakenOver`.
//!
//! A process that was stopped, and does not know yet that its lease has run out, may still act for
//! a moment, for example send the mail of its last event. No lease can prevent that. But each lease
//! has a number, its epoch. A token is saved, and a transaction committed, only under the newest
//! epoch: what an old holder wrote in the event's transaction is undone.
//!
//! # Runtimes
//!
//! A consumer may be polled in one tokio runtime and then in another. When the first one ends, it
//! goes on in the next one, as after an outage. The runtime in which the client was made must live
//! longer: when that one ends, the outage has no end. If a runtime ends together with the consumer
//! in it, nobody gives the lease back, and it runs out.

mod attempt;
mod builder;
mod checkpoint;
mod consumer;
mod dead_letter;
mod ground;
mod handler;
mod large;
mod lease;
mod metrics;
mod opening;
mod options;
mod pause;
mod stop;
mod store;

pub use self::{
    builder::{AtLeastOnce, Durable, Transactional},
    metrics::{Figures, Metrics},
    options::OnFailure,
    store::{
        CollectionStore, FileStore, MemoryStore, StoreError, StoreResult, StoreTokens, TokenStore,
    },
};

use crate::{change_stream::Watch, model::Model};

impl<M: Model> Watch<M> {
    /// A consumer of the events that survives crashes, under a name. Ends with
    /// [`run`](Durable::run).
    ///
    /// The starting point of the watch itself has an effect only until a token has been saved.
    pub fn durable<S: StoreTokens>(
        self,
        name: impl Into<String>,
        store: TokenStore<S>,
    ) -> Durable<M, S> {
        Durable::new(self, name.into(), store)
    }
}
