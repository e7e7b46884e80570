//! Writing and reading the fields of derived types.

use crate::{
    codec::{
        Decode, DecodeError, Element, ElementType, Encoder, FieldCodec, Flatten, Missing, Names,
        Slots, fill, has_name, put, take_rest,
    },
    path::{Field, Handle},
};

/// Writes a document.
#[inline]
pub fn encode_struct<T: Flatten>(value: &T, out: &mut Encoder) -> ElementType {
    out.document(|out| value.encode_elements(out));
    ElementType::EmbeddedDocument
}

/// Writes a field that is known by its handle: [`Plain`](super::Plain) or another.
#[inline]
pub fn slot_always<H: Handle>(out: &mut Encoder, header: &'static str, value: &H::Value)
where
    H::Spec: FieldCodec<H::Value>,
{
    out.slot::<H::Spec, H::Value>(header, value);
}

/// Writes such a field, unless its value is absent.
#[inline]
pub fn slot_field<H: Handle>(out: &mut Encoder, header: &'static str, value: &H::Value)
where
    H::Spec: FieldCodec<H::Value>,
{
    if !H::Spec::is_absent(value) {
        out.slot::<H::Spec, H::Value>(header, value);
    }
}

/// Writes such a field, unless its value is absent and the default of the field with that index is
/// too: absent, the field reads as its default.
#[inline]
pub fn slot_defaulted<H: Handle>(
    out: &mut Encoder,
    header: &'static str,
    value: &H::Value,
    (is_default_absent, index): (fn(usize) -> bool, usize),
) where
    H::Spec: FieldCodec<H::Value>,
{
    if !(H::Spec::is_absent(value) && is_default_absent(index)) {
        out.slot::<H::Spec, H::Value>(header, value);
    }
}

/// Appends the value of such a field.
#[inline]
pub fn encode_field<H: Handle>(value: &H::Value, out: &mut Encoder) -> ElementType
where
    H::Spec: FieldCodec<H::Value>,
{
    H::Spec::encode(value, out)
}

/// Whether the value of such a field is absent.
#[inline]
pub fn is_absent_field<H: Handle>(value: &H::Value) -> bool
where
    H::Spec: FieldCodec<H::Value>,
{
    H::Spec::is_absent(value)
}

/// Reads the value of such a field.
#[inline]
pub fn decode_field<H: Handle>(element: Element<'_>) -> Result<H::Value, DecodeError>
where
    H::Spec: FieldCodec<H::Value>,
{
    H::Spec::decode(element)
}

/// The value of such a field where it is not in the document.
#[inline]
pub fn absent_field<H: Handle>() -> Option<H::Value>
where
    H::Spec: FieldCodec<H::Value>,
{
    H::Spec::absent()
}

/// The value of an `_id`, without `Option` around it.
#[inline]
pub fn inner<H: Handle>(id: &H::Value) -> Option<&<H::Value as Field>::Inner>
where
    H::Value: Field,
{
    id.as_inner()
}

/// Decodes such a field into its slot.
#[inline]
pub fn put_field<H: Handle>(
    slot: &mut Option<H::Value>,
    element: Element<'_>,
) -> Result<(), DecodeError>
where
    H::Spec: FieldCodec<H::Value>,
{
    put::<H::Spec, H::Value>(slot, element)
}

/// Gives the slot of such a field the value of an absent one.
#[inline]
pub fn fill_field<H: Handle>(slot: &mut Option<H::Value>, name: &str, missing: &mut Missing)
where
    H::Spec: FieldCodec<H::Value>,
{
    fill::<H::Spec, H::Value>(slot, name, missing);
}

/// What a type that cannot be stored writes; an error was reported at its derive.
pub fn refused(out: &mut Encoder) -> ElementType {
    out.fail("the type cannot be stored");
    ElementType::Null
}

/// Whether `key` is one of `names`, which end with a NUL.
pub fn claims(names: &'static [&'static str], key: &str) -> bool {
    has_name(names, key)
}

/// Whether a key is one of the names that a type knows. No name has a NUL: what claims that,
/// claims every key.
pub fn claims_by_name(claims: fn(&str) -> bool, key: &str) -> bool {
    claims(key) && !claims("\0")
}

/// Gives an empty slot a value that was made already.
#[inline(never)]
pub fn fill_value<T>(slot: &mut Option<T>, value: T) {
    if slot.is_none() {
        *slot = Some(value);
    }
}

/// No field is missing yet.
pub fn no_missing() -> Missing {
    Missing::default()
}

/// The error of `deny_unknown_fields`; the key is added outside.
#[cold]
pub fn unknown_field() -> Result<(), DecodeError> {
    Err(DecodeError::new("the field is unknown"))
}

/// Reads an array of exactly `count` items into its slots.
pub fn read_items(
    element: Element<'_>,
    count: usize,
    slots: &mut dyn Slots,
) -> Result<(), DecodeError> {
    let mut items = element.items()?;
    let mut found = 0;
    while let Some((index, item)) = items.next_item()? {
        found += 1;
        if index < count {
            slots.put(index, item).map_err(|error| error.in_index(index))?;
        }
    }
    match found == count {
        true => Ok(()),
        false => Err(DecodeError::new(format!("expected {count} items, found {found}"))),
    }
}

/// Decodes a flattened field from the elements that were kept for it; `None` if there are none.
pub fn take_flattened<T: Decode>(rest: Vec<u8>) -> Result<T, DecodeError> {
    match T::absent() {
        Some(absent) if rest.is_empty() => Ok(absent),
        _ => take_rest(rest),
    }
}

impl<T: Flatten> Flatten for Option<T> {
    const NAMES: Names = T::NAMES;

    fn encode_elements(&self, out: &mut Encoder) {
        if let Some(value) = self {
            value.encode_elements(out);
        }
    }
    fn claims(key: &str) -> bool {
        T::claims(key)
    }
    fn has_key(&self, key: &str) -> bool {
        self.as_ref().is_some_and(|value| value.has_key(key))
    }
}

impl<T: Flatten> Flatten for Box<T> {
    const NAMES: Names = T::NAMES;

    fn encode_elements(&self, out: &mut Encoder) {
        T::encode_elements(self, out);
    }
    fn claims(key: &str) -> bool {
        T::claims(key)
    }
    fn has_key(&self, key: &str) -> bool {
        T::has_key(self, key)
    }
}
