//! Values over the rows around a row.

use std::{fmt, marker::PhantomData, ops::RangeInclusive};

use mongodb::bson::Bson;

use crate::{
    error::{Error, Result},
    expression::{Code, MeanOf, Number, Operand, Unit},
    path::{Field, Filtering, Reading},
    row::{Row, RowFields, With, column_name},
    sort::SortOrder,
};

use super::{
    Pipeline,
    accumulators::SumOf,
    pipeline::stage,
    stages::{named, sorted},
};

/// The functions of a window over rows of `R`: the second argument of the last closure that
/// [`window`](Pipeline::window) is given.
///
/// A function is over all rows of the partition, unless [`so_far`](Windowed::so_far),
/// [`documents`](Windowed::documents) or [`range`](Windowed::range) says which.
///
/// Manual: [`$setWindowFields`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/setWindowFields/).
#[derive(Debug)]
pub struct Window<R>(PhantomData<fn() -> R>);

/// What is computed from the rows of a window; it decodes into a `T`.
#[must_use = "a window function does nothing outside of `.window(…)`"]
pub struct Windowed<R, T> {
    code: Result<Code>,
    bounds: Option<Result<Code>>,
    order: Need,
    types: PhantomData<fn() -> (R, T)>,
}

/// The order that a window function needs; with its name.
#[derive(Clone, Copy, Debug)]
enum Need {
    None,
    Any(&'static str),
    /// An order by exactly one field.
    One(&'static str),
}

impl<In, D: Row> Pipeline<In, D> {
    /// One column more, computed from the rows around each row (`$setWindowFields`): rows are pairs
    /// of what they were and the new column.
    ///
    /// The first closure gives the partition: rows with the same value belong together. `|_| ()` is
    /// one partition of all rows. The second one gives the order in a partition; `|_| Sort::none()`
    /// is none.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Order { #[model(id)] id: i64, customer: i64, total: f64 }
    ///
    /// let running = Order::aggregate()
    ///     .window(|o| o.customer(), |o| o.id().asc(), |o, w| w.sum(o.total()).so_far());
    /// assert_eq!(
    ///     running.stages()?,
    ///     [doc! { "$setWindowFields": {
    ///         "partitionBy": "$customer",
    ///         "sortBy": { "_id": 1 },
    ///         "output": { "_c0": {
    ///             "$sum": "$total",
    ///             "window": { "documents": ["unbounded", "current"] },
    ///         } },
    ///     } }],
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A function or a range without the order that it needs: `rank`, `dense_rank`,
    /// `document_number`, `derivative`, `integral`, `linear_fill` and ranges need one by exactly one
    /// field.
    ///
    /// Manual: [`$setWindowFields`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/setWindowFields/).
    #[doc(alias = "$setWindowFields")]
    pub fn window<P, O, T>(
        self,
        partition: impl FnOnce(RowFields<D, Reading>) -> P,
        order: impl FnOnce(RowFields<D, Filtering>) -> O,
        function: impl FnOnce(RowFields<D, Reading>, Window<D>) -> Windowed<D, T>,
    ) -> Pipeline<In, With<D, T>>
    where
        P: Operand<D>,
        O: SortOrder<D>,
        T: Field,
    {
        let partition = partition(self.reading()).into_expr().into_settled();
        let order = order(self.filtering()).into_sort();
        let function = function(self.reading(), Window(PhantomData));
        let output = match function.order.fault(order.width()) {
            Some(fault) => Err(Error::invalid(fault)),
            None => function.into_output(),
        };
        let order = (!order.is_none()).then(|| sorted(order));
        let stage =
            window(partition, order, output.and_then(|it| named(column_name(D::ADDED), it)));
        self.then_column([stage])
    }
}

impl Need {
    /// What is wrong with an order by this many fields.
    fn fault(self, fields: usize) -> Option<String> {
        match (self, fields) {
            (Self::Any(name) | Self::One(name), 0) => {
                Some(format!("`{name}` needs its rows in an order: `|row| row.field().asc()`"))
            }
            (Self::One(name), 2..) => {
                Some(format!("`{name}` needs an order by one field, and this is by {fields}"))
            }
            _ => None,
        }
    }
}

fn window(
    partition: Result<Code>,
    order: Option<Result<Code>>,
    output: Result<Code>,
) -> Result<Code> {
    let partition = partition?;
    let is_whole = partition.is_null();
    let mut fields = Vec::with_capacity(3);
    if !is_whole {
        fields.push(("partitionBy".into(), partition));
    }
    if let Some(order) = order {
        fields.push(("sortBy".into(), order?));
    }
    fields.push(("output".into(), output?));
    stage("$setWindowFields", Code::document(fields))
}

impl<R, T> Windowed<R, T> {
    fn new(code: Result<Code>) -> Self {
        Self { code, bounds: None, order: Need::None, types: PhantomData }
    }

    fn ordered(self, name: &'static str) -> Self {
        match self.order {
            Need::One(_) => self,
            _ => Self { order: Need::Any(name), ..self },
        }
    }

    fn ordered_by_one(self, name: &'static str) -> Self {
        Self { order: Need::One(name), ..self }
    }

    fn within(self, kind: &'static str, bounds: [Bson; 2], unit: Option<Unit>) -> Self {
        let bounds = bounds.iter().map(Code::encoded).collect::<Result<_>>().and_then(Code::array);
        let bounds = bounds.and_then(|bounds| {
            let unit = unit.map(|unit| Ok(("unit".into(), unit.code()?)));
            let fields = std::iter::once(Ok((kind.into(), bounds))).chain(unit);
            Code::document(fields.collect::<Result<Vec<_>>>()?)
        });
        Self { bounds: Some(bounds), ..self }
    }

    /// Over the rows from the first of the partition up to this one.
    pub fn so_far(self) -> Self {
        self.within("documents", ["unbounded".into(), "current".into()], None).ordered("so_far")
    }

    /// Over the rows at these distances from this one: `-2..=0` is this row and the two before it.
    ///
    /// # Errors
    ///
    /// Distances without 0: the window of some rows would be empty. For another row's value use
    /// [`shift`](Window::shift).
    pub fn documents(self, distances: RangeInclusive<i32>) -> Self {
        self.around("documents", distances, None).ordered("documents")
    }

    /// Over the rows whose value of the order's one field, a number, is at most so far from this
    /// row's: `-10.0..=0.0`.
    ///
    /// # Errors
    ///
    /// Distances without 0.
    pub fn range(self, distances: RangeInclusive<f64>) -> Self {
        self.around("range", distances, None).ordered_by_one("range")
    }

    /// The same where the order's one field is a date: `-7..=0` with [`Unit::Day`].
    ///
    /// # Errors
    ///
    /// Distances without 0.
    pub fn time_range(self, distances: RangeInclusive<i32>, unit: Unit) -> Self {
        self.around("range", distances, Some(unit)).ordered_by_one("time_range")
    }

    /// The bounds around each row, which hold the row itself.
    fn around<N>(self, kind: &'static str, distances: RangeInclusive<N>, unit: Option<Unit>) -> Self
    where
        N: PartialOrd + Default + Copy + Into<Bson>,
    {
        match distances.contains(&N::default()) {
            true => {
                self.within(kind, [(*distances.start()).into(), (*distances.end()).into()], unit)
            }
            false => {
                let reason = "a window holds the row that it is for: the distances hold 0";
                Self { bounds: Some(Err(Error::invalid(reason))), ..self }
            }
        }
    }

    /// `{$function: …, window: …}`
    fn into_output(self) -> Result<Code> {
        match self.bounds {
            None => self.code,
            Some(bounds) => self.code?.with_field("window", bounds?),
        }
    }
}

impl<R, T> fmt::Debug for Windowed<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Windowed").field("code", &self.code).field("bounds", &self.bounds).finish()
    }
}

fn of<R, E: Operand<R>, T>(operator: &'static str, value: E) -> Windowed<R, T> {
    let value = value.into_expr().into_settled();
    Windowed::new(value.and_then(|value| Code::unary(operator, value)))
}

fn none<R, T>(operator: &'static str) -> Windowed<R, T> {
    let nothing = Code::document([]);
    Windowed::new(nothing.and_then(|nothing| Code::unary(operator, nothing)))
}

macro_rules! functions {
    ($($method:ident, $operator:literal, [$($bound:tt)*] => $result:ty, $documentation:literal;)*) => {
        impl<R> Window<R> {$(
            #[doc = $documentation]
            #[doc = concat!("\nManual: [`", $operator, "`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/setWindowFields/).")]
            #[doc(alias = $operator)]
            pub fn $method<E>(&self, value: E) -> Windowed<R, $result>
            where
                E: Operand<R>,
                $($bound)*
            {
                of($operator, value)
            }
        )*}
    };
}

functions! {
    sum, "$sum", [E::Value: Field<Inner: Number>] => SumOf<E::Value>,
        "The sum of numbers (`$sum`); null counts for nothing.";
    avg, "$avg", [E::Value: Field<Inner: Number>] => Option<MeanOf<E::Value>>,
        "The mean of numbers (`$avg`); `None` if all are null.";
    min, "$min", [] => E::Value, "The smallest value (`$min`); null counts for nothing.";
    max, "$max", [] => E::Value, "The largest value (`$max`); null counts for nothing.";
    first, "$first", [] => E::Value, "The value of the first row (`$first`).";
    last, "$last", [] => E::Value, "The value of the last row (`$last`).";
    push, "$push", [] => Vec<E::Value>, "All values, in the order of the rows (`$push`).";
    add_to_set, "$addToSet", [] => Vec<E::Value>, "All values, each once (`$addToSet`).";
    std_dev_pop, "$stdDevPop", [E::Value: Field<Inner: Number>] => Option<f64>,
        "The standard deviation of all values there are (`$stdDevPop`).";
    std_dev_samp, "$stdDevSamp", [E::Value: Field<Inner: Number>] => Option<f64>,
        "The standard deviation that a sample suggests (`$stdDevSamp`).";
}

macro_rules! numbers {
    ($($method:ident, $operator:literal, $documentation:literal;)*) => {
        impl<R> Window<R> {$(
            #[doc = $documentation]
            #[doc = concat!("\nManual: [`", $operator, "`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/", $operator, "/).")]
            #[doc(alias = $operator)]
            pub fn $method(&self) -> Windowed<R, i64> {
                none($operator).ordered_by_one($operator)
            }
        )*}
    };
}

numbers! {
    rank, "$rank", "The row's place in the order, from 1; equal rows share one, and the next places are left out (`$rank`).";
    dense_rank, "$denseRank", "The row's place in the order, from 1; equal rows share one, and no place is left out (`$denseRank`).";
    document_number, "$documentNumber", "The number of the row in the order, from 1 (`$documentNumber`).";
}

impl<R> Window<R> {
    /// The number of rows (`$count`).
    #[doc(alias = "$count")]
    pub fn count(&self) -> Windowed<R, i64> {
        none("$count")
    }

    /// The value of the row that is this far away in the order: -1 is the row before (`$shift`).
    /// `None` where there is no such row.
    ///
    /// Manual: [`$shift`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/shift/).
    #[doc(alias = "$shift")]
    pub fn shift<E>(&self, value: E, by: i32) -> Windowed<R, Option<<E::Value as Field>::Inner>>
    where
        E: Operand<R>,
    {
        let output = value.into_expr().into_settled();
        Windowed::new(output.and_then(|output| {
            let default = Code::null();
            Code::named(
                "$shift",
                [("output", output), ("by", Code::encoded(&by)?), ("default", default)],
            )
        }))
        .ordered("$shift")
    }

    /// The mean in which later rows count more (`$expMovingAvg`), over about `n` rows. `None` before
    /// the first number.
    ///
    /// Manual: [`$expMovingAvg`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/expMovingAvg/).
    #[doc(alias = "$expMovingAvg")]
    pub fn exp_moving_avg<E>(&self, value: E, n: u32) -> Windowed<R, Option<MeanOf<E::Value>>>
    where
        E: Operand<R>,
        E::Value: Field<Inner: Number>,
    {
        let input = value.into_expr().into_settled();
        Windowed::new(input.and_then(|input| {
            let n = match n {
                0 => return Err(Error::invalid("`$expMovingAvg` takes 1 row at least")),
                n => Code::encoded(&i64::from(n))?,
            };
            Code::named("$expMovingAvg", [("input", input), ("N", n)])
        }))
        .ordered("$expMovingAvg")
    }

    /// How fast a value changes with the order's one field, a number (`$derivative`): from the
    /// first row of the window to the last one. `None` where the window is one row.
    ///
    /// Manual: [`$derivative`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/derivative/).
    #[doc(alias = "$derivative")]
    pub fn derivative<E>(&self, value: E) -> Windowed<R, Option<f64>>
    where
        E: Operand<R>,
        E::Value: Field<Inner: Number>,
    {
        slope("$derivative", value, None)
    }

    /// The same for each unit of time, where the order's one field is a date; a week at most.
    ///
    /// Manual: [`$derivative`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/derivative/).
    #[doc(alias = "$derivative")]
    pub fn derivative_per<E>(&self, value: E, unit: Unit) -> Windowed<R, Option<f64>>
    where
        E: Operand<R>,
        E::Value: Field<Inner: Number>,
    {
        slope("$derivative", value, Some(unit))
    }

    /// The area under a value over the order's one field, a number (`$integral`).
    ///
    /// Manual: [`$integral`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/integral/).
    #[doc(alias = "$integral")]
    pub fn integral<E>(&self, value: E) -> Windowed<R, Option<f64>>
    where
        E: Operand<R>,
        E::Value: Field<Inner: Number>,
    {
        slope("$integral", value, None)
    }

    /// The same in units of time, where the order's one field is a date; a week at most.
    ///
    /// Manual: [`$integral`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/integral/).
    #[doc(alias = "$integral")]
    pub fn integral_per<E>(&self, value: E, unit: Unit) -> Windowed<R, Option<f64>>
    where
        E: Operand<R>,
        E::Value: Field<Inner: Number>,
    {
        slope("$integral", value, Some(unit))
    }

    /// How two numbers vary together in all values there are (`$covariancePop`).
    ///
    /// Manual: [`$covariancePop`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/covariancePop/).
    #[doc(alias = "$covariancePop")]
    pub fn covariance_pop<A, B>(&self, one: A, other: B) -> Windowed<R, Option<f64>>
    where
        A: Operand<R, Value: Field<Inner: Number>>,
        B: Operand<R, Value: Field<Inner: Number>>,
    {
        pair("$covariancePop", one, other)
    }

    /// How two numbers vary together, as a sample suggests (`$covarianceSamp`); `None` for fewer
    /// than two rows.
    ///
    /// Manual: [`$covarianceSamp`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/covarianceSamp/).
    #[doc(alias = "$covarianceSamp")]
    pub fn covariance_samp<A, B>(&self, one: A, other: B) -> Windowed<R, Option<f64>>
    where
        A: Operand<R, Value: Field<Inner: Number>>,
        B: Operand<R, Value: Field<Inner: Number>>,
    {
        pair("$covarianceSamp", one, other)
    }

    /// The value, or where it is null one on the line between its neighbours (`$linearFill`, from
    /// MongoDB 5.3); `None` where a neighbour is missing.
    ///
    /// Manual: [`$linearFill`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/linearFill/).
    #[doc(alias = "$linearFill")]
    pub fn linear_fill<E>(&self, value: E) -> Windowed<R, Option<MeanOf<E::Value>>>
    where
        E: Operand<R>,
        E::Value: Field<Inner: Number>,
    {
        of("$linearFill", value).ordered_by_one("$linearFill")
    }

    /// The value, or where it is null the last one before it (`$locf`, from MongoDB 5.2); `None`
    /// where there is none before it.
    ///
    /// Manual: [`$locf`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/locf/).
    #[doc(alias = "$locf")]
    pub fn locf<E>(&self, value: E) -> Windowed<R, Option<<E::Value as Field>::Inner>>
    where
        E: Operand<R>,
    {
        of("$locf", value).ordered("$locf")
    }
}

fn slope<R, E: Operand<R>>(
    operator: &'static str,
    value: E,
    unit: Option<Unit>,
) -> Windowed<R, Option<f64>> {
    let input = value.into_expr().into_settled();
    Windowed::new(input.and_then(|input| {
        let unit = unit.map(|unit| Ok(("unit".into(), unit.code()?)));
        let fields = std::iter::once(Ok(("input".into(), input))).chain(unit);
        Code::unary(operator, Code::document(fields.collect::<Result<Vec<_>>>()?)?)
    }))
    .ordered_by_one(operator)
}

fn pair<R, A: Operand<R>, B: Operand<R>>(
    operator: &'static str,
    one: A,
    other: B,
) -> Windowed<R, Option<f64>> {
    let both = [one.into_expr().into_settled(), other.into_expr().into_settled()];
    let both = both.into_iter().collect::<Result<_>>().and_then(Code::array);
    Windowed::new(both.and_then(|both| Code::unary(operator, both)))
}
