//! How one field is stored: the codec that its path carries.

use mongodb::bson::spec::ElementType;

use super::{DecodeError, Element, Encoder};

/// How a field whose Rust type is `T` is written and read.
///
/// A field of a model and every value that is compared with it or written to it go through the
/// same implementation. The derive writes one for `with = "…"`; all other fields use their type's
/// own [`Encode`](super::Encode) and [`Decode`](super::Decode).
#[diagnostic::on_unimplemented(
    message = "this is not a value of its own: as a whole it cannot be compared or written",
    note = "the fields of a flattened struct, and those of a variant, stand in the document around \
            them: name one of its fields"
)]
pub trait FieldCodec<T> {
    /// Appends the value, without its type and key; returns its BSON type.
    fn encode(value: &T, out: &mut Encoder) -> ElementType;

    /// Whether a field with this value is left out of its document.
    #[inline]
    fn is_absent(_value: &T) -> bool {
        false
    }

    /// Reads the value.
    fn decode(element: Element<'_>) -> Result<T, DecodeError>;

    /// The value of a field that is not in the document.
    fn absent() -> Option<T>;
}
