//! Replacing whole documents.

mod encoded;
mod kept;

use std::{borrow::Cow, fmt, marker::PhantomData};

use mongodb::bson::Document;

use crate::{
    codec::{Encoder, encode_document},
    command::{FindAndModify, Kind, Single},
    common_options::{CommandOptions, CommonOptions, setters},
    error::{Access, Error, Result},
    executor::{Executor, Purpose, Target},
    filter::{Condition, Filter, FilterClosure, on_documents},
    model::{Model, Versioned},
    path::{Field, IntoValue},
    update::{Fetch, check_not_by_version},
};

use self::{
    encoded::{check_keys, same_id, without_id},
    kept::{append_kept_up, append_plain},
};
use super::{
    Operations,
    condition::has_condition,
    find::decode_written,
    results::{Updated, id_element},
    stale::{as_loaded, check_matched},
};

/// The replacement of a document: of the one with the same `_id`, or of the first one that meets
/// the conditions of [`filter`](Self::filter).
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "pages")]
/// struct Page {
///     #[model(id)]
///     id: i64,
///     path: String,
///     text: String,
/// }
///
/// let page = Page { id: 7, path: "/".into(), text: "hello".into() };
/// assert_eq!(
///     Page::replace(&page).as_document()?,
///     doc! { "q": { "_id": 7_i64 }, "u": { "_id": 7_i64, "path": "/", "text": "hello" } },
/// );
/// assert_eq!(
///     Page::replace(&page).filter(|p| p.path().eq("/")).as_document()?,
///     doc! { "q": { "path": "/" }, "u": { "path": "/", "text": "hello" } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// The `_id` of a stored document never changes. What is sent follows from that:
///
/// | | condition | `_id` of the replacement |
/// | --- | --- | --- |
/// | `replace(&page)` | the `_id` is the same | is sent |
/// | `.filter(…)` | the filter alone | is not sent: the document that matches keeps its own |
/// | `.filter(…).upsert()` | the filter alone | is sent: it is the `_id` of what is inserted |
///
/// So with `.filter(…).upsert()` the server refuses the replacement when a document with another
/// `_id` matches (`Server`, code 66); nothing is written then. If the model's `_id` is an
/// `Option<ObjectId>` that is not set, this cannot happen: the document that matches keeps its
/// `_id`, and the server makes one for a document that it inserts.
///
/// To replace a document only if it is in a certain state, give both conditions:
/// `.by_id(page.id).filter(|p| p.state().eq(State::Draft))`. A model with `#[model(version)]` has
/// [`by`](Self::by) for the state that was loaded.
///
/// Manual: [`replaceOne`](https://www.mongodb.com/docs/manual/reference/method/db.collection.replaceOne/).
#[must_use = "nothing is replaced until `.run(…)`, `.fetch_before(…)` or `.fetch_after(…)`"]
pub struct Replace<M> {
    document: Result<Vec<u8>>,
    /// `None`: the `_id` is the same.
    filter: Option<Filter<M>>,
    /// Only the version that was loaded is meant: if nothing matches, it is stale.
    is_by_version: bool,
    is_upsert: bool,
    options: CommonOptions,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Replace<M> {
    pub(super) fn new(document: &M) -> Self {
        let document = encode_document(document).map_err(Error::from);
        let options = CommonOptions::default();
        Self {
            document,
            filter: None,
            is_by_version: false,
            is_upsert: false,
            options,
            model: PhantomData,
        }
    }

    /// Replaces the first document that meets the condition, whatever its `_id`; of several
    /// conditions, all. The document keeps its own `_id`.
    pub fn filter<C: Condition<M>>(self, condition: impl FilterClosure<M, C>) -> Self {
        self.and(on_documents(condition))
    }

    /// Replaces the document with this `_id`; the same as `.filter(|m| m.id().eq(id))`.
    pub fn by_id(self, id: impl IntoValue<M::Id>) -> Self {
        self.filter(|_| M::by_id(id))
    }

    /// Replaces the first document that also meets a condition written by hand, with stored names.
    pub fn raw(self, condition: Document) -> Self {
        self.and(Filter::raw(condition))
    }

    /// Replaces the document that was loaded, and only if it still has the version that was loaded.
    /// Otherwise nothing is written, and the error is of the kind `Stale`. See
    /// [`Update::by`](crate::update::Update::by).
    ///
    /// The document that is written and the one that was loaded may be the same value.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "pages")]
    /// struct Page { #[model(id)] id: i64, title: String, #[model(version)] version: i64 }
    ///
    /// let page = Page { id: 7, title: "Tea".into(), version: 3 };
    /// let replace = Page::replace(&page).by(&page);
    /// let condition = doc! { "_id": 7_i64, "version": 3_i64 };
    /// assert_eq!(replace.as_document()?.get_document("q")?, &condition);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Of the verb: `Stale`, with the outcome `NotApplied`; `Invalid` with `upsert` and in a bulk.
    pub fn by(mut self, loaded: &M) -> Self
    where
        M: Versioned,
    {
        self.is_by_version = true;
        self.and(as_loaded(loaded))
    }

    fn and(mut self, condition: Filter<M>) -> Self {
        self.filter = Some(match self.filter.take() {
            Some(filter) => filter & condition,
            None => condition,
        });
        self
    }

    /// Inserts the document if none matches, with its `_id`.
    pub fn upsert(mut self) -> Self {
        self.is_upsert = true;
        self
    }

    /// The statement that is sent: `q` and `u`, as in the
    /// [`update` command](https://www.mongodb.com/docs/manual/reference/command/update/).
    ///
    /// # Errors
    ///
    /// `Encode` if BSON cannot hold a value; `Invalid` if the `_id` that is needed is not set, or
    /// if the filter has no condition.
    pub fn as_document(&self) -> Result<Document> {
        self.options.shown(|out| self.append_to(out))
    }

    /// Replaces the document. One round trip, and a second attempt if the connection fails.
    ///
    /// # Errors
    ///
    /// `DuplicateKey`, `Validation`; `Encode` and `Invalid` before anything is sent.
    pub async fn run(mut self, executor: &impl Executor<M>) -> Result<Updated<M>> {
        let (target, (command, purpose)) = (executor.target(), self.take_options());
        let single = Single::new((Kind::Update, false), command, |out| self.append_to(out))?;
        let written = single.run(target.clone(), purpose).await?;
        let is_matched = written.matched > 0;
        check_matched((self.is_by_version, is_matched), REPLACE.operation, &target)?;
        Updated::of(written, &target)
    }

    /// Replaces the document, and returns it as it was before. One round trip, and a
    /// second attempt if the connection fails.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run); `Decode` if what was stored does not have the model's shape.
    pub async fn fetch_before(self, executor: &impl Executor<M>) -> Result<Option<M>> {
        self.fetch(executor.target(), Fetch::Before).await
    }

    /// Replaces the document, and returns it as it is stored now. One round trip, and a
    /// second attempt if the connection fails.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub async fn fetch_after(self, executor: &impl Executor<M>) -> Result<Option<M>> {
        self.fetch(executor.target(), Fetch::After).await
    }

    /// Appends `q`, `u` and options, as the `update` command of a bulk has them.
    pub(super) fn append_to_bulk(&self, out: &mut Encoder) -> Result<()> {
        self.options.check_in_bulk()?;
        check_not_by_version(self.is_by_version)?;
        self.append_to(out)
    }

    fn append_to(&self, out: &mut Encoder) -> Result<()> {
        self.append_as(("q", "u"), out)?;
        self.append_rest(out)
    }

    /// Appends filter and replacement, under the names that a command has for them.
    fn append_as(&self, (filter, change): (&str, &str), out: &mut Encoder) -> Result<()> {
        let (condition, document) = (self.condition()?, self.replacement()?);
        if self.is_by_version && self.is_upsert {
            return Err(Error::invalid(
                "an upsert inserts what does not match, and `.by(…)` refuses it: leave out one of \
                 the two",
            ));
        }
        out.field(filter, &condition.elements()?);
        let change_to = if M::UPKEEP.is_none() { append_plain } else { append_kept_up };
        change_to(M::UPKEEP, (change, document), out);
        Ok(())
    }

    fn append_rest(&self, out: &mut Encoder) -> Result<()> {
        if self.is_upsert {
            out.field("upsert", &true);
        }
        self.options.statement.append_to(out)
    }

    /// The options that are not part of the statement, taken out.
    fn take_options(&mut self) -> (CommandOptions, Purpose) {
        let (command, timeout) = self.options.take_whole();
        (command, Purpose { timeout, ..REPLACE })
    }

    /// Which document is replaced.
    fn condition(&self) -> Result<Cow<'_, Filter<M>>> {
        let document = self.document.as_ref().map_err(Error::clone)?;
        match &self.filter {
            None => same_id(document).map(Cow::Owned),
            Some(filter) if has_condition(filter)? => Ok(Cow::Borrowed(filter)),
            Some(_) => Err(Error::invalid(
                "the filter of the replacement has no condition, so any document could be \
                 replaced: add a condition, or leave out `.filter(…)` to replace by `_id`",
            )),
        }
    }

    /// The document that is written.
    fn replacement(&self) -> Result<Cow<'_, [u8]>> {
        let document = self.document.as_ref().map_err(Error::clone)?;
        check_keys(document)?;
        let has_id = id_element(document).is_some();
        match (&self.filter, self.is_upsert) {
            (Some(_), false) if has_id => without_id(document).map(Cow::Owned),
            (Some(_), true) if !has_id && M::Id::generate().is_none() => Err(Error::invalid(
                "an upsert needs the `_id` of what it inserts, and only an `ObjectId` is made when \
                 it is missing",
            )),
            _ => Ok(Cow::Borrowed(document)),
        }
    }

    async fn fetch(mut self, target: Target, which: Fetch) -> Result<Option<M>> {
        let (command, purpose) = self.take_options();
        let fetch = FindAndModify::new(command, |out| {
            self.append_as(("query", "update"), out)?;
            which.append_to(out);
            self.append_rest(out)
        });
        let found = fetch?.run(target.clone(), purpose).await?;
        check_matched((self.is_by_version, found.is_some()), REPLACE.operation, &target)?;
        match found {
            Some(document) => decode_written(&document, &target).map(Some),
            None => Ok(None),
        }
    }
}

impl<M> Replace<M> {
    fn common_options(&mut self) -> &mut CommonOptions {
        &mut self.options
    }
}

setters!(impl[M] Replace<M> {
    hint, collation, comment, let_vars, write_concern, bypass_document_validation, timeout,
});

impl<M> Clone for Replace<M> {
    fn clone(&self) -> Self {
        Self {
            document: self.document.clone(),
            filter: self.filter.clone(),
            is_by_version: self.is_by_version,
            is_upsert: self.is_upsert,
            options: self.options.clone(),
            model: PhantomData,
        }
    }
}

impl<M: Model> fmt::Debug for Replace<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_document() {
            Ok(document) => write!(f, "Replace({document})"),
            Err(error) => write!(f, "Replace({error})"),
        }
    }
}

const REPLACE: Purpose = Purpose::new(Access::Write, "replace in");
