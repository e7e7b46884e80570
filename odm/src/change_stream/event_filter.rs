//! Filters on events, which the server applies.

mod negation;
mod touches;

use std::{fmt, marker::PhantomData};

use crate::{
    filter::{Condition, Filter},
    model::Model,
    path::{Field, Fields, Filtering, Handle, Identifier, Path, Required, Scalar},
};

use super::Operation;

/// The root of filters on events, as a model is the root of filters on documents:
/// `Filter<Event<M>>`.
///
/// It has no values; the events themselves are [`ChangeEvent`](super::ChangeEvent)s.
pub struct Event<M> {
    never: std::convert::Infallible,
    model: PhantomData<fn() -> M>,
}

/// The parts of an event that a condition can name.
///
/// ```
/// use odm::{change_stream::condition, prelude::*};
///
/// #[derive(Model)]
/// struct Series { #[model(id)] id: i64, name: String }
///
/// let filter = condition::<Series, _>(|e| {
///     e.operation().in_([Operation::Insert, Operation::Replace]) & e.document().name().eq("a")
/// });
/// assert_eq!(
///     filter.as_document()?,
///     doc! {
///         "operationType": { "$in": ["insert", "replace"] },
///         "fullDocument.name": "a",
///     },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub struct EventFields<M> {
    model: PhantomData<fn() -> M>,
}

/// The handle of the documents in events.
type DocumentFields<M> = <M as Field>::Handle<Filtering, Event<M>, M, Required>;

/// The handle of the `_id` in events.
type IdFields<M> =
    <<M as Model>::Id as Field>::Handle<Filtering, Event<M>, <M as Model>::Id, Identifier>;

impl<M: Model> EventFields<M> {
    /// What happened (`operationType`).
    pub fn operation(&self) -> Scalar<Filtering, Event<M>, Operation> {
        at("operationType")
    }

    /// The document after the change (`fullDocument`).
    ///
    /// Update events have it only if the stream was asked for it: otherwise a condition on it lets
    /// no update through.
    pub fn document(&self) -> DocumentFields<M> {
        at("fullDocument")
    }

    /// The document before the change (`fullDocumentBeforeChange`), if the stream was asked for it
    /// and the collection keeps it.
    pub fn before(&self) -> DocumentFields<M> {
        at("fullDocumentBeforeChange")
    }

    /// The `_id` of the document (`documentKey._id`).
    pub fn id(&self) -> IdFields<M> {
        at("documentKey._id")
    }

    /// Something at the path was changed, above it or below it: an update gave it a value, removed
    /// it or cut an array there. A replace touches every path. An insert and a delete touch no
    /// path.
    ///
    /// ```
    /// use odm::{change_stream::condition, prelude::*};
    ///
    /// #[derive(Model)]
    /// struct Series { #[model(id)] id: i64, name: String }
    ///
    /// let filter = condition::<Series, _>(|e| e.touches(|s| s.name()));
    /// assert_eq!(
    ///     filter.as_document()?.get_array("$or")?[0],
    ///     doc! { "operationType": "replace" }.into(),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// `.any()` means every position of an array, and an array that was cut touches the elements
    /// that are gone, as [`Changes::touches`](super::Changes::touches) has it. The server splits
    /// the names of fields at every dot: a key with a dot in it may let more events through, but
    /// never fewer.
    ///
    /// # Errors
    ///
    /// A key of a map with a NUL character.
    ///
    /// Manual: [`update`](https://www.mongodb.com/docs/manual/reference/change-events/update/).
    pub fn touches<H>(&self, path: impl FnOnce(Fields<M, Filtering>) -> H) -> Filter<Event<M>>
    where
        H: Handle<Mode = Filtering, Root = M>,
    {
        touches::filter(path(M::fields()).as_path())
    }
}

/// The condition on events that a closure makes, for a `$match` after `$changeStream`.
///
/// # Errors
///
/// In the filter: `$text`, `$near` and `$where`, which the server refuses there.
pub fn condition<M: Model, C: Condition<Event<M>>>(
    condition: impl FnOnce(EventFields<M>) -> C,
) -> Filter<Event<M>> {
    condition(EventFields { model: PhantomData }).into_filter().on_events(negation::gathered)
}

fn at<H: Handle>(path: &'static str) -> H {
    H::from_path(path.split('.').fold(Path::root(), |path, step| path.child(step)))
}

impl<M> fmt::Debug for Event<M> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.never {}
    }
}

impl<M> fmt::Debug for EventFields<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventFields")
    }
}
