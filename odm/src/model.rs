//! Models: documents with an `_id`, kept in a collection.
//!
//! Knows what the derive says of a type. Does not know the network.

use crate::path::{Embedded, Field};

/// A document with an `_id`, kept in a collection of its own.
///
/// Derived; its operations are the functions of [`Operations`](crate::Operations).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    note = "derive `Model` for it; `Embedded` is for documents inside other documents"
)]
pub trait Model: Embedded {
    /// The type of the `_id`.
    type Id: Field;

    /// The name of the collection.
    const COLLECTION: &'static str;

    /// The `_id`; `None` if the field is an `Option` that is not set yet.
    fn document_id(&self) -> Option<&Self::Id>;
}
