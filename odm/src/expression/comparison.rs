//! Comparison of expressions.

use crate::{
    error::Result,
    path::{Field, Layers, One, Present, class},
};

use super::{Code, Expr, Expression, Operand};

/// Classes of values that may be equal: `A` and `B` are of one type, or both are numbers, or both
/// text, or both points in time.
#[diagnostic::on_unimplemented(
    message = "a `{A}` does not compare with a `{B}`",
    label = "of another type than the other side"
)]
pub trait Equals<C, A, B> {}

#[diagnostic::do_not_recommend]
impl<A, B> Equals<class::Number, A, B> for class::Number {}
#[diagnostic::do_not_recommend]
impl<A, B> Equals<class::Text, A, B> for class::Text {}
#[diagnostic::do_not_recommend]
impl<A, B> Equals<class::Instant, A, B> for class::Instant {}
#[diagnostic::do_not_recommend]
impl<A, B> Equals<class::Uuid, A, B> for class::Uuid {}
#[diagnostic::do_not_recommend]
impl<A, B, T> Equals<class::Own<T>, A, B> for class::Own<T> {}
#[diagnostic::do_not_recommend]
impl<A, B, C: Equals<D, A, B>, D> Equals<class::Items<D>, A, B> for class::Items<C> {}

/// What stands around a value, if anything.
type Around<V> = <V as Field>::Layer<One>;

/// Comparison: fields with fields, with computed values and with literals.
///
/// Both sides are of one type; numbers compare across their types. An absent `Option` is equal to
/// an absent one and to null.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Month { spent: i64, budget: i32, limit: Option<f64>, name: String, note: Option<String> }
///
/// let over = Month::expr(|m| m.spent().gt(m.budget()) & m.limit().if_null(0.0).lte(5));
/// assert_eq!(
///     over.as_document()?,
///     doc! { "$expr": { "$and": [
///         { "$gt": ["$spent", "$budget"] },
///         { "$lte": [{ "$ifNull": ["$limit", 0.0] }, 5] },
///     ] } },
/// );
/// assert_eq!(
///     Month::expr(|m| m.name().ne(m.note())).as_document()?,
///     doc! { "$expr": { "$ne": ["$name", "$note"] } },
/// );
/// assert_eq!(
///     Month::expr(|m| m.name().in_(["Mai", "Juni"])).as_document()?,
///     doc! { "$expr": { "$in": ["$name", ["Mai", "Juni"]] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub trait Compare: Expression {
    /// Both are equal (`$eq`).
    ///
    /// Manual: [`$eq`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/eq/).
    #[doc(alias = "$eq")]
    fn eq<O>(&self, other: O) -> Expr<Self::Root, bool>
    where
        O: Operand<Self::Root>,
        <O::Value as Field>::Class: Equals<<Self::Value as Field>::Class, Self::Value, O::Value>,
    {
        equality("$eq", self.expr(), other.into_expr())
    }

    /// They are not equal (`$ne`).
    ///
    /// Manual: [`$ne`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/ne/).
    #[doc(alias = "$ne")]
    fn ne<O>(&self, other: O) -> Expr<Self::Root, bool>
    where
        O: Operand<Self::Root>,
        <O::Value as Field>::Class: Equals<<Self::Value as Field>::Class, Self::Value, O::Value>,
    {
        equality("$ne", self.expr(), other.into_expr())
    }

    /// This is greater (`$gt`).
    ///
    /// A value that may be null does not compile here: to the server, null is less than every
    /// value.
    ///
    /// Manual: [`$gt`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/gt/).
    #[doc(alias = "$gt")]
    fn gt<O>(&self, other: O) -> Expr<Self::Root, bool>
    where
        O: Operand<Self::Root>,
        <O::Value as Field>::Class: Equals<<Self::Value as Field>::Class, Self::Value, O::Value>,
        Around<Self::Value>: Present<Self::Value>,
        Around<O::Value>: Present<O::Value>,
    {
        Expr::list("$gt", [self.expr().code, other.into_expr().code])
    }

    /// This is greater, or both are equal (`$gte`).
    ///
    /// A value that may be null does not compile here: to the server, null is less than every
    /// value.
    ///
    /// Manual: [`$gte`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/gte/).
    #[doc(alias = "$gte")]
    fn gte<O>(&self, other: O) -> Expr<Self::Root, bool>
    where
        O: Operand<Self::Root>,
        <O::Value as Field>::Class: Equals<<Self::Value as Field>::Class, Self::Value, O::Value>,
        Around<Self::Value>: Present<Self::Value>,
        Around<O::Value>: Present<O::Value>,
    {
        Expr::list("$gte", [self.expr().code, other.into_expr().code])
    }

    /// This is less (`$lt`).
    ///
    /// A value that may be null does not compile here: to the server, null is less than every
    /// value.
    ///
    /// Manual: [`$lt`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/lt/).
    #[doc(alias = "$lt")]
    fn lt<O>(&self, other: O) -> Expr<Self::Root, bool>
    where
        O: Operand<Self::Root>,
        <O::Value as Field>::Class: Equals<<Self::Value as Field>::Class, Self::Value, O::Value>,
        Around<Self::Value>: Present<Self::Value>,
        Around<O::Value>: Present<O::Value>,
    {
        Expr::list("$lt", [self.expr().code, other.into_expr().code])
    }

    /// This is less, or both are equal (`$lte`).
    ///
    /// A value that may be null does not compile here: to the server, null is less than every
    /// value.
    ///
    /// Manual: [`$lte`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/lte/).
    #[doc(alias = "$lte")]
    fn lte<O>(&self, other: O) -> Expr<Self::Root, bool>
    where
        O: Operand<Self::Root>,
        <O::Value as Field>::Class: Equals<<Self::Value as Field>::Class, Self::Value, O::Value>,
        Around<Self::Value>: Present<Self::Value>,
        Around<O::Value>: Present<O::Value>,
    {
        Expr::list("$lte", [self.expr().code, other.into_expr().code])
    }

    /// The order of both (`$cmp`): -1 if this is less, 0 if both are equal, 1 if this is greater.
    ///
    /// Manual: [`$cmp`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/cmp/).
    #[doc(alias = "$cmp")]
    fn cmp<O>(&self, other: O) -> Expr<Self::Root, i32>
    where
        O: Operand<Self::Root>,
        <O::Value as Field>::Class: Equals<<Self::Value as Field>::Class, Self::Value, O::Value>,
        Around<Self::Value>: Present<Self::Value>,
        Around<O::Value>: Present<O::Value>,
    {
        Expr::list("$cmp", [self.expr().code, other.into_expr().code])
    }

    /// This equals one of the values (`$in`). An empty list of values contains nothing.
    ///
    /// Manual: [`$in`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/in/).
    #[doc(alias = "$in")]
    fn in_<O>(&self, values: impl IntoIterator<Item = O>) -> Expr<Self::Root, bool>
    where
        O: Operand<Self::Root>,
        <O::Value as Field>::Class: Equals<<Self::Value as Field>::Class, Self::Value, O::Value>,
    {
        let both = may_be_null::<Self::Value>() && may_be_null::<O::Value>();
        let values = values.into_iter().map(|value| alike(value.into_expr().code, both));
        let values = values.collect::<Result<_>>().and_then(Code::array);
        Expr::list("$in", [alike(self.expr().code, both), values])
    }
}

impl<E: Expression> Compare for E {}

fn equality<R, A: Field, B: Field>(
    operator: &'static str,
    left: Expr<R, A>,
    right: Expr<R, B>,
) -> Expr<R, bool> {
    let both = may_be_null::<A>() && may_be_null::<B>();
    Expr::list(operator, [alike(left.code, both), alike(right.code, both)])
}

pub(super) fn may_be_null<V: Field>() -> bool {
    <Around<V> as Layers>::MAY_BE_NULL
}

/// To the server an absent field does not equal null; to us both are `None`.
pub(super) fn alike(code: Result<Code>, may_be_null: bool) -> Result<Code> {
    match may_be_null {
        true => code.and_then(Code::or_null),
        false => code,
    }
}
