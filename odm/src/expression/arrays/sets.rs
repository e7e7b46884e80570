//! Arrays as sets.

use crate::path::{Field, One, Present};

use super::{
    super::{Equals, Expr, Expression, Operand, Truth},
    Alike, ItemOf, Items, ListOf,
};

/// Arrays as sets: the order of elements has no meaning, and equal elements are one. Numbers are
/// equal across their types. The order of a result is not specified.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Person { needed: Vec<String>, has: Vec<String> }
///
/// let missing = Person::expr(|p| p.needed().set_difference(p.has()).len().gt(0));
/// assert_eq!(
///     missing.as_document()?,
///     doc! { "$expr": { "$gt": [{ "$size": { "$setDifference": ["$needed", "$has"] } }, 0] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub trait Sets: Expression {
    /// The elements that are in one of both (`$setUnion`); null makes null.
    ///
    /// Manual: [`$setUnion`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/setUnion/).
    #[doc(alias = "$setUnion")]
    fn set_union<O>(&self, other: O) -> Expr<Self::Root, Items<Self::Value, O::Value>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        O: Operand<Self::Root>,
        <O::Value as Field>::Kind: ListOf<O::Value, Item: Alike<ItemOf<Self::Value>>>,
    {
        combined("$setUnion", self.expr(), other.into_expr())
    }

    /// The elements that are in both (`$setIntersection`); null makes null.
    ///
    /// Manual: [`$setIntersection`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/setIntersection/).
    #[doc(alias = "$setIntersection")]
    fn set_intersection<O>(&self, other: O) -> Expr<Self::Root, Items<Self::Value, O::Value>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        O: Operand<Self::Root>,
        <O::Value as Field>::Kind: ListOf<O::Value, Item: Alike<ItemOf<Self::Value>>>,
    {
        combined("$setIntersection", self.expr(), other.into_expr())
    }

    /// The elements of this array that are not in the other one (`$setDifference`); null makes null.
    ///
    /// Manual: [`$setDifference`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/setDifference/).
    #[doc(alias = "$setDifference")]
    fn set_difference<O>(&self, other: O) -> Expr<Self::Root, Items<Self::Value, O::Value>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        O: Operand<Self::Root>,
        <O::Value as Field>::Kind: ListOf<O::Value, Item: Alike<ItemOf<Self::Value>>>,
    {
        combined("$setDifference", self.expr(), other.into_expr())
    }

    /// Both have the same elements (`$setEquals`).
    ///
    /// Manual: [`$setEquals`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/setEquals/).
    #[doc(alias = "$setEquals")]
    fn set_equals<O>(&self, other: O) -> Expr<Self::Root, bool>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
        O: Operand<Self::Root>,
        <O::Value as Field>::Kind: ListOf<O::Value>,
        <O::Value as Field>::Layer<One>: Present<O::Value>,
        <ItemOf<O::Value> as Field>::Class:
            Equals<<ItemOf<Self::Value> as Field>::Class, ItemOf<Self::Value>, ItemOf<O::Value>>,
    {
        Expr::list("$setEquals", [self.expr().code, other.into_expr().code])
    }

    /// Each element of this array is in the other one (`$setIsSubset`).
    ///
    /// Manual: [`$setIsSubset`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/setIsSubset/).
    #[doc(alias = "$setIsSubset")]
    fn set_is_subset<O>(&self, other: O) -> Expr<Self::Root, bool>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
        O: Operand<Self::Root>,
        <O::Value as Field>::Kind: ListOf<O::Value>,
        <O::Value as Field>::Layer<One>: Present<O::Value>,
        <ItemOf<O::Value> as Field>::Class:
            Equals<<ItemOf<Self::Value> as Field>::Class, ItemOf<Self::Value>, ItemOf<O::Value>>,
    {
        Expr::list("$setIsSubset", [self.expr().code, other.into_expr().code])
    }

    /// One of the elements is true (`$anyElementTrue`); null is not.
    ///
    /// Manual: [`$anyElementTrue`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/anyElementTrue/).
    #[doc(alias = "$anyElementTrue")]
    fn any_element_true(&self) -> Expr<Self::Root, bool>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value, Item: Field<Inner: Truth>>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
    {
        Expr::unary("$anyElementTrue", self.expr())
    }

    /// All elements are true (`$allElementsTrue`), as in an empty array; null is not.
    ///
    /// Manual: [`$allElementsTrue`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/allElementsTrue/).
    #[doc(alias = "$allElementsTrue")]
    fn all_elements_true(&self) -> Expr<Self::Root, bool>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value, Item: Field<Inner: Truth>>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
    {
        Expr::unary("$allElementsTrue", self.expr())
    }
}

impl<E: Expression> Sets for E {}

fn combined<R, A: Field, B: Field, T: Field>(
    operator: &'static str,
    one: Expr<R, A>,
    other: Expr<R, B>,
) -> Expr<R, T> {
    let settle = one.settle.or(other.settle);
    Expr::list(operator, [one.code, other.code]).settling(settle)
}
