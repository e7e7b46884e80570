//! Replacing whole documents.

mod driver;

use std::{fmt, marker::PhantomData, time::Duration};

use mongodb::{
    bson::{Bson, Document, doc},
    options::{ReplaceOptions, ReturnDocument},
};

use crate::{
    codec::{ElementType, Encoder},
    command::{CommandOptions, Kind},
    error::{Access, Error, Result},
    executor::{Call, Executor, Purpose, Target},
    filter::{Condition, Filter},
    model::Model,
    options::{Collation, IntoHint, WriteConcern},
    path::{Fields, Filtering, Handle, Path},
    update::{append_option, refuse_whole},
};

use self::driver::{Shown, fetch_options, find_one_and_replace, replace};
use super::{
    append_options,
    find::decode_written,
    insert::{encode_with_id, raw},
    results::{Updated, id_element},
    timed,
};

/// The replacement of the document with the same `_id`.
#[must_use = "nothing is replaced until `.run(…)`, `.fetch_before(…)` or `.fetch_after(…)`"]
pub struct Replace<M> {
    document: Result<Vec<u8>>,
    filter: Filter<M>,
    options: ReplaceOptions,
    timeout: Option<Duration>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Replace<M> {
    pub(super) fn new(document: &M) -> Self {
        let document = match document.document_id() {
            Some(_) => encode_with_id(document),
            None => Err(Error::invalid("a replacement needs the `_id` of what it replaces")),
        };
        let filter = match &document {
            Ok(bytes) => same_id(bytes),
            Err(_) => Filter::all(),
        };
        {
            let options = ReplaceOptions::default();
            Self { document, filter, options, timeout: None, model: PhantomData }
        }
    }

    /// Replaces only if the stored document also meets the condition, as in a check of a version.
    pub fn filter<C: Condition<M>>(
        mut self,
        condition: impl FnOnce(Fields<M, Filtering>) -> C,
    ) -> Self {
        self.filter =
            self.filter & condition(Handle::from_path(Path::root())).into_filter().on_documents();
        self
    }

    /// Inserts the document if none matches.
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
    /// `Encode` if BSON cannot hold a value, `Invalid` if the `_id` is not set.
    pub fn as_document(&self) -> Result<Document> {
        let replacement = raw(self.document.clone()?)?;
        let replacement = Document::try_from(replacement);
        let replacement = replacement.map_err(|error| Error::invalid(error.to_string()))?;
        let mut statement = doc! { "q": self.filter.as_document()?, "u": replacement };
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
        let document = raw(self.document?)?;
        let filter = self.filter.as_document()?;
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
        let document = self.document.as_ref().map_err(Error::clone)?;
        let filter = self.filter.elements()?;
        out.element("q", |out| {
            out.document(|out| out.bytes(filter));
            ElementType::EmbeddedDocument
        });
        out.element("u", |out| {
            out.bytes(document);
            ElementType::EmbeddedDocument
        });
        if options.upsert == Some(true) {
            out.field("upsert", &true);
        }
        append_option("hint", options.hint.as_ref(), out)?;
        append_option("collation", options.collation.as_ref(), out)
    }

    async fn fetch(self, target: Target, which: ReturnDocument) -> Result<Option<M>> {
        let document = raw(self.document?)?;
        let filter = self.filter.as_document()?;
        let options = fetch_options(self.options, which);
        let call = Call::begin(target.clone(), purpose(self.timeout)).await?;
        match find_one_and_replace(call, filter, document, options).await? {
            Some(document) => decode_written(&document, &target).map(Some),
            None => Ok(None),
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

/// `{_id: …}` of an encoded document.
fn same_id<M>(document: &[u8]) -> Filter<M> {
    let Some(id) = id_element(document) else { return Filter::all() };
    let mut out = Encoder::with_capacity(32);
    out.element("_id", |out| {
        out.bytes(id.value());
        id.element_type().unwrap_or(ElementType::Null)
    });
    Filter::from_elements(out.finish_elements().map_err(Error::from))
}
