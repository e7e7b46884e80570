//! What a field's value is to MongoDB, so that operators can be bounded by it.
//!
//! A newtype and an `Option` have the kind of what they hold.

/// A whole number.
#[derive(Debug)]
pub enum Integer {}
/// A binary floating point number.
#[derive(Debug)]
pub enum Float {}
/// A decimal number (`Decimal128`).
#[derive(Debug)]
pub enum Decimal {}
/// A number that operators must not compute with: the type may not have a value for a sum.
#[derive(Debug)]
pub enum Number {}
/// Text.
#[derive(Debug)]
pub enum Text {}
/// A `bool`.
#[derive(Debug)]
pub enum Boolean {}
/// A point in time (`date`).
#[derive(Debug)]
pub enum Date {}
/// A day: a `date` at midnight UTC.
#[derive(Debug)]
pub enum Day {}
/// An internal timestamp (`timestamp`).
#[derive(Debug)]
pub enum Timestamp {}
/// Binary data.
#[derive(Debug)]
pub enum Binary {}
/// An array of `E`.
#[derive(Debug)]
pub struct List<E>(std::marker::PhantomData<fn() -> E>);
/// An array of `E` whose length is fixed: nothing can be pushed to it or taken from it.
#[derive(Debug)]
pub struct FixedList<E>(std::marker::PhantomData<fn() -> E>);
/// An array of values of different types.
#[derive(Debug)]
pub enum Items {}
/// A regular expression.
#[derive(Debug)]
pub enum Pattern {}
/// A document with keys of the data's own.
#[derive(Debug)]
pub struct Dictionary<E>(std::marker::PhantomData<fn() -> E>);
/// A document with fields.
#[derive(Debug)]
pub enum Document {}
/// A GeoJSON object.
#[derive(Debug)]
pub enum Geo {}
/// A reference to a document of the model `M`.
#[derive(Debug)]
pub struct Reference<M>(std::marker::PhantomData<fn() -> M>);
/// Anything else.
#[derive(Debug)]
pub enum Other {}

/// Kinds that `$inc` and `$mul` work on. `V` is the field's type.
#[diagnostic::on_unimplemented(
    message = "`$inc` and `$mul` need a number to compute with, and this field is of type `{V}`",
    label = "not a number to compute with"
)]
pub trait Numeric<V> {
    /// The type of the operand: the field's own, without `Option`.
    type Operand;
}
#[diagnostic::do_not_recommend]
impl<V: super::Field> Numeric<V> for Integer {
    type Operand = V::Inner;
}
#[diagnostic::do_not_recommend]
impl<V: super::Field> Numeric<V> for Float {
    type Operand = V::Inner;
}
#[diagnostic::do_not_recommend]
impl<V: super::Field> Numeric<V> for Decimal {
    type Operand = V::Inner;
}

/// Kinds whose numbers have a range that a condition can keep them in: whole numbers of at most 64
/// bits.
#[diagnostic::on_unimplemented(
    message = "a checked form keeps a whole number in the range of its type, and this field is of type `{V}`",
    label = "not a whole number of at most 64 bits",
    note = "use the unchecked form: `inc`, `dec` or `mul`"
)]
pub trait Ranged<V> {}
#[diagnostic::do_not_recommend]
impl<V> Ranged<V> for Integer {}

/// Kinds that `$bit` works on.
#[diagnostic::on_unimplemented(
    message = "`$bit` and bitwise conditions need an integer, and this field is of type `{V}`",
    label = "not an integer"
)]
pub trait Bitwise<V> {
    /// The type of the mask: the field's own, without `Option`.
    type Mask;
}
#[diagnostic::do_not_recommend]
impl<V: super::Field> Bitwise<V> for Integer {
    type Mask = V::Inner;
}

/// Kinds that `$currentDate` works on.
#[diagnostic::on_unimplemented(
    message = "`$currentDate` needs a date or a timestamp, and this field is of type `{V}`",
    label = "not a date"
)]
pub trait Temporal<V> {
    /// The value of the operator: a date is the default, a timestamp is asked for by name.
    #[doc(hidden)]
    const TIMESTAMP: bool;
    /// The kind itself where it has a time of day, asked for on its own so that a day is told why
    /// it is refused.
    #[doc(hidden)]
    type Precise;
}
#[diagnostic::do_not_recommend]
impl<V> Temporal<V> for Date {
    const TIMESTAMP: bool = false;
    type Precise = Self;
}
#[diagnostic::do_not_recommend]
impl<V> Temporal<V> for Timestamp {
    const TIMESTAMP: bool = true;
    type Precise = Self;
}
#[diagnostic::do_not_recommend]
impl<V> Temporal<V> for Day {
    const TIMESTAMP: bool = false;
    type Precise = Self;
}

/// Kinds whose values have a time of day.
#[diagnostic::on_unimplemented(
    message = "`$currentDate` writes a time of day, and a `{V}` has none",
    label = "a day without a time",
    note = "set the day itself with `.set(…)`"
)]
pub trait TimeOfDay<V> {}
#[diagnostic::do_not_recommend]
impl<V> TimeOfDay<V> for Date {}
#[diagnostic::do_not_recommend]
impl<V> TimeOfDay<V> for Timestamp {}

/// Kinds that `$regex` and text search conditions work on.
#[diagnostic::on_unimplemented(
    message = "`$regex` needs text, and this field is of type `{V}`",
    label = "not text"
)]
pub trait Textual<V> {}
#[diagnostic::do_not_recommend]
impl<V> Textual<V> for Text {}

/// Kinds that array operators work on: `$push`, `$pop`, `$pull`, `$addToSet`, `$size`, `$all`.
#[diagnostic::on_unimplemented(
    message = "this operator needs an array, and this field is of type `{V}`",
    label = "not an array"
)]
pub trait ArrayOf<V> {
    /// The type of the elements.
    type Element: super::Field;
}
#[diagnostic::do_not_recommend]
impl<V, E: super::Field> ArrayOf<V> for List<E> {
    type Element = E;
}

/// Kinds that `$mod` works on.
#[diagnostic::on_unimplemented(
    message = "`$mod` needs a number, and this field is of type `{V}`",
    label = "not a number"
)]
pub trait Divisible<V> {}
#[diagnostic::do_not_recommend]
impl<V> Divisible<V> for Integer {}
#[diagnostic::do_not_recommend]
impl<V> Divisible<V> for Float {}
#[diagnostic::do_not_recommend]
impl<V> Divisible<V> for Decimal {}
#[diagnostic::do_not_recommend]
impl<V> Divisible<V> for Number {}

/// Kinds that `$bitsAllSet` and the other conditions on bits work on.
#[diagnostic::on_unimplemented(
    message = "a condition on bits needs an integer or binary data, and this field is of type `{V}`",
    label = "has no bits to look at"
)]
pub trait BitTestable<V> {}
#[diagnostic::do_not_recommend]
impl<V> BitTestable<V> for Integer {}
#[diagnostic::do_not_recommend]
impl<V> BitTestable<V> for Binary {}

/// Kinds that `$geoWithin`, `$near` and the other conditions on places work on: GeoJSON, and pairs
/// of numbers.
#[diagnostic::on_unimplemented(
    message = "a condition on places needs a type of `odm::geo` or `[f64; 2]`, and this field is of type `{V}`",
    label = "not a place"
)]
pub trait Geographic<V> {}
#[diagnostic::do_not_recommend]
impl<V> Geographic<V> for Geo {}
#[diagnostic::do_not_recommend]
impl<V, E: Coordinate> Geographic<V> for List<E> {}
#[diagnostic::do_not_recommend]
impl<V, E: Coordinate> Geographic<V> for FixedList<E> {}

/// The type of coordinates: `f64`. It is a bound, so that the refusal of other numbers says the
/// rule.
pub trait Coordinate {}
#[diagnostic::do_not_recommend]
impl Coordinate for f64 {}

/// Kinds that conditions on arrays work on: `$size`, `$all`, `$elemMatch`. Arrays of fixed length
/// are among them, which updates of arrays refuse.
#[diagnostic::on_unimplemented(
    message = "this operator needs an array, and this field is of type `{V}`",
    label = "not an array"
)]
pub trait Sequence<V> {
    /// The type of the elements.
    type Element;
}
#[diagnostic::do_not_recommend]
impl<V, E> Sequence<V> for List<E> {
    type Element = E;
}
#[diagnostic::do_not_recommend]
impl<V, E> Sequence<V> for FixedList<E> {
    type Element = E;
}

/// Kinds of elements that a condition on any element reaches: all but arrays.
#[diagnostic::on_unimplemented(
    message = "no condition reaches into arrays of arrays, and the elements of this array are of type `{V}`",
    label = "the elements are arrays",
    note = "use `.elem_match(|inner| …)`, or `.at(n)` for an element at a position"
)]
pub trait Reachable<V> {}

macro_rules! reachable {
    ($($kind:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<V> Reachable<V> for $kind {}
    )*};
}

reachable! {
    Integer, Float, Decimal, Number, Text, Boolean, Date, Day, Timestamp, Binary, Document, Geo,
    Other
}

#[diagnostic::do_not_recommend]
impl<V, E> Reachable<V> for Dictionary<E> {}
#[diagnostic::do_not_recommend]
impl<V, M> Reachable<V> for Reference<M> {}

/// Kinds that an `_id` can be of. `V` is its type.
#[diagnostic::on_unimplemented(
    message = "`{V}` cannot be an `_id`: MongoDB takes no array and no regular expression there",
    label = "stored as an array or a regular expression",
    note = "use one value, or a struct with named fields"
)]
pub trait Identifying<V> {
    /// Named by derived code, which asks for the bound by it.
    #[doc(hidden)]
    type Asked;
}

macro_rules! identifying {
    ($($kind:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<V> Identifying<V> for $kind {
            type Asked = ();
        }
    )*};
}

identifying! {
    Integer, Float, Decimal, Text, Boolean, Date, Timestamp, Binary, Document, Geo, Other
}

#[diagnostic::do_not_recommend]
impl<V, E> Identifying<V> for Dictionary<E> {
    type Asked = ();
}

#[diagnostic::do_not_recommend]
impl<V, M> Identifying<V> for Reference<M> {
    type Asked = ();
}
