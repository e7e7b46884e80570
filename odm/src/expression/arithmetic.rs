//! `+`, `-`, `*`, and division.

use std::ops::{Add, Mul, Sub};

use crate::path::{Field, Layers, Lift, NaturallyStored, Read, Reading, Scalar, Spec};

use super::{
    Expr, Expression, Operand,
    number::{Number, Rank, RankOf},
};

/// The rank of what is computed from an `A` and a `B`.
pub(super) type Joined<A, B> = <RankOf<A> as Rank>::With<RankOf<B>>;

/// What is computed from an `A` and a `B`: an integer, a float or a decimal, in an `Option` if one
/// of them is.
pub type Sum<A, B> = Lift<A, Lift<B, <Joined<A, B> as Rank>::Value>>;

/// The type of a quotient.
pub(super) type Quotient<A, B> =
    Lift<A, Lift<B, <<Joined<A, B> as Rank>::Quotient as Rank>::Value>>;

fn computed<R, A, B>(
    operator: &'static str,
    left: Expr<R, A>,
    right: Expr<R, B>,
) -> Expr<R, Sum<A, B>>
where
    A: Field<Inner: Number>,
    B: Field<Inner: Number>,
{
    let code = [left.code, right.code];
    Expr::list(operator, code).settled_by(<Joined<A, B> as Rank>::CONVERT)
}

macro_rules! arithmetic {
    ($($operation:ident, $method:ident, $operator:literal, $documentation:literal;)*) => {$(
        arithmetic! { @expr $operation, $method, $operator, $documentation, [Expr<R, T>] }
        arithmetic! { @expr $operation, $method, $operator, $documentation, [&Expr<R, T>] }
        arithmetic! { @field $operation, $method, $documentation, [Scalar<Reading<W>, R, V, S>] }
        arithmetic! { @field $operation, $method, $documentation, [&Scalar<Reading<W>, R, V, S>] }
    )*};
    (@expr $operation:ident, $method:ident, $operator:literal, $documentation:literal, [$left:ty]) => {
        impl<R, T, O> $operation<O> for $left
        where
            T: Field<Inner: Number>,
            O: Operand<R>,
            O::Value: Field<Inner: Number>,
        {
            type Output = Expr<R, Sum<T, O::Value>>;

            #[doc = $documentation]
            #[doc(alias = $operator)]
            fn $method(self, other: O) -> Self::Output {
                computed($operator, self.clone(), other.into_expr())
            }
        }
    };
    (@field $operation:ident, $method:ident, $documentation:literal, [$left:ty]) => {
        impl<W, R, V, S, O> $operation<O> for $left
        where
            W: Layers,
            V: Field,
            S: Spec + NaturallyStored,
            Read<W, V, S>: Field<Inner: Number>,
            O: Operand<R>,
            O::Value: Field<Inner: Number>,
        {
            type Output = Expr<R, Sum<Read<W, V, S>, O::Value>>;

            #[doc = $documentation]
            fn $method(self, other: O) -> Self::Output {
                Expression::expr(&self.clone()).$method(other)
            }
        }
    };
}

arithmetic! {
    Add, add, "$add", "The sum (`$add`).";
    Sub, sub, "$subtract", "The difference (`$subtract`).";
    Mul, mul, "$multiply", "The product (`$multiply`).";
}

/// Division, and the other arithmetic under the server's names.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Item { qty: i32, boxes: i32, price: f64 }
///
/// let full = Item::expr(|i| i.qty().div(i.boxes()).gte(2.5) & i.qty().rem(12).eq(0));
/// assert_eq!(
///     full.as_document()?,
///     doc! { "$expr": { "$and": [
///         { "$gte": [{ "$divide": ["$qty", "$boxes"] }, 2.5] },
///         { "$eq": [{ "$mod": ["$qty", 12] }, 0] },
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub trait Arithmetic: Expression {
    /// The quotient (`$divide`): `f64`, or a decimal if one of the two is a decimal.
    ///
    /// Division by zero is the server's error, for a whole query too: put a
    /// [`cond`](super::cond) around it where the divisor may be zero.
    ///
    /// Manual: [`$divide`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/divide/).
    #[doc(alias = "$divide")]
    fn div<O>(&self, other: O) -> Expr<Self::Root, Quotient<Self::Value, O::Value>>
    where
        Self::Value: Field<Inner: Number>,
        O: Operand<Self::Root>,
        O::Value: Field<Inner: Number>,
    {
        let convert = <<Joined<Self::Value, O::Value> as Rank>::Quotient as Rank>::CONVERT;
        Expr::list("$divide", [self.expr().code, other.into_expr().code]).settled_by(convert)
    }

    /// The remainder of the division (`$mod`), with the sign of this number. By zero it is the
    /// server's error.
    ///
    /// Manual: [`$mod`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/mod/).
    #[doc(alias = "$mod")]
    fn rem<O>(&self, other: O) -> Expr<Self::Root, Sum<Self::Value, O::Value>>
    where
        Self::Value: Field<Inner: Number>,
        O: Operand<Self::Root>,
        O::Value: Field<Inner: Number>,
    {
        computed("$mod", self.expr(), other.into_expr())
    }
}

impl<E: Expression> Arithmetic for E {}
