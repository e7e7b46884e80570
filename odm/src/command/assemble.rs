//! Commands, put together from the bytes of statements.

use std::time::Duration;

use mongodb::bson::Timestamp;

use crate::{
    codec::{ElementType, Encoder},
    common_options::{CommandOptions, append_concern},
    error::Result,
    options::WriteConcern,
};

use super::{
    plan::Group,
    statements::{Kind, Statements},
};

/// What is added to a command each time it is sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Added {
    /// The number by which the server recognizes a repetition.
    pub(super) number: Option<i64>,
    /// The filters read no older data than this.
    pub(super) after: Option<Timestamp>,
    pub(super) write_concern: Option<WriteConcern>,
    pub(super) max_time: Option<Duration>,
}

impl Added {
    pub(super) fn append_to(&self, out: &mut Encoder) -> Result<()> {
        append_concern(self.write_concern.as_ref(), out)?;
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

/// What a command is called, and the list of its statements.
pub(super) fn names(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Insert => ("insert", "documents"),
        Kind::Update => ("update", "updates"),
        Kind::Delete => ("delete", "deletes"),
    }
}

/// Appends the options that the command takes.
fn append_options(kind: Kind, options: &CommandOptions, out: &mut Encoder) {
    out.field("ordered", &!options.is_unordered);
    if kind != Kind::Insert {
        options.append_let(out);
    }
    if kind != Kind::Delete {
        options.append_bypass(out);
    }
    options.append_to(out);
}

/// The bytes of the command of this name on a collection: what `body` writes, and what is added.
pub(super) fn command(
    (name, collection): (&str, &str),
    (length, added): (usize, &Added),
    body: impl FnOnce(&mut Encoder),
) -> Result<Vec<u8>> {
    let mut out = Encoder::with_capacity(length + 512);
    let mut appended = Ok(());
    out.document(|out| {
        out.field(name, collection);
        body(out);
        appended = added.append_to(out);
    });
    appended?;
    Ok(out.finish()?)
}

/// Appends statements as the command of their kind has them, and its options.
pub(super) fn append_statements<'a>(
    kind: Kind,
    statements: impl IntoIterator<Item = &'a [u8]>,
    (options, out): (&CommandOptions, &mut Encoder),
) {
    let (_, list) = names(kind);
    out.element(list, |out| {
        out.list(statements, |statement, out| {
            out.bytes(statement);
            ElementType::EmbeddedDocument
        });
        ElementType::Array
    });
    append_options(kind, options, out);
}

/// The bytes of a command of many statements.
pub(super) fn assemble(
    statements: &Statements,
    group: &Group,
    (options, added): (&CommandOptions, &Added),
) -> Result<Vec<u8>> {
    let length: usize = group.indexes.iter().map(|index| statements.get(*index).len() + 9).sum();
    let on = (names(group.kind).0, statements.collection(group.collection));
    command(on, (length, added), |out| {
        let statements = group.indexes.iter().map(|index| statements.get(*index));
        append_statements(group.kind, statements, (options, out));
    })
}
