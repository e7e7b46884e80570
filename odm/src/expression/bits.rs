//! Bits of integers.

use crate::path::{Field, Lift};

use super::{Expr, Expression, Operand, WholeNumber};

/// Bits of integers, from MongoDB 6.3; an older server refuses them. Null makes null.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Port { flags: i32 }
///
/// let open = Port::expr(|p| p.flags().bit_and(4).ne(0));
/// assert_eq!(
///     open.as_document()?,
///     doc! { "$expr": { "$ne": [{ "$bitAnd": ["$flags", 4] }, 0] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub trait Bits: Expression {
    /// The bits that are set in both (`$bitAnd`, from MongoDB 6.3).
    ///
    /// Manual: [`$bitAnd`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/bitAnd/).
    #[doc(alias = "$bitAnd")]
    fn bit_and<O>(&self, other: O) -> Expr<Self::Root, Lift<Self::Value, Lift<O::Value, i64>>>
    where
        Self::Value: Field<Inner: WholeNumber>,
        O: Operand<Self::Root>,
        O::Value: Field<Inner: WholeNumber>,
    {
        Expr::list("$bitAnd", [self.expr().code, other.into_expr().code]).settled_by("$toLong")
    }

    /// The bits that are set in one of both (`$bitOr`, from MongoDB 6.3).
    ///
    /// Manual: [`$bitOr`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/bitOr/).
    #[doc(alias = "$bitOr")]
    fn bit_or<O>(&self, other: O) -> Expr<Self::Root, Lift<Self::Value, Lift<O::Value, i64>>>
    where
        Self::Value: Field<Inner: WholeNumber>,
        O: Operand<Self::Root>,
        O::Value: Field<Inner: WholeNumber>,
    {
        Expr::list("$bitOr", [self.expr().code, other.into_expr().code]).settled_by("$toLong")
    }

    /// The bits that are set in exactly one of both (`$bitXor`, from MongoDB 6.3).
    ///
    /// Manual: [`$bitXor`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/bitXor/).
    #[doc(alias = "$bitXor")]
    fn bit_xor<O>(&self, other: O) -> Expr<Self::Root, Lift<Self::Value, Lift<O::Value, i64>>>
    where
        Self::Value: Field<Inner: WholeNumber>,
        O: Operand<Self::Root>,
        O::Value: Field<Inner: WholeNumber>,
    {
        Expr::list("$bitXor", [self.expr().code, other.into_expr().code]).settled_by("$toLong")
    }

    /// The bits that are not set (`$bitNot`, from MongoDB 6.3).
    ///
    /// Manual: [`$bitNot`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/bitNot/).
    #[doc(alias = "$bitNot")]
    fn bit_not(&self) -> Expr<Self::Root, Lift<Self::Value, i64>>
    where
        Self::Value: Field<Inner: WholeNumber>,
    {
        Expr::unary("$bitNot", self.expr()).settled_by("$toLong")
    }
}

impl<E: Expression> Bits for E {}
