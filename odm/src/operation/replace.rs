//! Replacing whole documents.

mod driver;
mod encoded;

use std::{borrow::Cow, fmt, marker::PhantomData, time::Duration};

use mongodb::{
    bson::{Bson, Document, RawDocumentBuf, doc},
    options::{ReplaceOptions, ReturnDocument},
};

use crate::{
    codec::{ElementType, Encoder, encode_document},
    command::{CommandOptions, Kind},
    error::{Access, Error, Result},
    executor::{Call, Executor, Purpose, Target},
    filter::{Condition, Filter, FilterClosure, on_documents},
    model::Model,
    options::{Collation, IntoHint, WriteConcern},
    path::{Field, IntoValue},
    update::{append_option, refuse_whole},
};

use self::{
    driver::{Shown, fetch_options, find_one_and_replace, replace},
    encoded::{same_id, without_id},
};
use super::{
    Operations, append_options,
    condition::has_condition,
    find::decode_written,
    insert::raw,
    results::{Updated, id_element},
    timed,
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
/// To replace a document only if it is in a certain state, as in a check of a version, give both
/// conditions: `.by_id(page.id).filter(|p| p.version().eq(3))`.
///
/// Manual: [`replaceOne`](https://www.mongodb.com/docs/manual/reference/method/db.collection.replaceOne/).
#[must_use = "nothing is replaced until `.run(…)`, `.fetch_before(…)` or `.fetch_after(…)`"]
pub struct Replace<M> {
    document: Result<Vec<u8>>,
    /// `None`: the `_id` is the same.
    filter: Option<Filter<M>>,
    options: ReplaceOptions,
    timeout: Option<Duration>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Replace<M> {
    pub(super) fn new(document: &M) -> Self {
        let document = encode_document(document).map_err(Error::from);
        let options = ReplaceOptions::default();
        Self { document, filter: None, options, timeout: None, model: PhantomData }
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

    fn and(mut self, condition: Filter<M>) -> Self {
        self.filter = Some(match self.filter.take() {
            Some(filter) => filter & condition,
            None => condition,
        });
        self
    }

    /// Inserts the document if none matches, with its `_id`.
    pub fn upsert(mut self) -> Self {
        self.options.upsert = Some(true);
        self
    }

    /// The index to use, by name or by key.
    pub fn hint(mut self, hint: impl IntoHint) -> Self {
        self.options.hint = Some(hint.into_hint());
        self
    }

    /// How strings are compared.
    pub fn collation(mut self, collation: Collation) -> Self {
        self.options.collation = Some(collation);
        self
    }

    /// A comment for the server's logs and profiler.
    pub fn comment(mut self, comment: impl Into<Bson>) -> Self {
        self.options.comment = Some(comment.into());
        self
    }

    /// Variables that `$expr` refers to as `$$name`.
    #[doc(alias = "let")]
    pub fn let_vars(mut self, variables: Document) -> Self {
        self.options.let_vars = Some(variables);
        self
    }

    /// The acknowledgement that the operation waits for, in place of the collection's.
    pub fn write_concern(mut self, concern: WriteConcern) -> Self {
        self.options.write_concern = Some(concern);
        self
    }

    /// Skips the collection's validation rules.
    pub fn bypass_document_validation(mut self) -> Self {
        self.options.bypass_document_validation = Some(true);
        self
    }

    /// How long the operation may take, waiting for a server and for its session included. When
    /// the time is up, the error is `Timeout`, and its outcome says what became of the write.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
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
        let (filter, replacement) = self.parts()?;
        let replacement = Document::try_from(replacement);
        let replacement = replacement.map_err(|error| Error::invalid(error.to_string()))?;
        let mut statement = doc! { "q": filter, "u": replacement };
        append_options(&mut statement, &Shown::from(&self.options))?;
        Ok(statement)
    }

    /// Replaces the document. One round trip, retried once by the driver if the connection fails.
    ///
    /// # Errors
    ///
    /// `DuplicateKey`, `Validation`; `Encode` and `Invalid` before anything is sent.
    pub async fn run(self, executor: &impl Executor<M>) -> Result<Updated<M>> {
        let target = executor.target();
        if timed::is_limited(&target, self.timeout) {
            return self.run_timed(target).await;
        }
        let (filter, document) = self.parts()?;
        let call = Call::begin(target.clone(), purpose(self.timeout)).await?;
        Updated::of(replace(call, filter, document, self.options).await?, &target)
    }

    async fn run_timed(mut self, target: Target) -> Result<Updated<M>> {
        let purpose = purpose(self.timeout.take());
        let options = CommandOptions {
            is_unordered: false,
            bypass_validation: self.options.bypass_document_validation.take() == Some(true),
            let_vars: self.options.let_vars.take(),
            comment: self.options.comment.take(),
            write_concern: self.options.write_concern.take(),
        };
        let shown = target.clone();
        let write = |out: &mut Encoder| self.append_to(out);
        let written = timed::run((target, purpose), (Kind::Update, false), options, write);
        Updated::of(written.await?.into(), &shown)
    }

    /// Replaces the document, and returns it as it was before. One round trip, retried once by
    /// the driver if the connection fails.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run); `Decode` if what was stored does not have the model's shape.
    pub async fn fetch_before(self, executor: &impl Executor<M>) -> Result<Option<M>> {
        self.fetch(executor.target(), ReturnDocument::Before).await
    }

    /// Replaces the document, and returns it as it is stored now. One round trip, retried once by
    /// the driver if the connection fails.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub async fn fetch_after(self, executor: &impl Executor<M>) -> Result<Option<M>> {
        self.fetch(executor.target(), ReturnDocument::After).await
    }

    /// Appends `q`, `u` and options, as the `update` command has them.
    pub(super) fn append_to(&self, out: &mut Encoder) -> Result<()> {
        let options = &self.options;
        refuse_whole([
            ("let_vars", options.let_vars.is_some()),
            ("comment", options.comment.is_some()),
            ("write_concern", options.write_concern.is_some()),
            ("bypass_document_validation", options.bypass_document_validation.is_some()),
            ("timeout", self.timeout.is_some()),
        ])?;
        let (filter, document) = (self.condition()?, self.replacement()?);
        let filter = filter.elements()?;
        out.field("q", &filter);
        out.element("u", |out| {
            out.bytes(&document);
            ElementType::EmbeddedDocument
        });
        if options.upsert == Some(true) {
            out.field("upsert", &true);
        }
        append_option("hint", options.hint.as_ref(), out)?;
        append_option("collation", options.collation.as_ref(), out)
    }

    /// Filter and replacement, as they are sent.
    fn parts(&self) -> Result<(Document, RawDocumentBuf)> {
        Ok((self.condition()?.as_document()?, raw(self.replacement()?.into_owned())?))
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
        let has_id = id_element(document).is_some();
        match (&self.filter, self.options.upsert == Some(true)) {
            (Some(_), false) if has_id => without_id(document).map(Cow::Owned),
            (Some(_), true) if !has_id && M::Id::generate().is_none() => Err(Error::invalid(
                "an upsert needs the `_id` of what it inserts, and only an `ObjectId` is made when \
                 it is missing",
            )),
            _ => Ok(Cow::Borrowed(document)),
        }
    }

    async fn fetch(self, target: Target, which: ReturnDocument) -> Result<Option<M>> {
        let (filter, document) = self.parts()?;
        let options = fetch_options(self.options, which);
        let call = Call::begin(target.clone(), purpose(self.timeout)).await?;
        match find_one_and_replace(call, filter, document, options).await? {
            Some(document) => decode_written(&document, &target).map(Some),
            None => Ok(None),
        }
    }
}

impl<M> Clone for Replace<M> {
    fn clone(&self) -> Self {
        Self {
            document: self.document.clone(),
            filter: self.filter.clone(),
            options: self.options.clone(),
            timeout: self.timeout,
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

fn purpose(timeout: Option<Duration>) -> Purpose {
    Purpose { timeout, ..Purpose::new(Access::Write, "replace in") }
}
