//! Change streams: every change of the documents of a model, when it happens.
//!
//! Knows models, paths, filters and executors. Does not know who consumes events. The events, the
//! changes in them, the filters on them and the tokens do not know the network.
//!
//! `Series::watch()` ([`Watchable`]) builds a [`Watch`], and [`stream`](Watch::stream) opens a
//! [`ChangeStream`] of [`ChangeEvent`]s; `db.watch()` ([`WatchSeveral`]) does so for several models.
//! [`fan_out`](ChangeStream::fan_out) gives one stream to many.

mod changes;
mod event;
mod event_filter;
mod failure;
mod fan_out;
mod feed;
mod fragments;
mod images;
mod machine;
mod opener;
mod plan;
mod several;
mod status;
mod stream;
mod token;
mod watch;

pub use self::{
    changes::Changes,
    event::{
        ChangeEvent, DeleteEvent, DropEvent, EventMeta, EventTransaction, InsertEvent,
        InvalidateEvent, Namespace, Operation, OtherEvent, RenameEvent, ReplaceEvent,
        UndecodableEvent, UpdateEvent,
    },
    event_filter::{Event, EventFields, condition},
    fan_out::{Delivery, FanOut, Subscription},
    fragments::{Fragments, Pushed},
    several::{AnyChangeEvent, AnyChangeStream, WatchSeveral},
    status::StreamStatus,
    stream::ChangeStream,
    token::ResumeToken,
    watch::{FullDocument, FullDocumentBeforeChange, OnHistoryLost, Watch},
};

pub(crate) use self::opener::{OUTLINE, Opener, RawStream, is_outage};
use crate::{model::Model, path::Embedded};

/// The name of the operation by which a gap is reported, see [`OnHistoryLost::RestartFromNow`].
pub const HISTORY_LOST: &str = "historyLost";

/// The changes of a model: `Series::watch()`.
pub trait Watchable: Embedded {
    /// The changes of the model's documents. Ends with [`stream`](Watch::stream).
    fn watch() -> Watch<Self>
    where
        Self: Model,
    {
        Watch::new()
    }
}

impl<T: Embedded> Watchable for T {}
