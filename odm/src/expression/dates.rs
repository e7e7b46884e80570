//! Dates, in UTC.

use crate::path::{Field, Lift, class, kind};

use super::{Code, Expr, Expression, Operand};

/// Kinds of dates.
#[diagnostic::on_unimplemented(
    message = "a date is needed here, and this is a `{V}`",
    label = "not a date"
)]
pub trait Dated<V> {}
#[diagnostic::do_not_recommend]
impl<V> Dated<V> for kind::Date {}

/// Classes of points in time, which have hours too.
#[diagnostic::on_unimplemented(
    message = "a point in time is needed here, and this is a `{V}`",
    label = "not a point in time"
)]
pub trait Timed<V> {}
#[diagnostic::do_not_recommend]
impl<V> Timed<V> for class::Instant {}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names say it")]
pub enum Unit {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

impl Unit {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Millisecond => "millisecond",
        }
    }
}

/// Parts of dates, in UTC. Null makes null.
///
/// ```
/// use odm::{bson::DateTime, expression::Unit, prelude::*};
///
/// #[derive(Embedded)]
/// struct Visit { came: DateTime, left: DateTime }
///
/// let visits = Visit::expr(|v| {
///     v.came().year().eq(2024) & v.came().until(v.left(), Unit::Hour).gt(3)
/// });
/// assert_eq!(
///     visits.as_document()?,
///     doc! { "$expr": { "$and": [
///         { "$eq": [{ "$year": "$came" }, 2024] },
///         { "$gt": [
///             { "$dateDiff": { "startDate": "$came", "endDate": "$left", "unit": "hour" } },
///             3,
///         ] },
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// Manual: [date expressions](https://www.mongodb.com/docs/manual/meta/aggregation-quick-reference/#date-expression-operators).
pub trait Dates: Expression {
    /// The year (`$year`).
    #[doc(alias = "$year")]
    fn year(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::unary("$year", self.expr())
    }

    /// The month, 1 to 12 (`$month`).
    #[doc(alias = "$month")]
    fn month(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::unary("$month", self.expr())
    }

    /// The day of the month, 1 to 31 (`$dayOfMonth`).
    #[doc(alias = "$dayOfMonth")]
    fn day(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::unary("$dayOfMonth", self.expr())
    }

    /// The day of the year, 1 to 366 (`$dayOfYear`).
    #[doc(alias = "$dayOfYear")]
    fn day_of_year(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::unary("$dayOfYear", self.expr())
    }

    /// The day of the week: 1 is Monday, 7 is Sunday (`$isoDayOfWeek`).
    #[doc(alias = "$isoDayOfWeek")]
    fn weekday(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::unary("$isoDayOfWeek", self.expr())
    }

    /// The hour, 0 to 23 (`$hour`).
    #[doc(alias = "$hour")]
    fn hour(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::unary("$hour", self.expr())
    }

    /// The minute, 0 to 59 (`$minute`).
    #[doc(alias = "$minute")]
    fn minute(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::unary("$minute", self.expr())
    }

    /// The second, 0 to 60 (`$second`).
    #[doc(alias = "$second")]
    fn second(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::unary("$second", self.expr())
    }

    /// The start of the year, month, … that the time is in (`$dateTrunc`, MongoDB 5.0).
    ///
    /// ```
    /// use odm::{bson::DateTime, expression::Unit, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Visit { came: DateTime, month: DateTime }
    ///
    /// assert_eq!(
    ///     Visit::expr(|v| v.came().truncate(Unit::Month).eq(v.month())).as_document()?,
    ///     doc! { "$expr": { "$eq": [
    ///         { "$dateTrunc": { "date": "$came", "unit": "month" } },
    ///         "$month",
    ///     ] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$dateTrunc`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateTrunc/).
    #[doc(alias = "$dateTrunc")]
    fn truncate(&self, unit: Unit) -> Expr<Self::Root, Self::Value>
    where
        <Self::Value as Field>::Class: Timed<Self::Value>,
    {
        Expr::new(self.expr().code.and_then(|date| {
            Code::named("$dateTrunc", [("date", date), ("unit", Code::literal(unit.name())?)])
        }))
    }

    /// How many times a new unit starts between this time and a later one (`$dateDiff`, MongoDB
    /// 5.0). The number is negative if the other time is earlier.
    ///
    /// Manual: [`$dateDiff`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateDiff/).
    #[doc(alias = "$dateDiff")]
    fn until<O>(
        &self,
        end: O,
        unit: Unit,
    ) -> Expr<Self::Root, Lift<Self::Value, Lift<O::Value, i64>>>
    where
        <Self::Value as Field>::Class: Timed<Self::Value>,
        O: Operand<Self::Root>,
        <O::Value as Field>::Class: Timed<O::Value>,
    {
        Expr::new(self.expr().code.and_then(|start| {
            let end = end.into_expr().code?;
            let unit = Code::literal(unit.name())?;
            Code::named("$dateDiff", [("startDate", start), ("endDate", end), ("unit", unit)])
        }))
    }
}

impl<E: Expression> Dates for E {}
