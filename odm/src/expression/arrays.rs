//! Arrays.

mod build;
mod parts;
mod sets;

pub use self::{
    build::{Alike, ArrayBuilders, range, range_by},
    parts::ArrayParts,
    sets::Sets,
};

use crate::{
    error::Result,
    path::{Field, Lift, One, Present, kind},
};

use super::{
    Code, Equals, Expr, Expression, Number, Operand, Rank, Settle, Truth, WholeNumber,
    comparison::{alike, may_be_null},
    number::RankOf,
    variable::{Variable, with_variable},
};

/// Kinds of arrays, with the type of their elements.
#[diagnostic::on_unimplemented(
    message = "an array is needed here, and this is a `{V}`",
    label = "not an array"
)]
pub trait ListOf<V> {
    /// The type of the elements.
    type Item: Field;
}
#[diagnostic::do_not_recommend]
impl<V, E: Field> ListOf<V> for kind::List<E> {
    type Item = E;
}
#[diagnostic::do_not_recommend]
impl<V, E: Field> ListOf<V> for kind::FixedList<E> {
    type Item = E;
}

/// The type of the elements of an array.
pub type ItemOf<V> = <<V as Field>::Kind as ListOf<V>>::Item;

/// Elements of the first of two arrays, null if one of both arrays is.
type Items<A, B> = Lift<A, Lift<B, Vec<ItemOf<A>>>>;

/// One element, which may not be there.
type Found<V> = Option<<ItemOf<V> as Field>::Inner>;

/// Functions of arrays.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Order { lines: Vec<Line>, least: i32 }
///
/// #[derive(Embedded)]
/// struct Line { qty: i32, price: f64 }
///
/// let dear = Order::expr(|o| o.lines().map(|l| l.price() * l.qty()).total().gt(100));
/// assert_eq!(
///     dear.as_document()?,
///     doc! { "$expr": { "$gt": [
///         { "$sum": { "$map": {
///             "input": "$lines",
///             "as": "v1",
///             "in": { "$multiply": ["$$v1.price", "$$v1.qty"] },
///         } } },
///         100,
///     ] } },
/// );
/// let full = Order::expr(|o| o.lines().filter(|l| l.qty().gte(o.least())).len().gt(1));
/// assert_eq!(
///     full.as_document()?,
///     doc! { "$expr": { "$gt": [
///         { "$size": { "$filter": {
///             "input": "$lines",
///             "as": "v1",
///             "cond": { "$gte": ["$$v1.qty", "$least"] },
///         } } },
///         1,
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub trait Arrays: Expression {
    /// The number of elements (`$size`).
    ///
    /// Manual: [`$size`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/size/).
    #[doc(alias = "$size")]
    fn len(&self) -> Expr<Self::Root, i32>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
    {
        Expr::unary("$size", self.expr())
    }

    /// The array has no elements: its `$size` is 0.
    #[doc(alias = "$size")]
    fn is_empty(&self) -> Expr<Self::Root, bool>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
    {
        Expr::list("$eq", [self.len().code, Code::encoded(&0)])
    }

    /// The sum of the elements (`$sum`), 0 if the array is empty or absent. Null adds nothing.
    ///
    /// Manual: [`$sum`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/sum/).
    #[doc(alias = "$sum")]
    fn total(&self) -> Expr<Self::Root, <RankOf<ItemOf<Self::Value>> as Rank>::Value>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value, Item: Field<Inner: Number>>,
    {
        // The sum of nothing is an integer, whatever the array is of.
        let convert = <RankOf<ItemOf<Self::Value>> as Rank>::CONVERT;
        Expr::unary("$sum", self.expr()).settled_by(convert)
    }

    /// The mean of the elements (`$avg`), null if the array is empty. Elements that are null do not
    /// count.
    ///
    /// Manual: [`$avg`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/avg/).
    #[doc(alias = "$avg")]
    fn average(&self) -> Expr<Self::Root, Average<Self::Value>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value, Item: Field<Inner: Number>>,
    {
        let convert = <<RankOf<ItemOf<Self::Value>> as Rank>::Quotient as Rank>::CONVERT;
        Expr::unary("$avg", self.expr()).settled_by(convert)
    }

    /// The smallest element (`$min`), null if the array is empty.
    ///
    /// Manual: [`$min`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/min/).
    #[doc(alias = "$min")]
    fn smallest(&self) -> Expr<Self::Root, Found<Self::Value>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
    {
        element("$min", self.expr())
    }

    /// The largest element (`$max`), null if the array is empty.
    ///
    /// Manual: [`$max`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/max/).
    #[doc(alias = "$max")]
    fn largest(&self) -> Expr<Self::Root, Found<Self::Value>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
    {
        element("$max", self.expr())
    }

    /// The first element (`$first`), null if the array is empty.
    ///
    /// Manual: [`$first`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/first/).
    #[doc(alias = "$first")]
    fn first(&self) -> Expr<Self::Root, Found<Self::Value>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
    {
        element("$first", self.expr())
    }

    /// The last element (`$last`), null if the array is empty.
    ///
    /// Manual: [`$last`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/last/).
    #[doc(alias = "$last")]
    fn last(&self) -> Expr<Self::Root, Found<Self::Value>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
    {
        element("$last", self.expr())
    }

    /// The array has this element (`$in`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { tags: Vec<String>, name: String }
    ///
    /// assert_eq!(
    ///     Item::expr(|i| i.tags().contains(i.name())).as_document()?,
    ///     doc! { "$expr": { "$in": ["$name", "$tags"] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$in`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/in/).
    #[doc(alias = "$in")]
    fn contains<O>(&self, element: O) -> Expr<Self::Root, bool>
    where
        O: Operand<Self::Root>,
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
        <O::Value as Field>::Class:
            Equals<<ItemOf<Self::Value> as Field>::Class, ItemOf<Self::Value>, O::Value>,
    {
        let both = may_be_null::<ItemOf<Self::Value>>() && may_be_null::<O::Value>();
        Expr::list("$in", [alike(element.into_expr().code, both), self.expr().code])
    }

    /// What the closure makes of each element (`$map`); null makes null.
    ///
    /// Where another closure goes through the result, a literal in this one needs its type: `n *
    /// 2_i64`.
    ///
    /// Manual: [`$map`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/map/).
    #[doc(alias = "$map")]
    fn map<O: Operand<Self::Root>>(
        &self,
        body: impl FnOnce(Variable<Self::Root, ItemOf<Self::Value>>) -> O,
    ) -> Expr<Self::Root, Lift<Self::Value, Vec<O::Value>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
    {
        let (name, body) =
            with_variable::<Self::Root, ItemOf<Self::Value>, _>(|item| body(item).into_expr());
        let settle = body.settle.map(Settle::in_array);
        Expr::new(each("$map", self.expr().into_settled(), &name, ("in", body.code)))
            .settling(settle)
    }

    /// The elements for which the closure is true (`$filter`); null makes null.
    ///
    /// Manual: [`$filter`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/filter/).
    #[doc(alias = "$filter")]
    fn filter<O>(
        &self,
        condition: impl FnOnce(Variable<Self::Root, ItemOf<Self::Value>>) -> O,
    ) -> Expr<Self::Root, Lift<Self::Value, Vec<ItemOf<Self::Value>>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        O: Operand<Self::Root>,
        O::Value: Truth,
    {
        let (name, condition) = with_variable::<Self::Root, ItemOf<Self::Value>, _>(|item| {
            condition(item).into_expr().code
        });
        Expr::new(each("$filter", self.expr().into_settled(), &name, ("cond", condition)))
    }

    /// The first elements for which the closure is true, up to a number of them (`$filter` with
    /// `limit`, MongoDB 5.2); null makes null. A limit of 0, below 0 or above `i32` is the server's
    /// error.
    ///
    /// Manual: [`$filter`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/filter/).
    #[doc(alias = "$filter")]
    fn filter_limit<N, O>(
        &self,
        limit: N,
        condition: impl FnOnce(Variable<Self::Root, ItemOf<Self::Value>>) -> O,
    ) -> Expr<Self::Root, Lift<Self::Value, Vec<ItemOf<Self::Value>>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        N: Operand<Self::Root, Value: WholeNumber>,
        O: Operand<Self::Root>,
        O::Value: Truth,
    {
        let (name, condition) = with_variable::<Self::Root, ItemOf<Self::Value>, _>(|item| {
            condition(item).into_expr().code
        });
        let input = self.expr().into_settled();
        let (name, limit) = (Code::literal(&name), limit.into_expr().code);
        let named = [("input", input), ("as", name), ("cond", condition), ("limit", limit)];
        Expr::named("$filter", named)
    }
}

/// The type of a mean.
type Average<V> = Option<<<RankOf<ItemOf<V>> as Rank>::Quotient as Rank>::Value>;

impl<E: Expression> Arrays for E {}

/// One element of an array, which needs the conversion that the elements need.
fn element<R, V, U>(operator: &'static str, array: Expr<R, V>) -> Expr<R, U>
where
    V: Field,
    U: Field,
{
    let settle = array.settle.and_then(Settle::in_element);
    Expr::unary(operator, array).settling(settle)
}

/// `{operator: {input: array, as: name, …: body}}`
fn each(
    operator: &'static str,
    array: Result<Code>,
    name: &str,
    (argument, body): (&'static str, Result<Code>),
) -> Result<Code> {
    Code::named(operator, [("input", array?), ("as", Code::literal(name)?), (argument, body?)])
}
