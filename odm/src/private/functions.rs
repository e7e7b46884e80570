//! Encodings by functions for serde: `with`, `serialize_with`, `deserialize_with`.

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::codec::{DecodeError, Element, ElementType, Encoder, decode_serde, encode_serde};

/// A function that serializes a field of type `T`.
pub trait SerializeField<T> {
    /// Calls it.
    fn serialize<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error>;
}

/// A function that deserializes a field of type `T`.
pub trait DeserializeField<T> {
    /// Calls it.
    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>;
}

struct Out<'a, C, T>(&'a T, PhantomData<C>);

impl<C: SerializeField<T>, T> Serialize for Out<'_, C, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        C::serialize(self.0, serializer)
    }
}

struct In<C, T>(T, PhantomData<C>);

impl<'de, C: DeserializeField<T>, T> Deserialize<'de> for In<C, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        C::deserialize(deserializer).map(|value| Self(value, PhantomData))
    }
}

/// Appends what the function makes of `value`.
pub fn encode_with<C: SerializeField<T>, T>(value: &T, out: &mut Encoder) -> ElementType {
    encode_serde(&Out::<C, T>(value, PhantomData), out)
}

/// Reads a value with the function.
pub fn decode_with<C: DeserializeField<T>, T>(element: Element<'_>) -> Result<T, DecodeError> {
    decode_serde::<In<C, T>>(element).map(|held| held.0)
}
