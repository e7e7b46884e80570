//! Other dates from a date, and the time between two.

use crate::{
    error::Result,
    path::{Field, Lift},
};

use super::{
    super::{Code, Expr, Expression, Operand, WholeNumber, text::ValueOf},
    Grid, Timed, Unit, Units,
};

/// Other points in time from one, and the time between two. Null makes null.
///
/// The results are of the field's own type. One that this type does not have, a year above 9999 for
/// a `time::OffsetDateTime`, is a decode error.
///
/// ```
/// use odm::{bson::DateTime, expression::{Unit, Weekday, now}, prelude::*};
///
/// #[derive(Embedded)]
/// struct Loan { taken: DateTime, weeks: i32 }
///
/// let late = Loan::expr(|l| l.taken().date_add(l.weeks(), Unit::Week).lt(now()));
/// assert_eq!(
///     late.as_document()?,
///     doc! { "$expr": { "$lt": [
///         { "$dateAdd": { "startDate": "$taken", "amount": "$weeks", "unit": "week" } },
///         "$$NOW",
///     ] } },
/// );
/// let week = Unit::Week.starting(Weekday::Monday);
/// let this_week = Loan::expr(|l| l.taken().truncate(week).eq(now().truncate(week)));
/// # let _ = this_week;
/// # Ok::<(), odm::Error>(())
/// ```
pub trait DateArithmetic: Expression {
    /// The start of the year, month, … that the time is in (`$dateTrunc`, MongoDB 5.0), or of several
    /// of them: `Unit::Minute.every(15)`.
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
    /// # Errors
    ///
    /// A grid of 0 units.
    ///
    /// Manual: [`$dateTrunc`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateTrunc/).
    #[doc(alias = "$dateTrunc")]
    fn truncate(&self, grid: impl Into<Grid>) -> Expr<Self::Root, Self::Value>
    where
        <Self::Value as Field>::Class: Timed<Self::Value>,
    {
        truncated(self.expr().code, grid.into(), None)
    }

    /// How many times a new unit starts between this time and a later one (`$dateDiff`, MongoDB
    /// 5.0). The number is negative if the other time is earlier.
    ///
    /// Manual: [`$dateDiff`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateDiff/).
    #[doc(alias = "$dateDiff")]
    fn until<O>(
        &self,
        end: O,
        unit: impl Into<Units>,
    ) -> Expr<Self::Root, Lift<Self::Value, Lift<O::Value, i64>>>
    where
        <Self::Value as Field>::Class: Timed<Self::Value>,
        O: Operand<Self::Root>,
        <O::Value as Field>::Class: Timed<O::Value>,
    {
        between(self.expr().code, end.into_expr().code, unit.into(), None)
    }

    /// The time so many units later (`$dateAdd`, MongoDB 5.0). A month later than January 31 is the
    /// last day of February. A time that a date cannot hold is the server's error.
    ///
    /// Manual: [`$dateAdd`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateAdd/).
    #[doc(alias = "$dateAdd")]
    fn date_add<O>(&self, amount: O, unit: Unit) -> Expr<Self::Root, Moved<Self, O>>
    where
        <Self::Value as Field>::Class: Timed<Self::Value>,
        O: Operand<Self::Root>,
        O::Value: Field<Inner: WholeNumber>,
    {
        moved("$dateAdd", self.expr().code, amount.into_expr().code, unit, None)
    }

    /// The time so many units before (`$dateSubtract`, MongoDB 5.0).
    ///
    /// Manual: [`$dateSubtract`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateSubtract/).
    #[doc(alias = "$dateSubtract")]
    fn date_subtract<O>(&self, amount: O, unit: Unit) -> Expr<Self::Root, Moved<Self, O>>
    where
        <Self::Value as Field>::Class: Timed<Self::Value>,
        O: Operand<Self::Root>,
        O::Value: Field<Inner: WholeNumber>,
    {
        moved("$dateSubtract", self.expr().code, amount.into_expr().code, unit, None)
    }
}

impl<E: Expression> DateArithmetic for E {}

/// The type of another date: null if the amount is.
type Moved<E, O> = Lift<ValueOf<O, <E as Expression>::Root>, <E as Expression>::Value>;

pub(super) fn truncated<R, T: Field>(
    date: Result<Code>,
    grid: Grid,
    zone: Option<Result<Code>>,
) -> Expr<R, T> {
    let arguments = [("date", date)].into_iter().chain(grid.arguments());
    Expr::named("$dateTrunc", arguments.chain(in_zone(zone)))
}

pub(super) fn between<R, T: Field>(
    start: Result<Code>,
    end: Result<Code>,
    units: Units,
    zone: Option<Result<Code>>,
) -> Expr<R, T> {
    let arguments = [("startDate", start), ("endDate", end)].into_iter().chain(units.arguments());
    Expr::named("$dateDiff", arguments.chain(in_zone(zone)))
}

pub(super) fn moved<R, T: Field>(
    operator: &'static str,
    date: Result<Code>,
    amount: Result<Code>,
    unit: Unit,
    zone: Option<Result<Code>>,
) -> Expr<R, T> {
    let arguments = [("startDate", date), ("amount", amount), ("unit", unit.code())];
    Expr::named(operator, arguments.into_iter().chain(in_zone(zone)))
}

fn in_zone(zone: Option<Result<Code>>) -> Option<(&'static str, Result<Code>)> {
    zone.map(|zone| ("timezone", zone))
}
