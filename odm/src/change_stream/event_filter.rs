//! Filters on events, which the server applies.

mod negation;
mod touches;

use std::{fmt, marker::PhantomData};

use crate::{
    expression::{Operand, Truth},
    filter::{Condition, Filter},
    model::Model,
    path::{Field, Fields, Filtering, Handle, Identifier, Mode, Path, Reading, Required, Scalar},
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
pub struct EventFields<M, K = Filtering> {
    types: PhantomData<fn() -> (M, K)>,
}

/// The handle of the documents in events, which may be without them.
type DocumentFields<M, K> = <M as Field>::Handle<<K as Mode>::Entry, Event<M>, M, Required>;

/// The handle of the `_id` in events.
type IdFields<M, K> =
    <<M as Model>::Id as Field>::Handle<<K as Mode>::Entry, Event<M>, <M as Model>::Id, Identifier>;

impl<M: Model, K: Mode> EventFields<M, K> {
    /// What happened (`operationType`).
    pub fn operation(&self) -> Scalar<K, Event<M>, Operation> {
        at("operationType")
    }

    /// The document after the change (`fullDocument`).
    ///
    /// Update events have it only if the stream was asked for it: otherwise a condition on it lets
    /// no update through.
    pub fn document(&self) -> DocumentFields<M, K> {
        at("fullDocument")
    }

    /// The document before the change (`fullDocumentBeforeChange`), if the stream was asked for it
    /// and the collection keeps it.
    pub fn before(&self) -> DocumentFields<M, K> {
        at("fullDocumentBeforeChange")
    }

    /// The `_id` of the document (`documentKey._id`).
    pub fn id(&self) -> IdFields<M, K> {
        at("documentKey._id")
    }
}

impl<M: Model> EventFields<M> {
    /// An [expression](crate::expression) over the event is true (`$expr`).
    ///
    /// ```
    /// use odm::{change_stream::condition, prelude::*};
    ///
    /// #[derive(Model)]
    /// struct Series { #[model(id)] id: i64, name: String }
    ///
    /// let renamed = condition::<Series, _>(|e| e.expr(|e| e.document().name().ne(e.before().name())));
    /// assert_eq!(
    ///     renamed.as_document()?,
    ///     doc! { "$expr": { "$ne": [
    ///         { "$ifNull": ["$fullDocument.name", null] },
    ///         { "$ifNull": ["$fullDocumentBeforeChange.name", null] },
    ///     ] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    #[doc(alias = "$expr")]
    pub fn expr<E>(&self, expression: impl FnOnce(EventFields<M, Reading>) -> E) -> Filter<Event<M>>
    where
        E: Operand<Event<M>>,
        E::Value: Truth,
    {
        Filter::expr(expression(EventFields { types: PhantomData }).into_expr().into_truth())
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
    condition(EventFields { types: PhantomData }).into_filter().on_events(negation::gathered)
}

fn at<H: Handle>(path: &'static str) -> H {
    H::from_path(path.split('.').fold(Path::root(), |path, step| path.child(step)))
}

impl<M> fmt::Debug for Event<M> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.never {}
    }
}

impl<M, K> fmt::Debug for EventFields<M, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventFields")
    }
}
