//! Functions of numbers.

use crate::{
    error::{Error, Result},
    path::{Field, Lift},
};

use super::{
    Bounded, Code, Expr, Expression, Fits, Number, Operand,
    choice::fitted,
    comparison::may_be_null,
    number::{Rank, RankOf, Result1, Root},
};

/// Functions of numbers. Null makes null.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Item { qty: i32, price: f64, least: i32 }
///
/// let items = Item::expr(|i| i.price().round(1).eq(2.5) | i.qty().max_of(i.least()).gt(5));
/// assert_eq!(
///     items.as_document()?,
///     doc! { "$expr": { "$or": [
///         { "$eq": [{ "$round": ["$price", 1] }, 2.5] },
///         { "$gt": [{ "$max": ["$qty", "$least"] }, 5] },
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub trait Numbers: Expression {
    /// The absolute value (`$abs`). The least `i64` has no absolute value, which is the server's
    /// error.
    ///
    /// Manual: [`$abs`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/abs/).
    #[doc(alias = "$abs")]
    fn abs(&self) -> Expr<Self::Root, Result1<Self::Value>>
    where
        Self::Value: Field<Inner: Number>,
    {
        function("$abs", self.expr())
    }

    /// The number rounded up to a whole number (`$ceil`). An integer, a float or a decimal stays
    /// one.
    ///
    /// Manual: [`$ceil`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/ceil/).
    #[doc(alias = "$ceil")]
    fn ceil(&self) -> Expr<Self::Root, Result1<Self::Value>>
    where
        Self::Value: Field<Inner: Number>,
    {
        function("$ceil", self.expr())
    }

    /// The number rounded down to a whole number (`$floor`). An integer, a float or a decimal stays
    /// one.
    ///
    /// Manual: [`$floor`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/floor/).
    #[doc(alias = "$floor")]
    fn floor(&self) -> Expr<Self::Root, Result1<Self::Value>>
    where
        Self::Value: Field<Inner: Number>,
    {
        function("$floor", self.expr())
    }

    /// The number rounded to places after the point (`$round`); a half goes to the even digit, and
    /// negative places are those before the point. An `i64` that rounding would make too large is
    /// the server's error.
    ///
    /// # Errors
    ///
    /// Places below -20 or above 100.
    ///
    /// Manual: [`$round`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/round/).
    #[doc(alias = "$round")]
    fn round(&self, places: i32) -> Expr<Self::Root, Result1<Self::Value>>
    where
        Self::Value: Field<Inner: Number>,
    {
        cut("$round", self.expr(), places)
    }

    /// The number without the digits after some places (`$trunc`).
    ///
    /// # Errors
    ///
    /// Places below -20 or above 100.
    ///
    /// Manual: [`$trunc`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/trunc/).
    #[doc(alias = "$trunc")]
    fn trunc(&self, places: i32) -> Expr<Self::Root, Result1<Self::Value>>
    where
        Self::Value: Field<Inner: Number>,
    {
        cut("$trunc", self.expr(), places)
    }

    /// The square root (`$sqrt`); of a negative number it is the server's error.
    ///
    /// Manual: [`$sqrt`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/sqrt/).
    #[doc(alias = "$sqrt")]
    fn sqrt(&self) -> Expr<Self::Root, Root<Self::Value>>
    where
        Self::Value: Field<Inner: Number>,
    {
        rooted("$sqrt", self.expr())
    }

    /// The smaller one of this and a value of its type (`$min`); the value where this is null.
    ///
    /// Manual: [`$min`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/min/).
    #[doc(alias = "$min")]
    fn min_of<O>(&self, other: O) -> Expr<Self::Root, <Self::Value as Field>::Inner>
    where
        O: Operand<Self::Root>,
        O::Value: Fits<<Self::Value as Field>::Inner>,
    {
        extreme("$min", self.expr(), other.into_expr())
    }

    /// The larger one of this and a value of its type (`$max`); the value where this is null.
    ///
    /// Manual: [`$max`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/max/).
    #[doc(alias = "$max")]
    fn max_of<O>(&self, other: O) -> Expr<Self::Root, <Self::Value as Field>::Inner>
    where
        O: Operand<Self::Root>,
        O::Value: Fits<<Self::Value as Field>::Inner>,
    {
        extreme("$max", self.expr(), other.into_expr())
    }

    /// The number as an integer type. A number out of range becomes the nearest end of the range,
    /// digits after the point are left out, and NaN becomes the least number.
    ///
    /// So a computed `i64` fits a narrower field:
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Shop { #[model(id)] id: i64, net: i32, tax: i32, total: i32 }
    ///
    /// let stages = Shop::stages().compute(|s| s.total(), |s| (s.net() + s.tax()).saturating::<i32>());
    /// assert_eq!(
    ///     Shop::update_pipeline(stages).all_documents().as_document()?.get_array("u").unwrap()[0],
    ///     doc! { "$set": { "total": { "$toInt": { "$max": [
    ///         i64::from(i32::MIN),
    ///         { "$min": [i64::from(i32::MAX), { "$add": ["$net", "$tax"] }] },
    ///     ] } } } }.into(),
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    #[doc(alias = "$toInt")]
    #[doc(alias = "$toLong")]
    fn saturating<N: Bounded>(&self) -> Expr<Self::Root, Lift<Self::Value, N>>
    where
        Self::Value: Field<Inner: Number>,
    {
        Expr::new(where_there_is_one(self.expr(), held::<N>))
    }
}

impl<E: Expression> Numbers for E {}

/// A function whose result is a number of the same kind.
fn function<R, V>(operator: &'static str, number: Expr<R, V>) -> Expr<R, Result1<V>>
where
    V: Field<Inner: Number>,
{
    Expr::unary(operator, number).settled_by(<RankOf<V> as Rank>::CONVERT)
}

/// A function whose result is a float, or a decimal of a decimal.
pub(super) fn rooted<R, V>(operator: &'static str, number: Expr<R, V>) -> Expr<R, Root<V>>
where
    V: Field<Inner: Number>,
{
    let convert = <<RankOf<V> as Rank>::Quotient as Rank>::CONVERT;
    Expr::unary(operator, number).settled_by(convert)
}

fn cut<R, V>(operator: &'static str, number: Expr<R, V>, places: i32) -> Expr<R, Result1<V>>
where
    V: Field<Inner: Number>,
{
    let places = match (-20..=100).contains(&places) {
        true => Code::encoded(&places),
        false => Err(Error::invalid(format!(
            "`{operator}` takes -20 to 100 places, and this is {places}"
        ))),
    };
    Expr::list(operator, [number.code, places]).settled_by(<RankOf<V> as Rank>::CONVERT)
}

fn extreme<R, V: Field, O: Fits<V::Inner>>(
    operator: &'static str,
    this: Expr<R, V>,
    other: Expr<R, O>,
) -> Expr<R, V::Inner> {
    let settle = this.settle.or(other.settle);
    Expr::list(operator, [this.code, fitted(other)]).settling(settle)
}

/// What `make` makes of a number; null of null.
pub(super) fn where_there_is_one<R, V: Field>(
    number: Expr<R, V>,
    make: impl FnOnce(Code) -> Result<Code>,
) -> Result<Code> {
    let code = number.code?;
    if !may_be_null::<V>() {
        return make(code);
    }
    let value = || Code::field("$$item");
    let is_null = Code::call("$eq", vec![value()?.or_null()?, Code::null()])?;
    let body = Code::call("$cond", vec![is_null, Code::null(), make(value()?)?])?;
    Code::let_in("item", code, body)
}

/// A number that is there, in the range of `N`.
fn held<N: Bounded>(number: Code) -> Result<Code> {
    let (low, high) = N::BOUNDS;
    let capped = Code::call("$min", vec![Code::encoded(&high)?, number])?;
    let held = Code::call("$max", vec![Code::encoded(&low)?, capped])?;
    Code::unary(N::CONVERT, held)
}
