//! BSON encoding and decoding.
//!
//! Knows BSON bytes and Rust values. Does not know paths, collections or the network.
//!
//! A value is written straight into one `Vec<u8>` ([`Encoder`]) and read straight from borrowed
//! bytes ([`Element`]). Neither direction goes through serde, unless a field asks for it with
//! `#[model(serde)]` or `with = "…"`.
//!
//! Equal values have equal bytes: a `HashMap` is written in the order of its stored keys, a
//! `HashSet` in that of its items' bytes. The server compares documents and arrays in their stored
//! order, so a filter, `$addToSet` or an `_id` with such a value depends on this. A field with
//! `#[model(serde)]` is written as serde writes it: use `BTreeMap` and `BTreeSet` there.
//!
//! # Dates
//!
//! Instants of the standard library, `chrono`, `time` and `jiff` are stored as BSON dates, which
//! count milliseconds. A finer instant (`Utc::now()`) is an error that names the field: if it
//! were cut off, it would not equal itself when read back. [`Truncate::truncated`] cuts off one value;
//! [`Truncated`] does so for all values of a field, before they are stored or compared
//! (`#[model(truncate)]`).
//!
//! # `None`
//!
//! A field that is `None` is left out of the document. An absent field and a stored null both read as
//! `None`. [`guide::none`](crate::guide::none) says what is stored in every place, and why.

mod binary;
mod check;
mod collections;
mod date;
mod decimal;
mod decode_error;
mod document;
mod elements;
mod encoder;
mod field;
mod finder;
mod fragment;
mod items;
mod layout;
mod map;
mod map_key;
mod names;
mod number;
mod places;
mod serde;
mod set;
mod standard;
mod text;
mod tuple;
mod value;
mod walk;
mod wrapper;

#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
#[cfg(feature = "serde_json")]
mod serde_json;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "url")]
mod url;
#[cfg(feature = "uuid")]
mod uuid;

#[doc(hidden)]
pub use self::document::{Missing, Slots, fill, fill_with, put, read_fields, take};
pub use self::{
    date::{Truncate, Truncated},
    decode_error::{DecodeError, Segment},
    document::{decode_document, encode_document},
    elements::{Element, Elements},
    encoder::{EncodeError, Encoder},
    field::FieldCodec,
    items::Items,
    map_key::MapKey,
    serde::Serde,
};
#[doc(hidden)]
pub use self::{
    document::{Flatten, has_name, other, read_beside_tag, take_rest},
    names::Names,
    serde::{decode_serde, encode_serde},
};

pub(crate) use self::{
    document::id_of,
    fragment::{Fragment, RawValue},
    names::is_equal,
};
pub use mongodb::bson::spec::ElementType;

/// The deepest nesting of documents and arrays that is written or read.
///
/// MongoDB documents [100 levels](https://www.mongodb.com/docs/manual/reference/limits/) as its
/// own limit. The bound also keeps hostile bytes from exhausting the stack.
pub const MAX_DEPTH: u8 = 100;

/// A value that can be written as BSON.
///
/// Derived by `Model` and `Embedded`. An own implementation writes exactly the bytes of one value
/// and returns its type:
///
/// ```
/// use odm::codec::{Encode, Encoder, ElementType};
///
/// struct Celsius(f64);
///
/// impl Encode for Celsius {
///     fn encode(&self, out: &mut Encoder) -> ElementType {
///         self.0.encode(out)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as BSON",
    note = "derive `Embedded` for it, or mark the field `#[model(serde)]`"
)]
pub trait Encode {
    /// Appends the value, without its type and key; returns its BSON type.
    ///
    /// What cannot be written is reported with [`Encoder::fail`]; some well-formed value is
    /// appended in its place.
    fn encode(&self, out: &mut Encoder) -> ElementType;

    /// Whether a field with this value is left out of its document: `None` is.
    #[inline]
    fn is_absent(&self) -> bool {
        false
    }
}

/// A value that can be read from BSON.
///
/// ```
/// use odm::codec::{Decode, DecodeError, Element};
///
/// struct Celsius(f64);
///
/// impl Decode for Celsius {
///     fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
///         f64::decode(element).map(Celsius)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from BSON",
    note = "derive `Embedded` for it, or mark the field `#[model(serde)]`"
)]
pub trait Decode: Sized {
    /// Reads the value.
    fn decode(element: Element<'_>) -> Result<Self, DecodeError>;

    /// The value of a field that is not in the document: `None` for an `Option`, otherwise an
    /// error.
    fn absent() -> Option<Self> {
        None
    }
}
