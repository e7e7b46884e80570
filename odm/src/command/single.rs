//! One statement, or one `findAndModify`, by a command of its own.

use mongodb::bson::{Bson, Document, RawDocumentBuf};

use crate::{
    codec::{Encoder, Fragment},
    common_options::CommandOptions,
    error::{Access, Error, Outcome, Result},
    executor::{Call, Purpose, Target},
};

use super::{
    assemble::{Added, append_statements, command, names},
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
        let assemble = |added: &Added| {
            let on = (names(self.kind).0, target.name());
            command(on, (self.statement.len(), added), |out| {
                let statement = [self.statement.as_slice()];
                append_statements(self.kind, statement, (&self.options, out));
            })
        };
        let reply = send(call, (&assemble, !self.is_multi), &self.options).await;
        let reply = reply.map_err(|error| self.in_part(error))?;
        self.outcome(Reply::read(&reply, 1)?)
    }

    fn outcome(&self, mut reply: Reply) -> Result<Written> {
        let labels = std::mem::take(&mut reply.labels);
        if let Some((_, kind)) = reply.refused.pop() {
            // Of many documents, some may have been changed before: the counts do not tell.
            let outcome = if self.is_multi { Outcome::Partial } else { Outcome::NotApplied };
            return Err(Error::new(kind, outcome).with_labels(&labels));
        }
        match reply.concern.take() {
            Some(kind) => Err(Error::new(kind, Outcome::Applied).with_labels(&labels)),
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
            let statement = self.statement.as_bytes();
            command(("findAndModify", target.name()), (statement.len(), added), |out| {
                out.bytes(statement);
                self.options.append_let(out);
                self.options.append_bypass(out);
                self.options.append_to(out);
            })
        };
        found(send(call, (&assemble, true), &self.options).await?)
    }
}

/// The document that was found, if the change was acknowledged.
fn found(mut reply: Document) -> Result<Option<RawDocumentBuf>> {
    if let Some(kind) = reply::concern(&reply)? {
        return Err(Error::new(kind, Outcome::Applied).with_labels(reply::labels(&reply)));
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
