//! One number of many: of an array, and of several values.

use crate::{
    error::{Error, Result},
    path::{Field, Lift},
};

use super::{Code, Expr, Expression, ListOf, Number, Operand, Rank, Settle, number::RankOf};

/// One number of the numbers in an array. Null does not count.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Sensor { values: Vec<f64>, limit: f64 }
///
/// let noisy = Sensor::expr(|s| s.values().std_dev_pop().if_null(0.0).gt(s.limit()));
/// assert_eq!(
///     noisy.as_document()?,
///     doc! { "$expr": { "$gt": [{ "$ifNull": [{ "$stdDevPop": "$values" }, 0.0] }, "$limit"] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub trait Statistics: Expression {
    /// The standard deviation of all the numbers there are (`$stdDevPop`), null if there is none.
    ///
    /// Manual: [`$stdDevPop`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/stdDevPop/).
    #[doc(alias = "$stdDevPop")]
    fn std_dev_pop(&self) -> Expr<Self::Root, Option<f64>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value, Item: Field<Inner: Number>>,
    {
        Expr::unary("$stdDevPop", self.expr()).settled_by("$toDouble")
    }

    /// The standard deviation of numbers that are a sample of more (`$stdDevSamp`), null if there are
    /// less than two.
    ///
    /// Manual: [`$stdDevSamp`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/stdDevSamp/).
    #[doc(alias = "$stdDevSamp")]
    fn std_dev_samp(&self) -> Expr<Self::Root, Option<f64>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value, Item: Field<Inner: Number>>,
    {
        Expr::unary("$stdDevSamp", self.expr()).settled_by("$toDouble")
    }

    /// The number in the middle, approximately (`$median`, from MongoDB 7.0), null if there is none.
    ///
    /// Manual: [`$median`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/median/).
    #[doc(alias = "$median")]
    fn median(&self) -> Expr<Self::Root, Option<f64>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value, Item: Field<Inner: Number>>,
    {
        Expr::named(
            "$median",
            [("input", self.expr().code), ("method", Code::literal("approximate"))],
        )
        .settled_by("$toDouble")
    }

    /// The numbers below which these parts of all numbers are, approximately (`$percentile`, from
    /// MongoDB 7.0): `[0.5, 0.99]`. Each is null if there is no number.
    ///
    /// # Errors
    ///
    /// A part below 0 or above 1.
    ///
    /// Manual: [`$percentile`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/percentile/).
    #[doc(alias = "$percentile")]
    fn percentile(&self, parts: impl IntoIterator<Item = f64>) -> Expr<Self::Root, Vec<Option<f64>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value, Item: Field<Inner: Number>>,
    {
        let parts = parts.into_iter().map(part).collect::<Result<_>>().and_then(Code::array);
        let method = Code::literal("approximate");
        let arguments = [("input", self.expr().code), ("p", parts), ("method", method)];
        Expr::named("$percentile", arguments)
            .settling(Some(Settle { operator: "$toDouble", depth: 1 }))
    }
}

impl<E: Expression> Statistics for E {}

fn part(part: f64) -> Result<Code> {
    match (0.0..=1.0).contains(&part) {
        true => Code::encoded(&part),
        false => Err(Error::invalid(format!("`$percentile` takes parts from 0 to 1, not {part}"))),
    }
}

/// The sum of several numbers of one type (`$sum`). Null adds nothing.
///
/// # Errors
///
/// No values.
///
/// Manual: [`$sum`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/sum/).
#[doc(alias = "$sum")]
pub fn total_of<R, O>(
    values: impl IntoIterator<Item = O>,
) -> Expr<R, <RankOf<O::Value> as Rank>::Value>
where
    O: Operand<R, Value: Field<Inner: Number>>,
{
    of_several("$sum", values).settled_by(<RankOf<O::Value> as Rank>::CONVERT)
}

/// The mean of several numbers of one type (`$avg`). Null does not count; it is null if all are.
///
/// # Errors
///
/// No values.
///
/// Manual: [`$avg`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/avg/).
#[doc(alias = "$avg")]
pub fn average_of<R, O>(
    values: impl IntoIterator<Item = O>,
) -> Expr<R, Lift<O::Value, Mean<O::Value>>>
where
    O: Operand<R, Value: Field<Inner: Number>>,
{
    let convert = <<RankOf<O::Value> as Rank>::Quotient as Rank>::CONVERT;
    of_several("$avg", values).settled_by(convert)
}

/// The smallest one of several values of one type (`$min`). Null does not count; it is null if all are.
///
/// # Errors
///
/// No values.
///
/// Manual: [`$min`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/min/).
#[doc(alias = "$min")]
pub fn smallest_of<R, O>(values: impl IntoIterator<Item = O>) -> Expr<R, O::Value>
where
    O: Operand<R>,
{
    of_several("$min", values)
}

/// The largest one of several values of one type (`$max`). Null does not count; it is null if all are.
///
/// # Errors
///
/// No values.
///
/// Manual: [`$max`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/max/).
#[doc(alias = "$max")]
pub fn largest_of<R, O>(values: impl IntoIterator<Item = O>) -> Expr<R, O::Value>
where
    O: Operand<R>,
{
    of_several("$max", values)
}

/// The standard deviation of several numbers, all there are (`$stdDevPop`). Null does not count; it is null if
/// all are.
///
/// # Errors
///
/// No values.
///
/// Manual: [`$stdDevPop`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/stdDevPop/).
#[doc(alias = "$stdDevPop")]
pub fn std_dev_pop_of<R, O>(values: impl IntoIterator<Item = O>) -> Expr<R, Option<f64>>
where
    O: Operand<R, Value: Field<Inner: Number>>,
{
    of_several("$stdDevPop", values).settled_by("$toDouble")
}

/// The standard deviation of several numbers that are a sample of more (`$stdDevSamp`). Null does not count;
/// it is null if there are less than two.
///
/// # Errors
///
/// No values.
///
/// Manual: [`$stdDevSamp`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/stdDevSamp/).
#[doc(alias = "$stdDevSamp")]
pub fn std_dev_samp_of<R, O>(values: impl IntoIterator<Item = O>) -> Expr<R, Option<f64>>
where
    O: Operand<R, Value: Field<Inner: Number>>,
{
    of_several("$stdDevSamp", values).settled_by("$toDouble")
}

/// The type of a mean.
type Mean<V> = <<RankOf<V> as Rank>::Quotient as Rank>::Value;

fn of_several<R, O: Operand<R>, T: Field>(
    operator: &'static str,
    values: impl IntoIterator<Item = O>,
) -> Expr<R, T> {
    let values: Vec<_> = values.into_iter().map(Operand::into_expr).collect();
    let settle = values.iter().find_map(|value| value.settle);
    // An array that is the only operand would be taken for the list of operands.
    let again = match &values[..] {
        [only] => Some(only.code.clone()),
        _ => None,
    };
    let codes: Vec<_> = values.into_iter().map(|value| value.code).chain(again).collect();
    match codes.is_empty() {
        true => {
            Expr::new(Err(Error::invalid(format!("`{operator}` of several values needs a value"))))
        }
        false => Expr::list(operator, codes).settling(settle),
    }
}
