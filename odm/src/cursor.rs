//! Cursors of the server: opened by a command, read reply by reply, closed on the member that has
//! them.
//!
//! Knows targets, sessions and the driver's cursors. Does not know what the documents are.
//!
//! ```text
//!            open                     next
//!  Command ───────► Cursor, reply ◄────────► Cursor, reply
//!     │                │                        │
//!     └────────────────┴── dropped at any time ─┴──► closed at its home, in the background
//! ```

mod batch;
mod command;
mod documents;
mod home;
mod task;

use std::sync::{Arc, Mutex};

use futures::{FutureExt, StreamExt, future::BoxFuture};
use mongodb::{
    ClientSession,
    raw_batch_cursor::{RawBatch, SessionRawBatchCursor},
};

pub use self::documents::Documents;
pub(crate) use self::{batch::Batch, command::Command, documents::Reader, task::need_runtime};
use self::{
    batch::has_more,
    home::Home,
    task::{in_task, runtime_has_ended},
};
use crate::{
    error::{Error, Result},
    executor::{Call, Purpose, RawCollection, Target},
    support::locked,
};

/// A cursor that is open on the server. Dropping it closes the cursor at its home.
pub(crate) struct Cursor {
    /// The driver's.
    raw: Box<SessionRawBatchCursor>,
    session: SessionOf,
    target: Target,
    purpose: Purpose,
    home: Handle,
}

/// Whose session the cursor is used in.
enum SessionOf {
    /// The cursor's own.
    Cursor(Box<ClientSession>),
    /// The user's.
    User,
}

/// A cursor and its first reply.
pub(crate) type Opened = (Cursor, RawBatch);

/// A reply, or the end of the cursor.
pub(crate) type Next = Option<Result<RawBatch>>;

/// The cursor on the server, for the one that closes it: the cursor, or somebody who does not wait
/// for its reply.
#[derive(Clone, Default)]
pub(crate) struct Handle(Arc<Mutex<Option<Home>>>);

impl Handle {
    /// Closes the cursor, and waits until that is done. Whoever is second does nothing.
    pub(crate) async fn close(&self) {
        let home = locked(&self.0).take();
        if let Some(home) = home {
            home.close().await;
        }
    }
}

impl Cursor {
    /// Sends the command. The driver repeats it once if the connection fails.
    ///
    /// A task of its own does so. If nobody waits any more, it closes the cursor that it gets.
    pub(crate) async fn open(call: Call, purpose: Purpose, command: Command) -> Result<Opened> {
        let opened = in_task(Self::opened(call, purpose, command)).await;
        opened.unwrap_or_else(|| Err(runtime_has_ended()))
    }

    async fn opened(mut call: Call, purpose: Purpose, command: Command) -> Result<Opened> {
        let target = call.target().clone();
        let collection = call.collection();
        let opened = match call.session() {
            Some(session) => {
                command.send(&collection, session).await.map(|it| (it, SessionOf::User))
            }
            None => match own_session(&collection).await {
                Ok(mut session) => {
                    let opened = command.send(&collection, &mut session).await;
                    opened.map(|it| (it, SessionOf::Cursor(session)))
                }
                Err(error) => Err(error),
            },
        };
        let ((raw, reply), session) = call.settle(opened)?;
        let home = Home::of(collection.client(), &raw, reply.as_raw_document());
        let home = Handle(Arc::new(Mutex::new(home)));
        Ok((Self { raw: Box::new(raw), session, target, purpose, home }, reply))
    }

    /// Waits for the next reply. The future owns everything, so dropping a waiter does not
    /// interrupt it. In a session of the user's it runs as a task, so that it gives the session
    /// back also when nobody waits. `None` in place of the cursor: it is gone.
    pub(crate) fn next(self) -> BoxFuture<'static, (Option<Self>, Next)> {
        match self.session {
            SessionOf::Cursor(_) => self.step().map(|(cursor, next)| (Some(cursor), next)).boxed(),
            SessionOf::User => in_task(self.step())
                .map(|done| match done {
                    Some((cursor, next)) => (Some(cursor), next),
                    None => (None, Some(Err(runtime_has_ended()))),
                })
                .boxed(),
        }
    }

    async fn step(mut self) -> (Self, Next) {
        let next = match &mut self.session {
            SessionOf::Cursor(session) => {
                let next = self.raw.stream(session).next().await;
                let access = self.purpose.access;
                next.map(|next| next.map_err(|error| Error::from_driver(error, access)))
            }
            SessionOf::User => users_step(&mut self.raw, &self.target, self.purpose).await,
        };
        if let Some(Ok(reply)) = &next
            && let Some(home) = &mut *locked(&self.home.0)
        {
            home.is_open = has_more(reply.as_raw_document());
        }
        (self, next)
    }

    /// Closes the cursor, and waits until that is done.
    pub(crate) async fn close(self) {
        self.home.close().await;
    }

    /// The cursor on the server.
    pub(crate) fn handle(&self) -> Handle {
        self.home.clone()
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        if let Some(home) = locked(&self.home.0).take() {
            home.close_later();
        }
    }
}

async fn users_step(raw: &mut SessionRawBatchCursor, target: &Target, purpose: Purpose) -> Next {
    let mut call = match Call::begin(target.clone(), Purpose { timeout: None, ..purpose }).await {
        Ok(call) => call,
        Err(error) => return Some(Err(error)),
    };
    let next = raw.stream(call.session()?).next().await;
    next.map(|next| call.settle(next))
}

async fn own_session(collection: &RawCollection) -> mongodb::error::Result<Box<ClientSession>> {
    collection.client().start_session().causal_consistency(false).await.map(Box::new)
}
