//! Finds of one variant of a model that is an enum.

use std::{fmt, ops::Deref};

use mongodb::bson::Document;

use crate::{
    codec::{DecodeError, Element, id_of, read_beside_tag},
    cursor::Documents,
    error::Result,
    executor::ReadExecutor,
    explain::Explain,
    filter::{Condition, Filter},
    model::{Narrow, Polymorphic, Variant, VariantFields},
    path::{Field, Fields, Filtering, IntoValue},
    sort::SortOrder,
};

use super::{Find, find::not_found};

/// A query for the documents of `M` that are of one variant, which holds a `V`: made by
/// `Shape::find().only_circle()`. Conditions and orders are on the fields of `V`, and `V` is what
/// it reads.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "events", tag = "type")]
/// enum Event { Login(Login), Logout(Logout) }
///
/// #[derive(Embedded)]
/// struct Login { #[model(id)] id: i64, user: String, at: i64 }
///
/// #[derive(Embedded)]
/// struct Logout { #[model(id)] id: i64, user: String }
///
/// let logins = Event::find().only_login().filter(|l| l.user().eq("ann")).sort(|l| l.at().desc());
/// assert_eq!(
///     logins.as_document()?,
///     doc! {
///         "find": "events",
///         "filter": { "type": "Login", "user": "ann" },
///         "sort": { "at": -1 },
///     },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// Options that are not here are those of [`Find`], given before.
#[must_use = "nothing is read until a verb runs it: `.all(…)`, `.first(…)`, `.get(…)`, `.stream(…)`, `.count(…)` or `.exists(…)`"]
pub struct Only<M: Polymorphic, V: Field> {
    find: Find<M>,
    variant: Variant<M, V>,
}

impl<M: Polymorphic, V: Field> Only<M, V> {
    fn map(self, change: impl FnOnce(Find<M>) -> Find<M>) -> Self {
        Self { find: change(self.find), ..self }
    }

    /// Only documents that meet the condition; of several conditions, all.
    pub fn filter<C: Condition<M>>(self, condition: impl FnOnce(VariantFields<M, V>) -> C) -> Self {
        let fields = self.variant.fields;
        self.map(|find| find.filter(|model| condition(fields(&model))))
    }

    /// Only documents that also meet a condition written by hand, with stored names.
    pub fn raw(self, condition: Document) -> Self {
        self.map(|find| find.raw(condition))
    }

    /// Only the document with this `_id`.
    pub fn by_id(self, id: impl IntoValue<M::Id>) -> Self {
        self.map(|find| find.by_id(id))
    }

    /// Orders the documents. A second order applies to those that are equal by the first.
    pub fn sort<O: SortOrder<M>>(self, order: impl FnOnce(VariantFields<M, V>) -> O) -> Self {
        let fields = self.variant.fields;
        self.map(|find| find.sort(|model| order(fields(&model))))
    }

    /// Leaves out this many documents at the start.
    pub fn skip(self, documents: u64) -> Self {
        self.map(|find| find.skip(documents))
    }

    /// Returns at most this many documents; 0 means no limit.
    pub fn limit(self, documents: u32) -> Self {
        self.map(|find| find.limit(documents))
    }

    /// The command that is sent, without the driver's own fields.
    ///
    /// # Errors
    ///
    /// The first mistake in the chain.
    pub fn as_document(&self) -> Result<Document> {
        self.find.as_document()
    }

    /// Reads all documents of the variant. One round trip, and one more for every batch after the
    /// first.
    ///
    /// # Errors
    ///
    /// `Decode` if a document does not have the variant's shape.
    pub async fn all(self, executor: &impl ReadExecutor<M>) -> Result<Vec<V>> {
        self.find.into_query()?.all(executor.target(), read::<M, V>).await
    }

    /// The first document, if there is one. One round trip; `limit` has no effect.
    ///
    /// # Errors
    ///
    /// Those of [`all`](Self::all).
    pub async fn first(self, executor: &impl ReadExecutor<M>) -> Result<Option<V>> {
        self.find.into_query()?.first(executor.target(), read::<M, V>).await
    }

    /// The first document. One round trip. No document is an error.
    ///
    /// # Errors
    ///
    /// `NotFound` if no document matches, `Decode` if it does not have the variant's shape.
    pub async fn get(self, executor: &impl ReadExecutor<M>) -> Result<V> {
        let found = self.first(executor).await?;
        found.ok_or_else(|| not_found(&executor.target()))
    }

    /// The documents one after the other, as batches arrive; the first batch is there when this
    /// returns.
    ///
    /// # Errors
    ///
    /// Those of a find. A document that does not decode is an error of the stream, which goes on.
    pub async fn stream(self, executor: &impl ReadExecutor<M>) -> Result<Documents<V>> {
        self.find.into_query()?.stream(executor.target(), read::<M, V>).await
    }

    /// How many documents match, within skip and limit. One round trip (an aggregation).
    ///
    /// # Errors
    ///
    /// Those of [`Find::count`].
    pub async fn count(self, executor: &impl ReadExecutor<M>) -> Result<u64> {
        self.find.count(executor).await
    }

    /// Whether a document matches. One round trip, which reads one `_id`.
    ///
    /// # Errors
    ///
    /// Those of a find.
    pub async fn exists(self, executor: &impl ReadExecutor<M>) -> Result<bool> {
        self.find.exists(executor).await
    }

    /// How the server answers the query: see [`Find::explain`].
    ///
    /// # Errors
    ///
    /// Those of a find; `Invalid` in a transaction.
    pub async fn explain(self, executor: &impl ReadExecutor<M>) -> Result<Explain> {
        self.find.explain(executor).await
    }
}

/// Reads the data of a variant from a document of the model.
fn read<M: Polymorphic, V: Field>(document: &[u8]) -> Result<V, DecodeError> {
    read_beside_tag(Element::document(document), M::TAG)
        .map_err(|error| error.with_id(id_of(document)))
}

impl<M: Polymorphic, V: Field> Clone for Only<M, V> {
    fn clone(&self) -> Self {
        Self { find: self.find.clone(), variant: self.variant }
    }
}

impl<M: Polymorphic, V: Field> fmt::Debug for Only<M, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_document() {
            Ok(document) => write!(f, "Only({document})"),
            Err(error) => write!(f, "Only({error})"),
        }
    }
}

impl<M: Polymorphic> Narrow<M> for Find<M> {
    type Only<V: Field> = Only<M, V>;

    fn of_variant<V: Field>(&self, variant: Variant<M, V>) -> Only<M, V> {
        Only { find: self.of_documents(variant.is_variant), variant }
    }

    fn of_documents(&self, is_wanted: fn(&Fields<M, Filtering>) -> Filter<M>) -> Self {
        self.clone().filter(|model| is_wanted(&model))
    }
}

/// The methods for one variant that the derive of `M` makes: `.only_circle()`.
impl<M: Polymorphic> Deref for Find<M> {
    type Target = M::Only<Self>;

    fn deref(&self) -> &Self::Target {
        self.narrowed.make::<M, Self>(self)
    }
}
