//! Trigonometry.

use crate::path::Field;

use super::{
    Expr, Expression, Number, Operand,
    arithmetic::{Joined, Quotient},
    number::{Rank, Root},
    numbers::rooted,
};

macro_rules! functions {
    ($(#[$of_trait:meta])* $($method:ident: $operator:literal, $documentation:literal, $page:literal;)*) => {
        $(#[$of_trait])*
        pub trait Trigonometry: Expression {
            $(
                #[doc = $documentation]
                #[doc = ""]
                #[doc = concat!(
                    "Manual: [`", $operator,
                    "`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/", $page, "/).",
                )]
                #[doc(alias = $operator)]
                fn $method(&self) -> Expr<Self::Root, Root<Self::Value>>
                where
                    Self::Value: Field<Inner: Number>,
                {
                    rooted($operator, self.expr())
                }
            )*

            /// The angle of the point whose y is this number, and whose x is the other one
            /// (`$atan2`).
            ///
            /// Manual: [`$atan2`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/atan2/).
            #[doc(alias = "$atan2")]
            fn atan2<O>(&self, x: O) -> Expr<Self::Root, Quotient<Self::Value, O::Value>>
            where
                Self::Value: Field<Inner: Number>,
                O: Operand<Self::Root>,
                O::Value: Field<Inner: Number>,
            {
                let convert = <<Joined<Self::Value, O::Value> as Rank>::Quotient as Rank>::CONVERT;
                Expr::list("$atan2", [self.expr().code, x.into_expr().code]).settled_by(convert)
            }
        }
    };
}

functions! {
    /// Trigonometry, with angles in radians. Results are `f64`, and decimals of decimals; null makes
    /// null. A number that a function has no value for, infinity among them, is the server's error.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Ramp { angle: f64, length: i32 }
    ///
    /// let high = Ramp::expr(|r| (r.angle().to_radians().sin() * r.length()).gt(2));
    /// assert_eq!(
    ///     high.as_document()?,
    ///     doc! { "$expr": { "$gt": [
    ///         { "$multiply": [{ "$sin": { "$degreesToRadians": "$angle" } }, "$length"] },
    ///         2,
    ///     ] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    sin: "$sin", "The sine (`$sin`).", "sin";
    cos: "$cos", "The cosine (`$cos`).", "cos";
    tan: "$tan", "The tangent (`$tan`).", "tan";
    asin: "$asin", "The arc sine, of a number from -1 to 1 (`$asin`).", "asin";
    acos: "$acos", "The arc cosine, of a number from -1 to 1 (`$acos`).", "acos";
    atan: "$atan", "The arc tangent (`$atan`).", "atan";
    sinh: "$sinh", "The hyperbolic sine (`$sinh`).", "sinh";
    cosh: "$cosh", "The hyperbolic cosine (`$cosh`).", "cosh";
    tanh: "$tanh", "The hyperbolic tangent (`$tanh`).", "tanh";
    asinh: "$asinh", "The inverse hyperbolic sine (`$asinh`).", "asinh";
    acosh: "$acosh", "The inverse hyperbolic cosine, of a number from 1 on (`$acosh`).", "acosh";
    atanh: "$atanh", "The inverse hyperbolic tangent, of a number from -1 to 1 (`$atanh`).", "atanh";
    to_radians: "$degreesToRadians", "The angle in degrees as one in radians (`$degreesToRadians`).", "degreesToRadians";
    to_degrees: "$radiansToDegrees", "The angle in radians as one in degrees (`$radiansToDegrees`).", "radiansToDegrees";
}

impl<E: Expression> Trigonometry for E {}
