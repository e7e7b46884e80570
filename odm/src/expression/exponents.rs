//! Powers and logarithms.

use crate::path::Field;

use super::{
    Expr, Expression, Number, Operand,
    arithmetic::{Joined, Quotient},
    number::{Rank, Root},
    numbers::rooted,
};

/// Powers and logarithms. Results are `f64`, and decimals of decimals; null makes null.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Account { capital: i64, rate: f64, years: i32 }
///
/// let rich = Account::expr(|a| ((a.rate() + 1).pow(a.years()) * a.capital()).gt(1_000_000));
/// assert_eq!(
///     rich.as_document()?,
///     doc! { "$expr": { "$gt": [
///         { "$multiply": [{ "$pow": [{ "$add": ["$rate", 1] }, "$years"] }, "$capital"] },
///         1_000_000,
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub trait Exponents: Expression {
    /// Euler's number to the power of this one (`$exp`).
    ///
    /// Manual: [`$exp`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/exp/).
    #[doc(alias = "$exp")]
    fn exp(&self) -> Expr<Self::Root, Root<Self::Value>>
    where
        Self::Value: Field<Inner: Number>,
    {
        rooted("$exp", self.expr())
    }

    /// The natural logarithm (`$ln`); of 0 and below it is the server's error.
    ///
    /// Manual: [`$ln`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/ln/).
    #[doc(alias = "$ln")]
    fn ln(&self) -> Expr<Self::Root, Root<Self::Value>>
    where
        Self::Value: Field<Inner: Number>,
    {
        rooted("$ln", self.expr())
    }

    /// The logarithm to base 10 (`$log10`); of 0 and below it is the server's error.
    ///
    /// Manual: [`$log10`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/log10/).
    #[doc(alias = "$log10")]
    fn log10(&self) -> Expr<Self::Root, Root<Self::Value>>
    where
        Self::Value: Field<Inner: Number>,
    {
        rooted("$log10", self.expr())
    }

    /// The logarithm to a base (`$log`); of 0 and below, and to a base that is 1 or not positive, it
    /// is the server's error.
    ///
    /// Manual: [`$log`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/log/).
    #[doc(alias = "$log")]
    fn log<O>(&self, base: O) -> Expr<Self::Root, Quotient<Self::Value, O::Value>>
    where
        Self::Value: Field<Inner: Number>,
        O: Operand<Self::Root>,
        O::Value: Field<Inner: Number>,
    {
        let convert = <<Joined<Self::Value, O::Value> as Rank>::Quotient as Rank>::CONVERT;
        Expr::list("$log", [self.expr().code, base.into_expr().code]).settled_by(convert)
    }

    /// The number to the power of another one (`$pow`). 0 to a negative power is the server's error.
    ///
    /// The result is a float for integers too, because the power may be negative; `.to_long()` makes
    /// it an integer without loss.
    ///
    /// Manual: [`$pow`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/pow/).
    #[doc(alias = "$pow")]
    fn pow<O>(&self, exponent: O) -> Expr<Self::Root, Quotient<Self::Value, O::Value>>
    where
        Self::Value: Field<Inner: Number>,
        O: Operand<Self::Root>,
        O::Value: Field<Inner: Number>,
    {
        let convert = <<Joined<Self::Value, O::Value> as Rank>::Quotient as Rank>::CONVERT;
        Expr::list("$pow", [self.expr().code, exponent.into_expr().code]).settled_by(convert)
    }
}

impl<E: Expression> Exponents for E {}
