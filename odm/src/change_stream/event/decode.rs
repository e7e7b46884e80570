//! From the bytes of an event to the event.

use mongodb::bson::{RawDocument, RawDocumentBuf};

use super::{
    ChangeEvent, DeleteEvent, DropEvent, InsertEvent, InvalidateEvent, OtherEvent, RenameEvent,
    ReplaceEvent, UndecodableEvent, UpdateEvent,
    parts::{Parts, given, namespace, optional},
};
use crate::{
    change_stream::Changes,
    codec::{Decode, DecodeError},
    error::{Error, Result},
    model::Model,
};

impl<M: Model> ChangeEvent<M> {
    /// Reads an event as the server sends it, from the driver's own change stream or from a file.
    ///
    /// An event that does not have the model's shape is [`Undecodable`](Self::Undecodable), not an
    /// error.
    ///
    /// # Errors
    ///
    /// An event without `_id`, after which no stream can be resumed: a stage of the pipeline took
    /// it away.
    pub fn decode(event: &RawDocument) -> Result<Self> {
        let (parts, end) = Parts::read(event.as_bytes());
        match end.and_then(|()| build(&parts, event)) {
            Ok(event) => Ok(event),
            Err(error) => undecodable(&parts, event, error).map(Self::Undecodable),
        }
    }
}

fn build<M: Model>(parts: &Parts<'_>, event: &RawDocument) -> Result<ChangeEvent<M>, DecodeError> {
    let (meta, readable) = parts.meta(parts.token()?);
    readable?;
    Ok(match parts.operation()? {
        "insert" => {
            let (id, document) = (parts.id()?, document(parts)?);
            ChangeEvent::Insert(InsertEvent { id, document, meta })
        }
        "update" => {
            let changes = given(parts.changes, "updateDescription", Changes::read)?;
            let document = optional(parts.document, "fullDocument", M::decode)?;
            let (id, before) = (parts.id()?, before(parts)?);
            ChangeEvent::Update(UpdateEvent { id, changes, document, before, meta })
        }
        "replace" => {
            let (id, document, before) = (parts.id()?, document(parts)?, before(parts)?);
            ChangeEvent::Replace(ReplaceEvent { id, document, before, meta })
        }
        "delete" => {
            let (id, before) = (parts.id()?, before(parts)?);
            ChangeEvent::Delete(DeleteEvent { id, before, meta })
        }
        "drop" => ChangeEvent::Drop(DropEvent { meta }),
        "rename" => {
            let to = given(parts.to, "to", namespace)?;
            let operation_description =
                optional(parts.description, "operationDescription", RawDocumentBuf::decode)?;
            ChangeEvent::Rename(RenameEvent { to, operation_description, meta })
        }
        "invalidate" => ChangeEvent::Invalidate(InvalidateEvent { meta }),
        operation => {
            let operation = operation.to_owned();
            ChangeEvent::Other(OtherEvent { operation, raw: event.to_owned(), meta })
        }
    })
}

fn document<M: Decode>(parts: &Parts<'_>) -> Result<M, DecodeError> {
    given(parts.document, "fullDocument", M::decode)
}

fn before<M: Decode>(parts: &Parts<'_>) -> Result<Option<M>, DecodeError> {
    optional(parts.before, "fullDocumentBeforeChange", M::decode)
}

#[cold]
fn undecodable(
    parts: &Parts<'_>,
    event: &RawDocument,
    error: DecodeError,
) -> Result<UndecodableEvent> {
    let (meta, _) = parts.meta(parts.token()?);
    let (id, operation) = parts.known();
    let mut error = Error::from(error.with_id(id));
    if let Some(namespace) = &meta.namespace {
        error = error.during("watch", &namespace.to_string());
    }
    Ok(UndecodableEvent { raw: event.to_owned(), error, operation, meta })
}
