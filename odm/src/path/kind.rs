//! What a field's value is to MongoDB, so that operators can be bounded by it.
//!
//! A newtype is of the kind of what it holds; an `Option` too.

/// A whole number.
#[derive(Debug)]
pub enum Integer {}
/// A binary floating point number.
#[derive(Debug)]
pub enum Float {}
/// A decimal number (`Decimal128`).
#[derive(Debug)]
pub enum Decimal {}
/// Text.
#[derive(Debug)]
pub enum Text {}
/// A `bool`.
#[derive(Debug)]
pub enum Boolean {}
/// A point in time (`date`).
#[derive(Debug)]
pub enum Date {}
/// An internal timestamp (`timestamp`).
#[derive(Debug)]
pub enum Timestamp {}
/// Binary data.
#[derive(Debug)]
pub enum Binary {}
/// An array of `E`.
#[derive(Debug)]
pub struct List<E>(std::marker::PhantomData<fn() -> E>);
/// A document with keys of the data's own.
#[derive(Debug)]
pub struct Dictionary<E>(std::marker::PhantomData<fn() -> E>);
/// A document with fields.
#[derive(Debug)]
pub enum Document {}
/// A GeoJSON object.
#[derive(Debug)]
pub enum Geo {}
/// Anything else.
#[derive(Debug)]
pub enum Other {}

/// Kinds that `$inc` and `$mul` work on. `V` is the field's type.
#[diagnostic::on_unimplemented(
    message = "`$inc` and `$mul` need a number, and this field is a `{V}`",
    label = "not a number"
)]
pub trait Numeric<V> {}
impl<V> Numeric<V> for Integer {}
impl<V> Numeric<V> for Float {}
impl<V> Numeric<V> for Decimal {}

/// Kinds that `$bit` works on.
#[diagnostic::on_unimplemented(
    message = "`$bit` and bitwise conditions need an integer, and this field is a `{V}`",
    label = "not an integer"
)]
pub trait Bitwise<V> {}
impl<V> Bitwise<V> for Integer {}

/// Kinds that `$currentDate` works on.
#[diagnostic::on_unimplemented(
    message = "`$currentDate` needs a date or a timestamp, and this field is a `{V}`",
    label = "not a date"
)]
pub trait Temporal<V> {
    /// The value of the operator: a date is the default, a timestamp is asked for by name.
    #[doc(hidden)]
    const TIMESTAMP: bool;
}
impl<V> Temporal<V> for Date {
    const TIMESTAMP: bool = false;
}
impl<V> Temporal<V> for Timestamp {
    const TIMESTAMP: bool = true;
}

/// Kinds that `$regex` and text search conditions work on.
#[diagnostic::on_unimplemented(
    message = "`$regex` needs text, and this field is a `{V}`",
    label = "not text"
)]
pub trait Textual<V> {}
impl<V> Textual<V> for Text {}

/// Kinds that array operators work on: `$push`, `$pop`, `$pull`, `$addToSet`, `$size`, `$all`.
#[diagnostic::on_unimplemented(
    message = "this operator needs an array, and this field is a `{V}`",
    label = "not an array"
)]
pub trait ArrayOf<V> {
    /// The type of the elements.
    type Element: super::Field;
}
impl<V, E: super::Field> ArrayOf<V> for List<E> {
    type Element = E;
}

/// Kinds that `$mod` works on.
#[diagnostic::on_unimplemented(
    message = "`$mod` needs a number, and this field is a `{V}`",
    label = "not a number"
)]
pub trait Divisible<V> {}
impl<V> Divisible<V> for Integer {}
impl<V> Divisible<V> for Float {}
impl<V> Divisible<V> for Decimal {}

/// Kinds that `$bitsAllSet` and its kin work on.
#[diagnostic::on_unimplemented(
    message = "a condition on bits needs an integer or binary data, and this field is a `{V}`",
    label = "has no bits to look at"
)]
pub trait BitTestable<V> {}
impl<V> BitTestable<V> for Integer {}
impl<V> BitTestable<V> for Binary {}

/// Kinds that `$geoWithin`, `$near` and their kin work on: GeoJSON, and pairs of numbers.
#[diagnostic::on_unimplemented(
    message = "a condition on places needs a type of `odm::geo` or `[f64; 2]`, and this field is a `{V}`",
    label = "not a place"
)]
pub trait Geographic<V> {}
impl<V> Geographic<V> for Geo {}
impl<V> Geographic<V> for List<f64> {}
