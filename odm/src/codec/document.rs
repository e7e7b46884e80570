//! Whole documents, and what the derived code calls.
//!
//! The derived decoder is a struct of `Option` slots and one `match` from a field's index to its
//! slot. Everything else is here and is compiled once per field type, not once per field: this
//! keeps the build of a model with hundreds of fields at seconds.

use super::{
    Decode, DecodeError, Element, ElementType, Elements, Encode, EncodeError, Encoder, FieldCodec,
    Names, elements::key_text, finder::Finder,
};

/// Encodes a whole document.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Point { x: i32, y: i32 }
///
/// let bytes = odm::codec::encode_document(&Point { x: 1, y: 2 })?;
/// let raw = odm::bson::RawDocument::from_bytes(&bytes)?;
/// assert_eq!(raw.get_i32("y")?, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// When the value is not a document, or holds something that BSON cannot: a `u64` above
/// `i64::MAX`, a key with a NUL, more than [`MAX_DEPTH`](super::MAX_DEPTH) levels.
pub fn encode_document<T: Encode>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut out = Encoder::with_capacity(1024);
    match value.encode(&mut out) {
        ElementType::EmbeddedDocument => out.finish(),
        kind => Err(out.not_a_document(kind)),
    }
}

/// Decodes a whole document.
///
/// # Errors
///
/// With the path of the value that could not be read, and the document's `_id` if there is one.
pub fn decode_document<T: Decode>(bytes: &[u8]) -> Result<T, DecodeError> {
    T::decode(Element::document(bytes)).map_err(|error| error.with_id(id_of(bytes)))
}

/// The `_id` of a document that could not be read.
#[cold]
pub(crate) fn id_of(bytes: &[u8]) -> Option<mongodb::bson::Bson> {
    let mut elements = Elements::framed(bytes, 0).ok()?;
    while let Ok(Some((key, element))) = elements.next_element() {
        if key == "_id" {
            return element.to_bson().ok();
        }
    }
    None
}

/// The slots of a derived struct.
#[doc(hidden)]
pub trait Slots {
    /// Decodes `element` into the slot of the field that `names[index]` belongs to.
    fn put(&mut self, index: usize, element: Element<'_>) -> Result<(), DecodeError>;

    /// Takes an element whose key is no field's name. It is not kept, but it must be sound.
    fn other(&mut self, _key: &str, element: Element<'_>) -> Result<(), DecodeError> {
        element.check()
    }
}

/// A document whose fields can be written into another one (`#[serde(flatten)]`).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no fields that could stand in the document around it",
    note = "what is flattened, or stands beside a tag, is a struct, a map, or an enum with a tag"
)]
pub trait Flatten: Sized {
    /// The names of the elements, as far as the type says them.
    const NAMES: Names;

    /// Appends the elements, without a document around them.
    fn encode_elements(&self, out: &mut Encoder);

    /// Whether a key of the surrounding document belongs to this one.
    fn claims(key: &str) -> bool;

    /// Whether a key that only the value knows is among the elements: of a map.
    fn has_key(&self, key: &str) -> bool;

    /// Appends the elements as the part of `names` with that index.
    fn encode_flattened(&self, out: &mut Encoder, (names, part): (&Names, usize)) {
        if Self::NAMES.is_open() {
            names.refuse_keys(part, &|key| self.has_key(key), out);
        }
        self.encode_elements(out);
    }
}

/// Hands every element of a document to its slot. `names` end with a NUL; stored order is the
/// usual order, so the next name is tried first.
#[doc(hidden)]
#[inline(never)]
pub fn read_fields<S: Slots>(
    element: Element<'_>,
    names: &'static [&'static str],
    slots: &mut S,
) -> Result<(), DecodeError> {
    let mut elements = element.elements()?;
    let mut finder = Finder::new(names);
    let mut next = 0;
    while let Some(kind) = elements.next_kind() {
        if let Some(expected) = names.get(next)
            && elements.take_expected_key(expected)
        {
            let value = elements.take_value(kind).map_err(|error| at(error, expected))?;
            slots.put(next, value).map_err(|error| at(error, expected))?;
            next += 1;
            continue;
        }
        let key = elements.take_key_bytes()?;
        let Some(index) = finder.find(key, next) else {
            let key = key_text(key)?;
            let value = elements.take_value(kind).map_err(|error| error.in_key(key))?;
            slots.other(key, value).map_err(|error| error.in_key(key))?;
            continue;
        };
        let value = elements.take_value(kind).map_err(|error| at(error, names[index]))?;
        slots.put(index, value).map_err(|error| at(error, names[index]))?;
        next = index + 1;
    }
    Ok(())
}

/// Whether `key` is one of `names`, which end with a NUL.
#[doc(hidden)]
pub fn has_name(names: &'static [&'static str], key: &str) -> bool {
    Finder::new(names).find(key.as_bytes(), names.len()).is_some()
}

#[cold]
fn at(error: DecodeError, name: &str) -> DecodeError {
    error.in_key(name.trim_end_matches('\0'))
}

/// Decodes into a slot; a second value for one field is refused.
#[doc(hidden)]
#[inline(never)]
pub fn put<S: FieldCodec<T>, T>(
    slot: &mut Option<T>,
    element: Element<'_>,
) -> Result<(), DecodeError> {
    if slot.is_some() {
        return Err(DecodeError::new("the field is there twice"));
    }
    *slot = Some(S::decode(element)?);
    Ok(())
}

/// The fields that were missing; the first one becomes the error.
#[doc(hidden)]
#[derive(Default)]
pub struct Missing(Option<DecodeError>);

impl Missing {
    /// Ends the decoding if a field was missing.
    #[inline]
    pub fn check(self) -> Result<(), DecodeError> {
        self.0.map_or(Ok(()), Err)
    }
}

/// Gives an empty slot the value of an absent field, or notes that the field is missing.
#[doc(hidden)]
#[inline]
pub fn fill<S: FieldCodec<T>, T>(slot: &mut Option<T>, name: &str, missing: &mut Missing) {
    if slot.is_none() {
        fill_absent::<S, T>(slot, name, missing);
    }
}

#[cold]
#[inline(never)]
fn fill_absent<S: FieldCodec<T>, T>(slot: &mut Option<T>, name: &str, missing: &mut Missing) {
    *slot = S::absent();
    if slot.is_none() && missing.0.is_none() {
        missing.0 = Some(DecodeError::new("the field is missing").in_key(name));
    }
}

/// Gives an empty slot its default.
#[doc(hidden)]
pub fn fill_with<T>(slot: &mut Option<T>, default: impl FnOnce() -> T) {
    if slot.is_none() {
        *slot = Some(default());
    }
}

/// The value of a slot that has been filled.
#[doc(hidden)]
#[inline]
pub fn take<T>(slot: &mut Option<T>) -> T {
    match slot.take() {
        Some(value) => value,
        None => unfilled(),
    }
}

#[cold]
fn unfilled() -> ! {
    unreachable!("a slot is filled before it is taken")
}

/// Keeps an element for a flattened field, in a document of its own that is still open. Until its
/// length is known, the document begins with the depth of its elements.
#[doc(hidden)]
pub fn other(rest: &mut Vec<u8>, key: &str, element: Element<'_>) {
    if rest.is_empty() {
        rest.extend_from_slice(&[element.depth(), 0, 0, 0]);
    }
    rest.reserve(key.len() + element.value().len() + 2);
    rest.push(element.kind());
    rest.extend_from_slice(key.as_bytes());
    rest.push(0);
    rest.extend_from_slice(element.value());
}

/// Decodes a flattened field from the elements that were kept for it.
#[doc(hidden)]
pub fn take_rest<T: Decode>(mut rest: Vec<u8>) -> Result<T, DecodeError> {
    if rest.is_empty() {
        rest.extend_from_slice(&[0; 4]);
    }
    let depth = rest[0].saturating_sub(1);
    rest.push(0);
    let length = (rest.len() as i32).to_le_bytes();
    rest[..4].copy_from_slice(&length);
    T::decode(Element::document_at(&rest, depth))
}

/// Reads a variant's data from the elements beside the tag.
#[doc(hidden)]
pub fn read_beside_tag<T: Decode>(element: Element<'_>, tag: &str) -> Result<T, DecodeError> {
    let mut rest = Vec::with_capacity(element.value().len());
    let mut elements = element.elements()?;
    while let Some((key, value)) = elements.next_element()? {
        if key != tag {
            other(&mut rest, key, value);
        }
    }
    take_rest(rest)
}
