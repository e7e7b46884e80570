//! What a group computes from its rows.

use std::{fmt, marker::PhantomData};

use crate::{
    error::{Error, Result},
    expression::{Code, MeanOf, Number, Operand, Rank, RankOf},
    path::Field,
    row::Given,
    sort::SortOrder,
};

use super::stages::sorted;

/// The accumulators of a group over rows of `R`: the second argument of the closure that
/// [`group`](super::Pipeline::group) is given.
///
/// Null and absent values count for nothing in `sum`, `avg`, `min` and `max`.
///
/// Manual: [accumulators](https://www.mongodb.com/docs/manual/reference/operator/aggregation/group/#accumulator-operator).
#[derive(Debug)]
pub struct Group<R>(PhantomData<fn() -> R>);

/// What is computed from the rows of a group; it decodes into a `T`.
#[must_use = "an accumulator does nothing outside of a group"]
pub struct Accumulated<R, T> {
    pub(super) code: Result<Code>,
    /// What makes the result one of the type where the server gives another one.
    pub(super) convert: Option<&'static str>,
    types: PhantomData<fn() -> (R, T)>,
}

/// What a group computes from its rows of `R`.
#[diagnostic::on_unimplemented(
    message = "a group has many rows, and this is a value of one",
    label = "not an accumulator",
    note = "use `g.first(…)`, `g.sum(…)`, `g.push(…)`, …"
)]
pub trait Accumulator<R> {
    /// The type that it decodes into.
    type Value: Field;

    #[doc(hidden)]
    fn into_accumulated(self) -> Accumulated<R, Self::Value>;
}

#[diagnostic::do_not_recommend]
impl<R, T: Field> Accumulator<R> for Accumulated<R, T> {
    type Value = T;

    fn into_accumulated(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<R, T: Field> Given for Accumulated<R, T> {
    type Value = T;
}

/// The sum of numbers like `V`.
pub(super) type SumOf<V> = <RankOf<V> as Rank>::Value;

/// The operator that makes a number one of the type of a sum, where decoding would not.
pub(super) fn exact<N: Rank>() -> Option<&'static str> {
    Some(N::CONVERT).filter(|convert| *convert == "$toDecimal")
}

impl<R> Group<R> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }

    /// The number of rows (`$count`).
    #[doc(alias = "$count")]
    pub fn count(&self) -> Accumulated<R, i64> {
        Accumulated::new(Code::encoded(&1).and_then(|one| Code::unary("$sum", one)))
    }

    /// The sum of numbers (`$sum`); 0 if all are null. Integers add up to an `i64`: a sum beyond it
    /// is an error of decoding.
    ///
    /// Manual: [`$sum`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/sum/).
    #[doc(alias = "$sum")]
    pub fn sum<E>(&self, value: E) -> Accumulated<R, SumOf<E::Value>>
    where
        E: Operand<R>,
        E::Value: Field<Inner: Number>,
    {
        accumulated("$sum", value).converted(exact::<RankOf<E::Value>>())
    }

    /// The mean of numbers (`$avg`); `None` if all are null.
    ///
    /// Manual: [`$avg`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/avg/).
    #[doc(alias = "$avg")]
    pub fn avg<E>(&self, value: E) -> Accumulated<R, Option<MeanOf<E::Value>>>
    where
        E: Operand<R>,
        E::Value: Field<Inner: Number>,
    {
        accumulated("$avg", value)
    }

    /// The smallest value (`$min`).
    ///
    /// Manual: [`$min`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/min/).
    #[doc(alias = "$min")]
    pub fn min<E: Operand<R>>(&self, value: E) -> Accumulated<R, E::Value> {
        accumulated("$min", value)
    }

    /// The largest value (`$max`).
    ///
    /// Manual: [`$max`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/max/).
    #[doc(alias = "$max")]
    pub fn max<E: Operand<R>>(&self, value: E) -> Accumulated<R, E::Value> {
        accumulated("$max", value)
    }

    /// The value of the first row (`$first`), which is that of any row unless the rows are sorted.
    ///
    /// Manual: [`$first`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/first/).
    #[doc(alias = "$first")]
    pub fn first<E: Operand<R>>(&self, value: E) -> Accumulated<R, E::Value> {
        accumulated("$first", value)
    }

    /// The value of the last row (`$last`), which is that of any row unless the rows are sorted.
    ///
    /// Manual: [`$last`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/last/).
    #[doc(alias = "$last")]
    pub fn last<E: Operand<R>>(&self, value: E) -> Accumulated<R, E::Value> {
        accumulated("$last", value)
    }

    /// All values, in the order of the rows (`$push`). A value that is absent is left out.
    ///
    /// Manual: [`$push`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/push/).
    #[doc(alias = "$push")]
    pub fn push<E: Operand<R>>(&self, value: E) -> Accumulated<R, Vec<E::Value>> {
        accumulated("$push", value)
    }

    /// All values, each once, in no order (`$addToSet`). A value that is absent is left out.
    ///
    /// Manual: [`$addToSet`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/addToSet/).
    #[doc(alias = "$addToSet")]
    pub fn add_to_set<E: Operand<R>>(&self, value: E) -> Accumulated<R, Vec<E::Value>> {
        accumulated("$addToSet", value)
    }

    /// The standard deviation of all values there are (`$stdDevPop`); `None` if all are null.
    ///
    /// Manual: [`$stdDevPop`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/stdDevPop/).
    #[doc(alias = "$stdDevPop")]
    pub fn std_dev_pop<E>(&self, value: E) -> Accumulated<R, Option<f64>>
    where
        E: Operand<R>,
        E::Value: Field<Inner: Number>,
    {
        accumulated("$stdDevPop", value)
    }

    /// The standard deviation that a sample suggests (`$stdDevSamp`); `None` for fewer than two
    /// values.
    ///
    /// Manual: [`$stdDevSamp`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/stdDevSamp/).
    #[doc(alias = "$stdDevSamp")]
    pub fn std_dev_samp<E>(&self, value: E) -> Accumulated<R, Option<f64>>
    where
        E: Operand<R>,
        E::Value: Field<Inner: Number>,
    {
        accumulated("$stdDevSamp", value)
    }

    /// All documents in one, of which later fields win (`$mergeObjects`).
    ///
    /// Manual: [`$mergeObjects`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/mergeObjects/).
    #[doc(alias = "$mergeObjects")]
    pub fn merge_objects<E: Operand<R>>(&self, document: E) -> Accumulated<R, E::Value> {
        accumulated("$mergeObjects", document)
    }

    /// The median, as the server estimates it (`$median`, from MongoDB 7.0); `None` if all are null.
    ///
    /// Manual: [`$median`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/median/).
    #[doc(alias = "$median")]
    pub fn median<E>(&self, value: E) -> Accumulated<R, Option<f64>>
    where
        E: Operand<R>,
        E::Value: Field<Inner: Number>,
    {
        let input = value.into_expr().into_settled();
        Accumulated::new(input.and_then(|input| {
            let method = Code::literal("approximate")?;
            Code::named("$median", [("input", input), ("method", method)])
        }))
    }

    /// Percentiles, as the server estimates them (`$percentile`, from MongoDB 7.0): one for each
    /// part from 0 to 1.
    ///
    /// Manual: [`$percentile`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/percentile/).
    #[doc(alias = "$percentile")]
    pub fn percentiles<E>(&self, value: E, parts: &[f64]) -> Accumulated<R, Vec<Option<f64>>>
    where
        E: Operand<R>,
        E::Value: Field<Inner: Number>,
    {
        let input = value.into_expr().into_settled();
        Accumulated::new(input.and_then(|input| {
            let parts = parts.iter().map(Code::encoded).collect::<Result<_>>()?;
            let method = Code::literal("approximate")?;
            Code::named(
                "$percentile",
                [("input", input), ("p", Code::array(parts)?), ("method", method)],
            )
        }))
    }
}

/// Accumulators of some of a group's rows: the first or last ones, the smallest or largest ones.
macro_rules! some {
    ($($method:ident, $operator:literal, $documentation:literal;)*) => {
        impl<R> Group<R> {$(
            #[doc = $documentation]
            ///
            /// # Errors
            ///
            /// 0 values, which the server refuses.
            #[doc = concat!("\nManual: [`", $operator, "`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/#group).")]
            #[doc(alias = $operator)]
            pub fn $method<E: Operand<R>>(&self, n: u32, value: E) -> Accumulated<R, Vec<E::Value>> {
                let input = value.into_expr().into_settled();
                Accumulated::new(input.and_then(|input| {
                    Code::named($operator, [("input", input), ("n", several($operator, n)?)])
                }))
            }
        )*}
    };
}

some! {
    first_n, "$firstN", "The values of the first rows (`$firstN`).";
    last_n, "$lastN", "The values of the last rows (`$lastN`).";
    min_n, "$minN", "The smallest values, smallest first (`$minN`). Null and absent values are left out.";
    max_n, "$maxN", "The largest values, largest first (`$maxN`). Null and absent values are left out.";
}

/// Accumulators of a group's rows in an order of its own.
macro_rules! ordered {
    ($($method:ident, $operator:literal, $documentation:literal;)*) => {
        impl<R: crate::row::Row> Group<R> {$(
            #[doc = $documentation]
            #[doc = concat!("\nManual: [`", $operator, "`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/#group).")]
            #[doc(alias = $operator)]
            pub fn $method<O: SortOrder<R>, E: Operand<R>>(
                &self,
                order: O,
                value: E,
            ) -> Accumulated<R, E::Value> {
                let output = value.into_expr().into_settled();
                Accumulated::new(output.and_then(|output| {
                    Code::named($operator, [("sortBy", sorted(order)?), ("output", output)])
                }))
            }
        )*}
    };
}

ordered! {
    top, "$top", "The value of the row that comes first in an order (`$top`).";
    bottom, "$bottom", "The value of the row that comes last in an order (`$bottom`).";
}

macro_rules! ordered_some {
    ($($method:ident, $operator:literal, $documentation:literal;)*) => {
        impl<R: crate::row::Row> Group<R> {$(
            #[doc = $documentation]
            ///
            /// # Errors
            ///
            /// 0 values, which the server refuses.
            #[doc = concat!("\nManual: [`", $operator, "`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/#group).")]
            #[doc(alias = $operator)]
            pub fn $method<O: SortOrder<R>, E: Operand<R>>(
                &self,
                n: u32,
                order: O,
                value: E,
            ) -> Accumulated<R, Vec<E::Value>> {
                let output = value.into_expr().into_settled();
                Accumulated::new(output.and_then(|output| {
                    let n = several($operator, n)?;
                    Code::named($operator, [("n", n), ("sortBy", sorted(order)?), ("output", output)])
                }))
            }
        )*}
    };
}

ordered_some! {
    top_n, "$topN", "The values of the rows that come first in an order (`$topN`).";
    bottom_n, "$bottomN", "The values of the rows that come last in an order (`$bottomN`).";
}

impl<R, T> Accumulated<R, T> {
    pub(super) fn new(code: Result<Code>) -> Self {
        Self { code, convert: None, types: PhantomData }
    }

    fn converted(self, convert: Option<&'static str>) -> Self {
        Self { convert, ..self }
    }
}

impl<R, T> fmt::Debug for Accumulated<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Accumulated").field(&self.code).finish()
    }
}

fn accumulated<R, E: Operand<R>, T>(operator: &'static str, value: E) -> Accumulated<R, T> {
    let value = value.into_expr().into_settled();
    Accumulated::new(value.and_then(|value| Code::unary(operator, value)))
}

fn several(operator: &str, n: u32) -> Result<Code> {
    match n {
        0 => Err(Error::invalid(format!("`{operator}` takes at least 1 value"))),
        n => Code::encoded(&i64::from(n)),
    }
}
