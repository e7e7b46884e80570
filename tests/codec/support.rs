//! What several files of this target need.

use std::fmt::Debug;

use odm::{
    bson::{self, Bson, Document, doc},
    codec::{
        Decode, DecodeError, Element, ElementType, Encode, EncodeError, Encoder, FieldCodec,
        Missing, Slots, decode_document, encode_document, fill, put, read_fields, take,
    },
};
use serde::Serialize;

/// A document with one field, `v`, beside serde's.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Holder<T> {
    pub(crate) v: T,
}

impl<T: Encode> Encode for Holder<T> {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.document(|out| out.field("v", &self.v));
        ElementType::EmbeddedDocument
    }
}

/// The codec of a type's own traits.
pub(crate) enum Own {}

impl<T: Encode + Decode> FieldCodec<T> for Own {
    fn encode(value: &T, out: &mut Encoder) -> ElementType {
        value.encode(out)
    }
    fn decode(element: Element<'_>) -> Result<T, DecodeError> {
        T::decode(element)
    }
    fn absent() -> Option<T> {
        T::absent()
    }
}

struct HolderSlots<T> {
    v: Option<T>,
}

impl<T: Encode + Decode> Slots for HolderSlots<T> {
    fn put(&mut self, _: usize, element: Element<'_>) -> Result<(), DecodeError> {
        put::<Own, T>(&mut self.v, element)
    }
}

impl<T: Encode + Decode> Decode for Holder<T> {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let mut slots = HolderSlots { v: None };
        read_fields(element, &["v\0"], &mut slots)?;
        let mut missing = Missing::default();
        fill::<Own, T>(&mut slots.v, "v", &mut missing);
        missing.check()?;
        Ok(Self { v: take(&mut slots.v) })
    }
}

pub(crate) fn encoded<T: Encode>(value: T) -> Vec<u8> {
    encode_document(&Holder { v: value }).expect("the value can be written")
}

pub(crate) fn decoded<T: Encode + Decode>(bytes: &[u8]) -> Result<T, DecodeError> {
    decode_document::<Holder<T>>(bytes).map(|holder| holder.v)
}

/// The value as the driver's own decoder sees it.
pub(crate) fn stored<T: Encode>(value: T) -> Bson {
    let document: Document =
        bson::deserialize_from_slice(&encoded(value)).expect("what is written is sound");
    document.get("v").expect("the field was written").clone()
}

/// Reads `value` as a `T`.
pub(crate) fn read<T: Encode + Decode>(value: impl Into<Bson>) -> Result<T, DecodeError> {
    let bytes = bson::serialize_to_vec(&doc! { "v": value.into() }).expect("a plain document");
    decoded(&bytes)
}

/// The text of the refusal to read `value` as a `T`.
pub(crate) fn refusal<T: Encode + Decode + Debug>(value: impl Into<Bson>) -> String {
    read::<T>(value).expect_err("the value is refused").to_string()
}

/// The text of the refusal to write.
pub(crate) fn write_refusal<T: Encode>(value: T) -> String {
    let refused: EncodeError =
        encode_document(&Holder { v: value }).expect_err("the value is refused");
    refused.to_string()
}

/// Both directions: the bytes are those of serde, and reading gives the value again.
pub(crate) fn agrees<T>(value: T)
where
    T: Encode + Decode + Serialize + PartialEq + Debug,
{
    let bytes = encoded(&value);
    let holder = Holder { v: value };
    assert_eq!(bytes, bson::serialize_to_vec(&holder).expect("serde can write it"), "{holder:?}");
    assert_eq!(decode_document::<Holder<T>>(&bytes).expect("it can be read"), holder);
}

/// Reading gives the value again.
pub(crate) fn returns<T: Encode + Decode + PartialEq + Debug>(value: T) {
    let bytes = encoded(&value);
    assert_eq!(decoded::<T>(&bytes).expect("it can be read"), value);
}

/// Runs `work` with the stack that a thread has by default.
pub(crate) fn on_a_usual_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work);
    thread.expect("a thread starts").join().expect("the work does not panic");
}
