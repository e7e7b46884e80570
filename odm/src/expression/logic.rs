//! `&`, `|` and `!`.

use std::ops::{BitAnd, BitOr, Not};

use crate::path::{Field, Layers, NaturallyStored, Read, Reading, Scalar, Spec};

use super::{Code, Expr, Expression, Operand};

/// True or false, never null.
#[diagnostic::on_unimplemented(
    message = "a condition is true or false, and this is a `{Self}`",
    label = "not a `bool`",
    note = "for what may be null say what it stands for: `.if_null(false)`"
)]
pub trait Truth: Field {}
impl Truth for bool {}

macro_rules! logic {
    ($($operation:ident, $method:ident, $operator:literal, $documentation:literal;)*) => {$(
        impl<R, T: Truth, O> $operation<O> for Expr<R, T>
        where
            O: Operand<R>,
            O::Value: Truth,
        {
            type Output = Expr<R, bool>;

            #[doc = $documentation]
            #[doc(alias = $operator)]
            fn $method(self, other: O) -> Expr<R, bool> {
                Expr::list($operator, [self.code, other.into_expr().code])
            }
        }

        impl<W, R, V, S, O> $operation<O> for Scalar<Reading<W>, R, V, S>
        where
            W: Layers,
            V: Field,
            S: Spec + NaturallyStored,
            Read<W, V, S>: Truth,
            O: Operand<R>,
            O::Value: Truth,
        {
            type Output = Expr<R, bool>;

            #[doc = $documentation]
            #[doc(alias = $operator)]
            fn $method(self, other: O) -> Expr<R, bool> {
                Expression::expr(&self).$method(other)
            }
        }
    )*};
}

logic! {
    BitAnd, bitand, "$and", "Both are true (`$and`).";
    BitOr, bitor, "$or", "One of them is true (`$or`).";
}

impl<R, T: Truth> Not for Expr<R, T> {
    type Output = Expr<R, bool>;

    /// It is false (`$not`).
    #[doc(alias = "$not")]
    fn not(self) -> Expr<R, bool> {
        let operand = self.code.and_then(|code| Code::array(vec![code]));
        Expr::new(operand.and_then(|operand| Code::unary("$not", operand)))
    }
}

impl<W, R, V, S> Not for Scalar<Reading<W>, R, V, S>
where
    W: Layers,
    V: Field,
    S: Spec + NaturallyStored,
    Read<W, V, S>: Truth,
{
    type Output = Expr<R, bool>;

    /// It is false (`$not`).
    #[doc(alias = "$not")]
    fn not(self) -> Expr<R, bool> {
        !Expression::expr(&self)
    }
}
