//! What the derive writes and reads is what serde's derives on the same type write and read.

mod attributes;
mod enums;
mod flatten;
mod handles;
mod none;
mod shapes;

use std::fmt::Debug;

use odm::{
    bson::{self, Document, doc},
    codec::{Decode, Encode, decode_document, encode_document},
};
use serde::{Serialize, de::DeserializeOwned};

/// Both encodings are equal, and both decoders read the value back.
fn agrees<T>(value: &T)
where
    T: Encode + Decode + Serialize + DeserializeOwned + PartialEq + Debug,
{
    let ours = encode_document(value).expect("our encoder takes it");
    let theirs = bson::serialize_to_vec(value).expect("serde takes it");
    assert_eq!(document(&ours), document(&theirs));
    assert_eq!(ours, theirs, "the bytes differ");
    assert_eq!(&decode_document::<T>(&theirs).expect("we read it"), value);
    assert_eq!(&bson::deserialize_from_slice::<T>(&ours).expect("serde reads it"), value);
}

/// A value in a document, for types that are no documents themselves.
#[derive(Debug, PartialEq, odm::Embedded, Serialize, serde::Deserialize)]
struct Held<T> {
    value: T,
}

/// The same for a value inside a document.
fn agrees_inside<T>(value: T)
where
    T: odm::path::Field + Serialize + DeserializeOwned + PartialEq + Debug,
{
    agrees(&Held { value });
}

fn document(bytes: &[u8]) -> Document {
    bson::deserialize_from_slice(bytes).expect("a document")
}

fn read<T: Decode>(document: &Document) -> Result<T, String> {
    let bytes = bson::serialize_to_vec(document).expect("a document");
    decode_document(&bytes).map_err(|error| error.to_string())
}

/// What is read from a value inside a document.
fn read_inside<T: odm::path::Field>(value: impl Into<bson::Bson>) -> Result<T, String> {
    read::<Held<T>>(&doc! { "value": value.into() }).map(|held| held.value)
}

fn written(value: &impl Encode) -> Document {
    document(&encode_document(value).expect("our encoder takes it"))
}
