//! Inserts, through the driver: its commands take 48 MB, and it repeats them itself.

use mongodb::{
    bson::{RawDocument, serialize_to_document},
    error::{ErrorKind as Driver, InsertManyError},
    options::InsertManyOptions,
};

use crate::error::{Access, Error, Result, indexed_kind, replied_kind};

use super::{
    lane::{Lane, unanswered},
    plan::Group,
    reply::Reply,
    run::Work,
};

/// Inserts the documents of a group, which is small enough for one command.
pub(super) async fn insert(lane: &mut Lane<'_>, work: &Work, group: &Group) -> Result<Reply> {
    let statements = &work.statements;
    let documents =
        group.indexes.iter().map(|index| RawDocument::from_bytes(statements.get(*index)));
    let documents = documents.collect::<Result<Vec<_>, _>>();
    let documents = documents.map_err(|error| Error::invalid(error.to_string()))?;
    let name = statements.collection(group.collection);
    let collection = lane.collection(name).clone_with_type::<&RawDocument>();
    let action =
        collection.insert_many(documents).with_options(options(lane, work, group.collection));
    let inserted = action.session(lane.session()).await;
    lane.driver_has_written();
    match inserted {
        Ok(_) => Ok(Reply { n: group.indexes.len() as u64, ..Reply::default() }),
        Err(error) => match &*error.kind {
            Driver::InsertMany(many) => {
                let reply = reply(many, group.indexes.len(), !work.options.is_unordered);
                let source = Some(Error::from_driver(error, Access::ManyWrites));
                Ok(Reply { source, ..reply })
            }
            _ => Err(unanswered(error)),
        },
    }
}

fn options(lane: &Lane<'_>, work: &Work, collection: usize) -> InsertManyOptions {
    let mut options = InsertManyOptions::default();
    options.ordered = Some(!work.options.is_unordered);
    options.comment = work.options.comment.clone();
    options.bypass_document_validation = work.options.bypass_validation.then_some(true);
    options.write_concern = lane.write_concern(work, collection);
    options
}

fn reply(many: &InsertManyError, count: usize, is_ordered: bool) -> Reply {
    let refused = many.write_errors.iter().flatten();
    let refused: Vec<_> = refused.map(|error| (error.index, indexed_kind(error))).collect();
    let n = match refused.first() {
        Some((first, _)) if is_ordered => *first,
        _ => count - refused.len(),
    };
    let concern = many.write_concern_error.as_ref();
    let concern = concern.and_then(|error| serialize_to_document(error).ok());
    // The driver has another name for the text than the server.
    let concern = concern.map(|mut error| {
        if let Some(text) = error.remove("message") {
            error.insert("errmsg", text);
        }
        replied_kind(&error)
    });
    Reply { n: n as u64, refused, concern, ..Reply::default() }
}
