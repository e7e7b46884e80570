//! Parts of arrays, other orders, and where an element is.

use mongodb::bson::Document;

use crate::{
    error::{Error, Result},
    path::{Field, Fields, Filtering, Handle, Lift, One, Path, Present},
    sort::SortOrder,
};

use super::{
    super::{
        Code, Equals, Expr, Expression, Operand, Settle, WholeNumber,
        comparison::{alike, may_be_null},
        substrings::found,
    },
    Found, ItemOf, ListOf,
};

/// Parts of arrays, other orders, and where an element is.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Game { scores: Vec<i32>, round: i32 }
///
/// let good = Game::expr(|g| {
///     g.scores().max_n(3).total().gt(100) & g.scores().element_at(g.round()).if_null(0).gt(9)
/// });
/// assert_eq!(
///     good.as_document()?,
///     doc! { "$expr": { "$and": [
///         { "$gt": [{ "$sum": { "$maxN": { "input": "$scores", "n": 3 } } }, 100] },
///         { "$gt": [{ "$ifNull": [{ "$arrayElemAt": ["$scores", "$round"] }, 0] }, 9] },
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub trait ArrayParts: Expression {
    /// The element at a position (`$arrayElemAt`), null past the end; negative positions count from
    /// the end. A position that is no `i32` is the server's error.
    ///
    /// Manual: [`$arrayElemAt`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/arrayElemAt/).
    #[doc(alias = "$arrayElemAt")]
    fn element_at<O>(&self, position: O) -> Expr<Self::Root, Found<Self::Value>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        O: Operand<Self::Root>,
        O::Value: Field<Inner: WholeNumber>,
    {
        let array = self.expr();
        let settle = array.settle.and_then(Settle::in_element);
        Expr::list("$arrayElemAt", [array.code, position.into_expr().code]).settling(settle)
    }

    /// The first elements, so many (`$slice`); of a negative number the last ones. Null makes null.
    /// A number that is no `i32` is the server's error.
    ///
    /// Manual: [`$slice`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/slice/).
    #[doc(alias = "$slice")]
    fn take<O>(&self, count: O) -> Expr<Self::Root, Lift<Self::Value, Vec<ItemOf<Self::Value>>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        O: Operand<Self::Root, Value: WholeNumber>,
    {
        let array = self.expr();
        let settle = array.settle;
        Expr::list("$slice", [array.code, count.into_expr().code]).settling(settle)
    }

    /// So many elements from a position on (`$slice`); negative positions count from the end. Null
    /// makes null. A count of 0 or below, and a number that is no `i32`, is the server's error.
    ///
    /// Manual: [`$slice`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/slice/).
    #[doc(alias = "$slice")]
    fn slice<P, O>(
        &self,
        position: P,
        count: O,
    ) -> Expr<Self::Root, Lift<Self::Value, Vec<ItemOf<Self::Value>>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        P: Operand<Self::Root, Value: WholeNumber>,
        O: Operand<Self::Root, Value: WholeNumber>,
    {
        let array = self.expr();
        let settle = array.settle;
        let (position, count) = (position.into_expr().code, count.into_expr().code);
        Expr::list("$slice", [array.code, position, count]).settling(settle)
    }

    /// The first elements, so many (`$firstN`, MongoDB 5.2). A number below 1 is the server's error.
    ///
    /// Manual: [`$firstN`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/firstN/).-array-element
    #[doc(alias = "$firstN")]
    fn first_n<O>(&self, n: O) -> Expr<Self::Root, Vec<ItemOf<Self::Value>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
        O: Operand<Self::Root, Value: WholeNumber>,
    {
        several("$firstN", self.expr(), n.into_expr())
    }

    /// The last elements, so many (`$lastN`, MongoDB 5.2). A number below 1 is the server's error.
    ///
    /// Manual: [`$lastN`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/lastN/).-array-element
    #[doc(alias = "$lastN")]
    fn last_n<O>(&self, n: O) -> Expr<Self::Root, Vec<ItemOf<Self::Value>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
        O: Operand<Self::Root, Value: WholeNumber>,
    {
        several("$lastN", self.expr(), n.into_expr())
    }

    /// The largest elements, so many, the largest first (`$maxN`, MongoDB 5.2). Null is left out. A
    /// number below 1 is the server's error.
    ///
    /// Manual: [`$maxN`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/maxN/).-array-element
    #[doc(alias = "$maxN")]
    fn max_n<O>(&self, n: O) -> Expr<Self::Root, Vec<<ItemOf<Self::Value> as Field>::Inner>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
        O: Operand<Self::Root, Value: WholeNumber>,
    {
        several("$maxN", self.expr(), n.into_expr())
    }

    /// The smallest elements, so many, the smallest first (`$minN`, MongoDB 5.2). Null is left out. A
    /// number below 1 is the server's error.
    ///
    /// Manual: [`$minN`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/minN/).-array-element
    #[doc(alias = "$minN")]
    fn min_n<O>(&self, n: O) -> Expr<Self::Root, Vec<<ItemOf<Self::Value> as Field>::Inner>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
        O: Operand<Self::Root, Value: WholeNumber>,
    {
        several("$minN", self.expr(), n.into_expr())
    }

    /// The elements in the opposite order (`$reverseArray`); null makes null.
    ///
    /// Manual: [`$reverseArray`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/reverseArray/).
    #[doc(alias = "$reverseArray")]
    fn reverse(&self) -> Expr<Self::Root, Lift<Self::Value, Vec<ItemOf<Self::Value>>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
    {
        let array = self.expr();
        let settle = array.settle;
        Expr::unary("$reverseArray", array).settling(settle)
    }

    /// The elements, the smallest first (`$sortArray`, MongoDB 5.2); null makes null.
    ///
    /// Manual: [`$sortArray`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/sortArray/).
    #[doc(alias = "$sortArray")]
    fn sorted(&self) -> Expr<Self::Root, Lift<Self::Value, Vec<ItemOf<Self::Value>>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
    {
        in_order(self.expr(), Code::encoded(&1))
    }

    /// The elements, the largest first (`$sortArray`, MongoDB 5.2); null makes null.
    ///
    /// Manual: [`$sortArray`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/sortArray/).
    #[doc(alias = "$sortArray")]
    fn sorted_desc(&self) -> Expr<Self::Root, Lift<Self::Value, Vec<ItemOf<Self::Value>>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
    {
        in_order(self.expr(), Code::encoded(&-1))
    }

    /// The elements in an order of their fields (`$sortArray`, MongoDB 5.2); null makes null.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Game { moves: Vec<Move>, best: Move }
    ///
    /// #[derive(Embedded)]
    /// struct Move { player: String, points: i32 }
    ///
    /// let wrong = Game::expr(|g| {
    ///     g.moves().sort_by(|m| m.points().desc().then(m.player().asc())).first().ne(g.best())
    /// });
    /// assert_eq!(
    ///     wrong.as_document()?,
    ///     doc! { "$expr": { "$ne": [
    ///         { "$first": { "$sortArray": {
    ///             "input": "$moves", "sortBy": { "points": -1, "player": 1 },
    ///         } } },
    ///         "$best",
    ///     ] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An order that names no field, or one twice.
    ///
    /// Manual: [`$sortArray`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/sortArray/).
    #[doc(alias = "$sortArray")]
    fn sort_by<S>(
        &self,
        order: impl FnOnce(Fields<ItemOf<Self::Value>, Filtering>) -> S,
    ) -> Expr<Self::Root, Lift<Self::Value, Vec<ItemOf<Self::Value>>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        S: SortOrder<ItemOf<Self::Value>>,
    {
        let order = order(Handle::from_path(Path::root())).into_sort();
        in_order(self.expr(), order.as_document().and_then(|keys| keyed(&keys)))
    }

    /// The position of the first element that equals the value, counted from 0 (`$indexOfArray`);
    /// null if there is none, or if the array is null.
    ///
    /// Manual: [`$indexOfArray`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/indexOfArray/).
    #[doc(alias = "$indexOfArray")]
    fn position_of<O>(&self, value: O) -> Expr<Self::Root, Option<i32>>
    where
        O: Operand<Self::Root>,
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        <O::Value as Field>::Class:
            Equals<<ItemOf<Self::Value> as Field>::Class, ItemOf<Self::Value>, O::Value>,
    {
        let both = may_be_null::<ItemOf<Self::Value>>() && may_be_null::<O::Value>();
        let value = alike(value.into_expr().code, both);
        found(Expr::list("$indexOfArray", [self.expr().code, value]))
    }

    /// The same among the elements from the position `start` on, and before the position `end`
    /// (`$indexOfArray`). A start or an end below 0 is the server's error.
    ///
    /// Manual: [`$indexOfArray`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/indexOfArray/).
    #[doc(alias = "$indexOfArray")]
    fn position_of_between<O, A, B>(
        &self,
        value: O,
        start: A,
        end: B,
    ) -> Expr<Self::Root, Option<i32>>
    where
        O: Operand<Self::Root>,
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        <O::Value as Field>::Class:
            Equals<<ItemOf<Self::Value> as Field>::Class, ItemOf<Self::Value>, O::Value>,
        A: Operand<Self::Root, Value: WholeNumber>,
        B: Operand<Self::Root, Value: WholeNumber>,
    {
        let both = may_be_null::<ItemOf<Self::Value>>() && may_be_null::<O::Value>();
        let value = alike(value.into_expr().code, both);
        let (start, end) = (start.into_expr().code, end.into_expr().code);
        found(Expr::list("$indexOfArray", [self.expr().code, value, start, end]))
    }
}

impl<E: Expression> ArrayParts for E {}

fn several<R, V, N, T: Field>(
    operator: &'static str,
    array: Expr<R, V>,
    n: Expr<R, N>,
) -> Expr<R, T> {
    let settle = array.settle;
    Expr::named(operator, [("input", array.code), ("n", n.code)]).settling(settle)
}

fn in_order<R, V, T: Field>(array: Expr<R, V>, order: Result<Code>) -> Expr<R, T> {
    let settle = array.settle;
    Expr::named("$sortArray", [("input", array.code), ("sortBy", order)]).settling(settle)
}

/// The keys of an order.
fn keyed(keys: &Document) -> Result<Code> {
    match keys.is_empty() {
        true => Err(Error::invalid("`sort_by` needs a field to sort by")),
        false => Code::encoded(keys),
    }
}
