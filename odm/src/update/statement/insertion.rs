//! What an upsert would insert, read before it is sent.
//!
//! The server makes the document of the filter's equalities and of the operators. The same is done
//! here, and the model's own decoder says whether the result can be read.

mod apply;
mod equalities;

use mongodb::bson::{Bson, Document, oid::ObjectId, serialize_to_vec};

use crate::{
    codec::DecodeError,
    error::{Error, Result},
};

use super::{Change, Reader, Rendered};

/// Refuses an upsert whose inserted document could not be read.
pub(super) fn check(rendered: &Rendered<'_>, reader: Reader) -> Result<()> {
    let mut document = Document::new();
    if !equalities::copy(&rendered.filter.elements("").to_document()?, &mut document) {
        return Ok(());
    }
    match &rendered.change {
        Change::Operators(operators) => {
            if !apply::operators(&operators.to_document()?, &mut document) {
                return Ok(());
            }
            read(document, reader).map_err(refusal)
        }
        Change::Pipeline(stages) => match apply::stages(stages, &mut document) {
            Some(computed) => read_computed(document, &computed, reader).map_err(refusal),
            None => Ok(()),
        },
    }
}

/// Reads the document, with the `_id` that the server makes where there is none.
fn read(mut document: Document, reader: Reader) -> std::result::Result<(), DecodeError> {
    if !document.contains_key("_id") {
        document.insert("_id", ObjectId::new());
    }
    match serialize_to_vec(&document) {
        Ok(bytes) => reader(&bytes),
        // Too deep or too large: the server says so.
        Err(_) => Ok(()),
    }
}

/// Reads a document of which some fields are known by name only: their types were checked when the
/// pipeline was written, so any value that can be read stands for them.
fn read_computed(
    mut document: Document,
    computed: &[String],
    reader: Reader,
) -> std::result::Result<(), DecodeError> {
    for name in computed {
        for sample in samples() {
            apply::set(&mut document, name, sample);
            let is_read = match read(document.clone(), reader) {
                Ok(()) => true,
                Err(error) => !error.path().starts_with(name.as_str()),
            };
            if is_read {
                break;
            }
        }
    }
    match read(document, reader) {
        Err(error) if !computed.iter().any(|name| error.path().starts_with(name.as_str())) => {
            Err(error)
        }
        _ => Ok(()),
    }
}

fn samples() -> [Bson; 9] {
    [
        Bson::Int32(1),
        Bson::String("a".to_owned()),
        Bson::Boolean(true),
        Bson::DateTime(mongodb::bson::DateTime::from_millis(0)),
        Bson::Array(Vec::new()),
        Bson::Document(Document::new()),
        Bson::ObjectId(ObjectId::new()),
        Bson::Decimal128("1".parse().expect("a number")),
        Bson::Null,
    ]
}

#[cold]
fn refusal(error: DecodeError) -> Error {
    let (path, reason) = (error.path(), error.reason());
    let place = if path.is_empty() { String::new() } else { format!("`{path}`: ") };
    Error::invalid(format!(
        "this upsert could insert a document that cannot be read: {place}{reason}; give what is \
         missing with `.set(…)` or `.set_on_insert(…)`, or with `.eq(…)` in the filter"
    ))
}
