//! Commands, put together from the bytes of statements.

use std::time::Duration;

use mongodb::bson::{Bson, Document, Timestamp};

use crate::{
    codec::{ElementType, Encode, Encoder},
    error::{Error, Result},
    options::WriteConcern,
    update::WholeOptions,
};

use super::{
    plan::Group,
    statements::{Kind, Statements},
};

/// The options of all statements of a bulk.
#[derive(Clone, Debug, Default)]
pub(crate) struct CommandOptions {
    /// Go on after a failure.
    pub(crate) is_unordered: bool,
    pub(crate) bypass_validation: bool,
    pub(crate) let_vars: Option<Document>,
    pub(crate) comment: Option<Bson>,
    /// In place of the collection's.
    pub(crate) write_concern: Option<WriteConcern>,
}

/// What is added to a command each time it is sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Sending {
    /// The number by which the server recognizes a repetition.
    pub(super) number: Option<i64>,
    /// The filters read no older data than this.
    pub(super) after: Option<Timestamp>,
    pub(super) write_concern: Option<WriteConcern>,
    pub(super) max_time: Option<Duration>,
}

impl From<WholeOptions> for CommandOptions {
    fn from(options: WholeOptions) -> Self {
        let WholeOptions { comment, let_vars, write_concern, bypass_validation } = options;
        Self { is_unordered: false, bypass_validation, let_vars, comment, write_concern }
    }
}

impl CommandOptions {
    /// An upper bound of the bytes that the options take in a command.
    pub(super) fn bytes(&self) -> usize {
        let mut out = Encoder::default();
        out.field("let", &self.let_vars);
        out.field("comment", &self.comment);
        out.finish_elements().map_or(0, |bytes| bytes.len())
    }

    fn append_to(&self, kind: Kind, out: &mut Encoder) {
        out.field("ordered", &!self.is_unordered);
        if self.bypass_validation && kind != Kind::Delete {
            out.field("bypassDocumentValidation", &true);
        }
        if let Some(variables) = self.let_vars.as_ref().filter(|_| kind != Kind::Insert) {
            out.field("let", variables);
        }
        if let Some(comment) = &self.comment {
            out.field("comment", comment);
        }
    }
}

impl Sending {
    fn append_to(&self, out: &mut Encoder) -> Result<()> {
        if let Some(concern) = &self.write_concern {
            let concern = mongodb::bson::serialize_to_bson(concern)
                .map_err(|error| Error::invalid(format!("`writeConcern`: {error}")))?;
            out.element("writeConcern", |out| concern.encode(out));
        }
        if let Some(after) = self.after {
            out.element("readConcern", |out| {
                out.document(|out| out.field("afterClusterTime", &after));
                ElementType::EmbeddedDocument
            });
        }
        if let Some(time) = self.max_time {
            let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
            out.field("maxTimeMS", &millis.max(1));
        }
        if let Some(number) = self.number {
            out.field("txnNumber", &number);
        }
        Ok(())
    }
}

/// The bytes of a command.
pub(super) fn assemble(
    statements: &Statements,
    group: &Group,
    (options, sending): (&CommandOptions, &Sending),
) -> Result<Vec<u8>> {
    let (command, list) = match group.kind {
        Kind::Insert => ("insert", "documents"),
        Kind::Update => ("update", "updates"),
        Kind::Delete => ("delete", "deletes"),
    };
    let length: usize = group.indexes.iter().map(|index| statements.get(*index).len() + 9).sum();
    let mut out = Encoder::with_capacity(length + 512);
    let mut appended = Ok(());
    out.document(|out| {
        out.field(command, statements.collection(group.collection));
        out.element(list, |out| {
            out.list(&group.indexes, |index, out| {
                out.bytes(statements.get(*index));
                ElementType::EmbeddedDocument
            });
            ElementType::Array
        });
        options.append_to(group.kind, out);
        appended = sending.append_to(out);
    });
    appended?;
    Ok(out.finish()?)
}
