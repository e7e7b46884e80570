//! Conversion to other types, and the type of a value.

use std::{fmt, marker::PhantomData};

use mongodb::bson::{DateTime, Decimal128, oid::ObjectId};

use crate::{
    error::Result,
    path::{Field, Lift},
};

use super::{Code, Convertible, ConvertsTo, Expr, Expression, Fits, Operand};

/// Conversion to other types, and the type of a value. Null makes null.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Row { amount: String, id: ObjectId }
///
/// let large = Row::expr(|r| {
///     r.amount().convert::<f64>().on_error(0.0).gt(5) & r.id().to_date().year().eq(2024)
/// });
/// assert_eq!(
///     large.as_document()?,
///     doc! { "$expr": { "$and": [
///         { "$gt": [{ "$convert": { "input": "$amount", "to": "double", "onError": 0.0 } }, 5] },
///         { "$eq": [{ "$year": { "$toDate": "$id" } }, 2024] },
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// | to | from | |
/// | --- | --- | --- |
/// | `i32` | numbers, `bool`, text | digits after the point are left out |
/// | `i64` | numbers, `bool`, text, dates | a date is milliseconds since 1970 |
/// | `f64`, `Decimal128` | numbers, `bool`, text, dates | the nearest one |
/// | `bool` | numbers, `bool`, text, dates, `ObjectId` | false is 0 and `false`: all text is true |
/// | `String` | numbers, `bool`, text, dates, `ObjectId` | a date in the form of ISO 8601 |
/// | `DateTime` | numbers, text, dates, `ObjectId`, `Timestamp` | |
/// | `ObjectId` | text, `ObjectId` | 24 hexadecimal digits |
///
/// What cannot be converted (text of another form, a number out of range, NaN as an integer) is the
/// server's error; [`convert`](Self::convert) has a value for it.
pub trait Conversions: Expression {
    /// The value as a `T` (`$convert`), where a value can be given for what cannot be converted. For
    /// null, use [`if_null`](super::Choose::if_null).
    ///
    /// Manual: [`$convert`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/convert/).
    #[doc(alias = "$convert")]
    fn convert<T: Convertible>(&self) -> Conversion<Self::Root, Lift<Self::Value, T>>
    where
        Self::Value: Field<Inner: ConvertsTo<T>>,
    {
        Conversion { input: input::<_, _, T>(self.expr()), to: T::NAME, types: PhantomData }
    }

    /// The value as text (`$toString`).
    ///
    /// Manual: [`$toString`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/toString/).
    #[doc(alias = "$toString")]
    fn to_string(&self) -> Expr<Self::Root, Lift<Self::Value, String>>
    where
        Self::Value: Field<Inner: ConvertsTo<String>>,
    {
        converted("$toString", input::<_, _, String>(self.expr()))
    }

    /// The value as an `i32` (`$toInt`).
    ///
    /// Manual: [`$toInt`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/toInt/).
    #[doc(alias = "$toInt")]
    fn to_int(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        Self::Value: Field<Inner: ConvertsTo<i32>>,
    {
        converted("$toInt", input::<_, _, i32>(self.expr()))
    }

    /// The value as an `i64` (`$toLong`).
    ///
    /// Manual: [`$toLong`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/toLong/).
    #[doc(alias = "$toLong")]
    fn to_long(&self) -> Expr<Self::Root, Lift<Self::Value, i64>>
    where
        Self::Value: Field<Inner: ConvertsTo<i64>>,
    {
        converted("$toLong", input::<_, _, i64>(self.expr()))
    }

    /// The value as an `f64` (`$toDouble`): the nearest one.
    ///
    /// Manual: [`$toDouble`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/toDouble/).
    #[doc(alias = "$toDouble")]
    fn to_double(&self) -> Expr<Self::Root, Lift<Self::Value, f64>>
    where
        Self::Value: Field<Inner: ConvertsTo<f64>>,
    {
        converted("$toDouble", input::<_, _, f64>(self.expr()))
    }

    /// The value as a decimal (`$toDecimal`).
    ///
    /// Manual: [`$toDecimal`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/toDecimal/).
    #[doc(alias = "$toDecimal")]
    fn to_decimal(&self) -> Expr<Self::Root, Lift<Self::Value, Decimal128>>
    where
        Self::Value: Field<Inner: ConvertsTo<Decimal128>>,
    {
        converted("$toDecimal", input::<_, _, Decimal128>(self.expr()))
    }

    /// Whether the value is another one than 0 and `false` (`$toBool`). All text is true.
    ///
    /// Manual: [`$toBool`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/toBool/).
    #[doc(alias = "$toBool")]
    fn to_bool(&self) -> Expr<Self::Root, Lift<Self::Value, bool>>
    where
        Self::Value: Field<Inner: ConvertsTo<bool>>,
    {
        converted("$toBool", input::<_, _, bool>(self.expr()))
    }

    /// The value as a date (`$toDate`): of a number the milliseconds since 1970, of an `ObjectId` the
    /// second in which it was made.
    ///
    /// Manual: [`$toDate`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/toDate/).
    #[doc(alias = "$toDate")]
    fn to_date(&self) -> Expr<Self::Root, Lift<Self::Value, DateTime>>
    where
        Self::Value: Field<Inner: ConvertsTo<DateTime>>,
    {
        converted("$toDate", input::<_, _, DateTime>(self.expr()))
    }

    /// The `ObjectId` of 24 hexadecimal digits (`$toObjectId`).
    ///
    /// Manual: [`$toObjectId`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/toObjectId/).
    #[doc(alias = "$toObjectId")]
    fn to_object_id(&self) -> Expr<Self::Root, Lift<Self::Value, ObjectId>>
    where
        Self::Value: Field<Inner: ConvertsTo<ObjectId>>,
    {
        converted("$toObjectId", input::<_, _, ObjectId>(self.expr()))
    }

    /// The name of the BSON type (`$type`): `"int"`, `"string"`, `"missing"` where there is nothing.
    ///
    /// Manual: [`$type`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/type/).
    #[doc(alias = "$type")]
    fn type_(&self) -> Expr<Self::Root, String> {
        Expr::unary("$type", self.expr())
    }

    /// The value is a number (`$isNumber`); for fields of any type, such as `Bson`.
    ///
    /// Manual: [`$isNumber`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/isNumber/).
    #[doc(alias = "$isNumber")]
    fn is_number(&self) -> Expr<Self::Root, bool> {
        Expr::unary("$isNumber", self.expr())
    }

    /// The value is an array (`$isArray`); for fields of any type, such as `Bson`.
    ///
    /// Manual: [`$isArray`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/isArray/).
    #[doc(alias = "$isArray")]
    fn is_array(&self) -> Expr<Self::Root, bool> {
        Expr::list("$isArray", [self.expr().code])
    }
}

impl<E: Expression> Conversions for E {}

/// A conversion, which is an expression of type `V`.
#[must_use = "an expression does nothing by itself"]
pub struct Conversion<R, V> {
    input: Result<Code>,
    to: &'static str,
    types: PhantomData<fn() -> (R, V)>,
}

impl<R, V: Field> Conversion<R, V> {
    /// The value in place of what cannot be converted.
    pub fn on_error<O>(self, value: O) -> Expr<R, V>
    where
        O: Operand<R>,
        O::Value: Fits<V::Inner>,
    {
        let value = value.into_expr().into_fitting::<V::Inner>();
        self.written(Some(value))
    }

    /// Null in place of what cannot be converted.
    pub fn on_error_null(self) -> Expr<R, Option<V::Inner>> {
        self.written(Some(Ok(Code::null())))
    }

    fn written<T: Field>(&self, on_error: Option<Result<Code>>) -> Expr<R, T> {
        let arguments = [("input", self.input.clone()), ("to", Code::literal(self.to))];
        let on_error = on_error.map(|value| ("onError", value));
        Expr::named("$convert", arguments.into_iter().chain(on_error))
    }
}

impl<R, V: Field> Expression for Conversion<R, V> {
    type Root = R;
    type Value = V;

    fn expr(&self) -> Expr<R, V> {
        self.written(None)
    }
}

#[diagnostic::do_not_recommend]
impl<R, V: Field> Operand<R> for Conversion<R, V> {
    type Value = V;

    fn into_expr(self) -> Expr<R, V> {
        self.expr()
    }
}

impl<R, V> Clone for Conversion<R, V> {
    fn clone(&self) -> Self {
        Self { input: self.input.clone(), to: self.to, types: PhantomData }
    }
}

impl<R, V> fmt::Debug for Conversion<R, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Conversion")
    }
}

/// The value in a type that the server converts to a `T`.
fn input<R, V, T>(value: Expr<R, V>) -> Result<Code>
where
    V: Field<Inner: ConvertsTo<T>>,
{
    match <V::Inner as ConvertsTo<T>>::VIA {
        Some(operator) => Code::unary(operator, value.code?),
        None => value.code,
    }
}

fn converted<R, T: Field>(operator: &'static str, input: Result<Code>) -> Expr<R, T> {
    Expr::new(input.and_then(|input| Code::unary(operator, input)))
}
