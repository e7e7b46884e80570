//! One value of an array, and arrays of others.

use crate::{
    error::Result,
    path::{Field, Lift},
};

use super::{
    super::{
        Code, Expr, Expression, Fits, Operand, WholeNumber,
        text::ValueOf,
        variable::{Variable, with_variable},
    },
    ItemOf, Items, ListOf,
};

/// Elements of the type of other ones.
#[diagnostic::on_unimplemented(
    message = "the elements of both arrays are of one type, and these are `{T}` and `{Self}`",
    label = "an array of `{Self}`"
)]
pub trait Alike<T>: Field {}
#[diagnostic::do_not_recommend]
impl<T: Field> Alike<T> for T {}

/// One value of all elements, and arrays made of several. Null makes null.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Order { counts: Vec<i32>, prices: Vec<f64>, words: Vec<String> }
///
/// let text = Order::expr(|o| o.words().reduce("", |all, word| all.concat(word)).eq("ab"));
/// assert_eq!(
///     text.as_document()?,
///     doc! { "$expr": { "$eq": [
///         { "$reduce": { "input": "$words", "initialValue": "", "in": { "$let": {
///             "vars": { "v1": "$$value", "v2": "$$this" },
///             "in": { "$concat": ["$$v1", "$$v2"] },
///         } } } },
///         "ab",
///     ] } },
/// );
/// let pairs = Order::expr(|o| o.counts().zip(o.prices()).len().lt(o.counts().len()));
/// assert_eq!(
///     pairs.as_document()?,
///     doc! { "$expr": { "$lt": [
///         { "$size": { "$zip": { "inputs": ["$counts", "$prices"] } } },
///         { "$size": "$counts" },
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub trait ArrayBuilders: Expression {
    /// What the closure makes of all elements, one after the other (`$reduce`): it is given what it
    /// made so far, and the next element. The first time, that is `initial`, which is the result for
    /// an empty array too.
    ///
    /// The result is of the type of `initial`: to add integers, begin with `0_i64`.
    ///
    /// Manual: [`$reduce`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/reduce/).
    #[doc(alias = "$reduce")]
    fn reduce<I, O>(
        &self,
        initial: I,
        body: impl FnOnce(
            Variable<Self::Root, ValueOf<I, Self::Root>>,
            Variable<Self::Root, ItemOf<Self::Value>>,
        ) -> O,
    ) -> Expr<Self::Root, Lift<Self::Value, ValueOf<I, Self::Root>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        I: Operand<Self::Root>,
        O: Operand<Self::Root>,
        O::Value: Fits<ValueOf<I, Self::Root>>,
    {
        let (value, (this, body)) = with_variable::<Self::Root, I::Value, _>(|value| {
            with_variable::<Self::Root, ItemOf<Self::Value>, _>(|this| {
                body(value, this).into_expr().into_fitting::<I::Value>()
            })
        });
        // Another `$reduce` inside has a `$$value` and a `$$this` of its own.
        let named = body.and_then(|body| {
            let variables = [(value, Code::field("$$value")?), (this, Code::field("$$this")?)];
            let variables = variables.map(|(name, code)| (name.into(), code));
            Code::named("$let", [("vars", Code::document(variables)?), ("in", body)])
        });
        let (input, initial) = (self.expr().into_settled(), initial.into_expr().into_settled());
        Expr::named("$reduce", [("input", input), ("initialValue", initial), ("in", named)])
    }

    /// The elements of this array, and those of another one behind them (`$concatArrays`).
    ///
    /// Manual: [`$concatArrays`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/concatArrays/).
    #[doc(alias = "$concatArrays")]
    fn concat_arrays<O>(&self, other: O) -> Expr<Self::Root, Items<Self::Value, O::Value>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        O: Operand<Self::Root>,
        <O::Value as Field>::Kind: ListOf<O::Value, Item: Alike<ItemOf<Self::Value>>>,
    {
        let (this, other) = (self.expr(), other.into_expr());
        let settle = this.settle.or(other.settle);
        Expr::list("$concatArrays", [this.code, other.code]).settling(settle)
    }

    /// Pairs of the elements at the same positions, as many as the shorter array has (`$zip`).
    ///
    /// Manual: [`$zip`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/zip/).
    #[doc(alias = "$zip")]
    fn zip<O>(&self, other: O) -> Expr<Self::Root, Pairs<Self::Value, O::Value>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        O: Operand<Self::Root>,
        <O::Value as Field>::Kind: ListOf<O::Value>,
    {
        zipped(self.expr(), other.into_expr(), false)
    }

    /// Pairs of the elements at the same positions, as many as the longer array has (`$zip`); null
    /// where the other one has no element.
    ///
    /// Manual: [`$zip`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/zip/).
    #[doc(alias = "$zip")]
    fn zip_longest<O>(&self, other: O) -> Expr<Self::Root, PerhapsPairs<Self::Value, O::Value>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        O: Operand<Self::Root>,
        <O::Value as Field>::Kind: ListOf<O::Value>,
    {
        zipped(self.expr(), other.into_expr(), true)
    }
}

impl<E: Expression> ArrayBuilders for E {}

/// Pairs of elements.
type Pairs<A, B> = Lift<A, Lift<B, Vec<(ItemOf<A>, ItemOf<B>)>>>;

/// An element that may not be there.
type Perhaps<V> = Option<<ItemOf<V> as Field>::Inner>;

/// Pairs of elements of which one may not be there.
type PerhapsPairs<A, B> = Lift<A, Lift<B, Vec<(Perhaps<A>, Perhaps<B>)>>>;

fn zipped<R, A: Field, B: Field, T: Field>(
    one: Expr<R, A>,
    other: Expr<R, B>,
    is_longest: bool,
) -> Expr<R, T> {
    let arrays: Result<Vec<_>> = [one.into_settled(), other.into_settled()].into_iter().collect();
    let inputs = arrays.and_then(Code::array);
    let longest = is_longest.then(|| ("useLongestLength", Code::encoded(&true)));
    Expr::named("$zip", [("inputs", inputs)].into_iter().chain(longest))
}

/// The integers from `start` on that are less than `end` (`$range`). An end that is no `i32` is the
/// server's error.
///
/// Manual: [`$range`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/range/).
#[doc(alias = "$range")]
pub fn range<R, A, B>(start: A, end: B) -> Expr<R, Vec<i32>>
where
    A: Operand<R, Value: WholeNumber>,
    B: Operand<R, Value: WholeNumber>,
{
    Expr::list("$range", [start.into_expr().code, end.into_expr().code])
}

/// The integers from `start` on in steps, before `end` is reached (`$range`). A step may be negative;
/// 0 is the server's error.
///
/// ```
/// use odm::{expression::range_by, prelude::*};
///
/// #[derive(Embedded)]
/// struct Item { qty: i32, boxes: Vec<i32> }
///
/// assert_eq!(
///     Item::expr(|i| range_by(0, i.qty(), 12).eq(i.boxes())).as_document()?,
///     doc! { "$expr": { "$eq": [{ "$range": [0, "$qty", 12] }, "$boxes"] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// Manual: [`$range`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/range/).
#[doc(alias = "$range")]
pub fn range_by<R, A, B, S>(start: A, end: B, step: S) -> Expr<R, Vec<i32>>
where
    A: Operand<R, Value: WholeNumber>,
    B: Operand<R, Value: WholeNumber>,
    S: Operand<R, Value: WholeNumber>,
{
    let operands = [start.into_expr().code, end.into_expr().code, step.into_expr().code];
    Expr::list("$range", operands)
}
