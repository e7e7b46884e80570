//! Results for fields of `rust_decimal`.

use mongodb::bson::Decimal128;
use rust_decimal::Decimal;

use crate::{
    error::{Error, Result},
    path::{Field, Lift},
};

use super::{Code, Expr, Expression, Number, numbers::where_there_is_one};

/// The digits that a `Decimal` always has room for.
const DIGITS: u8 = 28;

/// Results for fields of the type `rust_decimal::Decimal`.
pub trait Decimals: Expression {
    /// The number as a `Decimal`, with `scale` digits after the point (`$round`). A number of more
    /// than 28 digits becomes the nearest one that fits, and NaN becomes the least number.
    ///
    /// The server computes decimals of 34 digits, which a `Decimal` may not hold. So a result fits
    /// a field of this type only by this method:
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// # #[cfg(feature = "rust_decimal")] {
    /// use rust_decimal::Decimal;
    ///
    /// #[derive(Model)]
    /// struct Shop { #[model(id)] id: i64, net: Decimal, tax: Decimal, total: Decimal }
    ///
    /// let stages = Shop::stages().compute(|s| s.total(), |s| (s.net() + s.tax()).to_scale(2));
    /// assert!(Shop::update_pipeline(stages).all_documents().as_document().is_ok());
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A scale above 28.
    ///
    /// Manual: [`$round`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/round/).
    #[doc(alias = "$round")]
    #[doc(alias = "$toDecimal")]
    fn to_scale(&self, scale: u8) -> Expr<Self::Root, Lift<Self::Value, Decimal>>
    where
        Self::Value: Field<Inner: Number>,
    {
        let number = self.expr();
        Expr::new(where_there_is_one(number, |number| rounded(number, scale)))
    }
}

impl<E: Expression> Decimals for E {}

fn rounded(number: Code, scale: u8) -> Result<Code> {
    if scale > DIGITS {
        return Err(Error::invalid(format!(
            "a `Decimal` has up to {DIGITS} digits after the point, and this is {scale}"
        )));
    }
    let (high, low) = (bound("", scale)?, bound("-", scale)?);
    let number = Code::unary("$toDecimal", number)?;
    let capped = Code::call("$min", vec![Code::encoded(&high)?, number])?;
    let held = Code::call("$max", vec![Code::encoded(&low)?, capped])?;
    Code::call("$round", vec![held, Code::encoded(&i32::from(scale))?])
}

/// The number of 28 nines, with the point at its place.
fn bound(sign: &str, scale: u8) -> Result<Decimal128> {
    let digits = "9".repeat(DIGITS.into());
    let text = format!("{sign}{digits}E-{scale}");
    text.parse().map_err(|error| Error::invalid(format!("{text}: {error}")))
}
