//! One statement, or one `findAndModify`, by a command of its own.

use mongodb::bson::{Bson, Document, RawDocumentBuf};

use crate::{
    codec::{ElementType, Encoder, Fragment},
    common_options::CommandOptions,
    error::{Access, Error, Outcome, Result},
    executor::{Call, Purpose, Target},
};

use super::{
    assemble::{Added, append_options, names},
    exchange::{Draft, exchange},
    lane::Lane,
    reply::{self, Reply},
    report::Written,
    statements::{Kind, check, check_document},
};

/// One insert, update, replacement or delete.
///
/// ```text
/// let single = Single::new((Kind::Update, is_multi), options, |out| statement.append_to(is_multi, out))?;
/// let written = single.run(target, purpose).await?;
/// ```
pub(crate) struct Single {
    kind: Kind,
    is_multi: bool,
    statement: Vec<u8>,
    options: CommandOptions,
}

impl Single {
    /// The statement that `write` writes.
    pub(crate) fn new(
        (kind, is_multi): (Kind, bool),
        options: CommandOptions,
        write: impl FnOnce(&mut Encoder) -> Result<()>,
    ) -> Result<Self> {
        let statement = written(write)?;
        Ok(Self { kind, is_multi, statement, options })
    }

    /// The insertion of an encoded document.
    pub(crate) fn of_insert(document: Vec<u8>, options: CommandOptions) -> Result<Self> {
        check_document(&document)?;
        Ok(Self { kind: Kind::Insert, is_multi: false, statement: document, options })
    }

    /// Sends it.
    ///
    /// # Errors
    ///
    /// The server's, and those of the connection.
    pub(crate) async fn run(self, target: Target, purpose: Purpose) -> Result<Written> {
        check_concern(&target, &self.options)?;
        let call = Call::begin(target, purpose).await?;
        call.run_attempts(move |mut call| async move {
            let written = self.send(&mut call).await;
            call.conclude(written)
        })
        .await
    }

    async fn send(&self, call: &mut Call) -> Result<Written> {
        let target = call.target().clone();
        let (name, list) = names(self.kind);
        let assemble = |added: &Added| {
            let mut out = Encoder::with_capacity(self.statement.len() + 512);
            let mut appended = Ok(());
            out.document(|out| {
                out.field(name, target.name());
                out.element(list, |out| {
                    out.list([()], |(), out| {
                        out.bytes(&self.statement);
                        ElementType::EmbeddedDocument
                    });
                    ElementType::Array
                });
                append_options(self.kind, &self.options, out);
                appended = added.append_to(out);
            });
            appended.and_then(|()| Ok(out.finish()?))
        };
        let reply = send(call, (&assemble, !self.is_multi), &self.options).await;
        let reply = reply.map_err(|error| self.in_part(error))?;
        self.outcome(Reply::read(&reply, 1)?)
    }

    fn outcome(&self, mut reply: Reply) -> Result<Written> {
        let labels = std::mem::take(&mut reply.labels);
        let labelled =
            |error: Error| labels.iter().fold(error, |error, label| error.with_label(label));
        if let Some((_, kind)) = reply.refused.pop() {
            // Of many documents, some may have been changed before: the counts do not tell.
            let outcome = if self.is_multi { Outcome::Partial } else { Outcome::NotApplied };
            return Err(labelled(Error::new(kind, outcome)));
        }
        match reply.concern.take() {
            Some(kind) => Err(labelled(Error::new(kind, Outcome::Applied))),
            None => Ok(Written::of(self.kind, reply)),
        }
    }

    /// A refusal of a statement on many documents.
    fn in_part(&self, error: Error) -> Error {
        match self.is_multi && error.code().is_some() && error.outcome() == Outcome::Unknown {
            true => error.with_outcome(Outcome::Partial),
            false => error,
        }
    }
}

/// A `findAndModify`: one document is changed and returned.
///
/// Manual: [`findAndModify`](https://www.mongodb.com/docs/manual/reference/command/findAndModify/).
pub(crate) struct FindAndModify {
    /// `query` and what follows.
    statement: Fragment,
    options: CommandOptions,
}

impl FindAndModify {
    /// What `write` writes: `query`, what is done, and the statement's options.
    pub(crate) fn new(
        options: CommandOptions,
        write: impl FnOnce(&mut Encoder) -> Result<()>,
    ) -> Result<Self> {
        Ok(Self { statement: Fragment::of_document(&written(write)?), options })
    }

    /// Sends it, and returns the document.
    ///
    /// # Errors
    ///
    /// The server's, and those of the connection.
    pub(crate) async fn run(
        self,
        target: Target,
        purpose: Purpose,
    ) -> Result<Option<RawDocumentBuf>> {
        check_concern(&target, &self.options)?;
        let call = Call::begin(target, purpose).await?;
        call.run_attempts(move |mut call| async move {
            let found = self.send(&mut call).await;
            call.conclude(found)
        })
        .await
    }

    async fn send(&self, call: &mut Call) -> Result<Option<RawDocumentBuf>> {
        let target = call.target().clone();
        let assemble = |added: &Added| {
            let mut out = Encoder::with_capacity(self.statement.as_bytes().len() + 512);
            let mut appended = Ok(());
            out.document(|out| {
                out.field("findAndModify", target.name());
                out.bytes(self.statement.as_bytes());
                self.options.append_let(out);
                self.options.append_bypass(out);
                self.options.append_to(out);
                appended = added.append_to(out);
            });
            appended.and_then(|()| Ok(out.finish()?))
        };
        found(send(call, (&assemble, true), &self.options).await?)
    }
}

/// The document that was found, if the change was acknowledged.
fn found(mut reply: Document) -> Result<Option<RawDocumentBuf>> {
    if let Some(kind) = reply::concern(&reply)? {
        let error = Error::new(kind, Outcome::Applied);
        return Err(reply::labels(&reply).fold(error, |error, label| error.with_label(label)));
    }
    match reply.remove("value") {
        Some(Bson::Null) => Ok(None),
        Some(Bson::Document(document)) => {
            let raw = RawDocumentBuf::try_from(&document);
            raw.map(Some).map_err(|_| reply::senseless("value"))
        }
        _ => Err(reply::senseless("value")),
    }
}

async fn send(
    call: &mut Call,
    (assemble, is_repeatable): (&(dyn Fn(&Added) -> Result<Vec<u8>> + Sync), bool),
    options: &CommandOptions,
) -> Result<Document> {
    let mut lane = Lane::open(call).await?;
    let write_concern = lane.write_concern(options.write_concern.as_ref())?;
    let access = if is_repeatable { Access::Write } else { Access::ManyWrites };
    let added = Added { write_concern, ..Added::default() };
    exchange(&mut lane, Draft { assemble, added, is_repeatable, access }).await
}

fn check_concern(target: &Target, options: &CommandOptions) -> Result<()> {
    match target.is_in_transaction() && options.write_concern.is_some() {
        true => Err(Error::invalid("a transaction has a write concern of its own")),
        false => Ok(()),
    }
}

fn written(write: impl FnOnce(&mut Encoder) -> Result<()>) -> Result<Vec<u8>> {
    let mut out = Encoder::with_capacity(256);
    let mut written = Ok(());
    out.document(|out| written = write(out));
    written?;
    let statement = out.finish()?;
    check(&statement)?;
    Ok(statement)
}
