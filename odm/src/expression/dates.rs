//! Dates: their parts, and what is computed from them.

mod arithmetic;
mod from_parts;
mod from_string;
mod units;
mod zone;

pub use self::{
    arithmetic::DateArithmetic,
    from_parts::{
        CalendarParts, DateFromParts, DateParts, IsoDateParts, IsoParts, date_from_iso_parts,
        date_from_parts,
    },
    from_string::{DateFromString, DateTexts},
    units::{Grid, Unit, Units, Weekday},
    zone::Zoned,
};

use std::marker::PhantomData;

use mongodb::bson::DateTime;

use crate::path::{Field, Lift, class, kind};

use super::{Code, Expr, Expression, TextOperand, text::ValueOf};

/// The time at which the server began the operation (`$$NOW`): the same in all stages and for all
/// documents.
///
/// Manual: [`NOW`](https://www.mongodb.com/docs/manual/reference/aggregation-variables/).
#[doc(alias = "$$NOW")]
pub fn now<R>() -> Expr<R, DateTime> {
    Expr::new(Code::field("$$NOW"))
}

/// Kinds of dates.
#[diagnostic::on_unimplemented(
    message = "a date is needed here, and this is a `{V}`",
    label = "not a date"
)]
pub trait Dated<V> {}
#[diagnostic::do_not_recommend]
impl<V> Dated<V> for kind::Date {}
#[diagnostic::do_not_recommend]
impl<V> Dated<V> for kind::Day {}

/// Classes of points in time, which have hours too.
#[diagnostic::on_unimplemented(
    message = "a point in time is needed here, and this is a `{V}`",
    label = "not a point in time"
)]
pub trait Timed<V> {}
#[diagnostic::do_not_recommend]
impl<V> Timed<V> for class::Instant {}

/// Parts of dates, in UTC or in a [zone](Self::in_zone). Null makes null.
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

    /// The millisecond, 0 to 999 (`$millisecond`).
    #[doc(alias = "$millisecond")]
    fn millisecond(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::unary("$millisecond", self.expr())
    }

    /// The day of the week: 1 is Sunday, 7 is Saturday (`$dayOfWeek`).
    #[doc(alias = "$dayOfWeek")]
    fn day_of_week(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::unary("$dayOfWeek", self.expr())
    }

    /// The week of the year, 0 to 53 (`$week`): weeks begin on Sundays, and week 1 with the first
    /// Sunday of the year.
    #[doc(alias = "$week")]
    fn week(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::unary("$week", self.expr())
    }

    /// The week of the year by ISO 8601, 1 to 53 (`$isoWeek`): weeks begin on Mondays, and week 1 is
    /// the one with the first Thursday.
    #[doc(alias = "$isoWeek")]
    fn iso_week(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::unary("$isoWeek", self.expr())
    }

    /// The year that the ISO week belongs to (`$isoWeekYear`).
    #[doc(alias = "$isoWeekYear")]
    fn iso_week_year(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::unary("$isoWeekYear", self.expr())
    }

    /// The parts in one object (`$dateToParts`).
    ///
    /// Manual: [`$dateToParts`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateToParts/).
    #[doc(alias = "$dateToParts")]
    fn parts(&self) -> Expr<Self::Root, Lift<Self::Value, DateParts>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        Expr::named("$dateToParts", [("date", self.expr().code)])
    }

    /// The parts by ISO 8601 in one object (`$dateToParts`).
    ///
    /// Manual: [`$dateToParts`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateToParts/).
    #[doc(alias = "$dateToParts")]
    fn iso_parts(&self) -> Expr<Self::Root, Lift<Self::Value, IsoDateParts>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
    {
        let arguments = [("date", self.expr().code), ("iso8601", Code::encoded(&true))];
        Expr::named("$dateToParts", arguments)
    }

    /// The date as text (`$dateToString`): `"%Y-%m-%d"`. A format that the server does not have, and
    /// a year below 0 or above 9999, is the server's error.
    ///
    /// ```
    /// use odm::{bson::DateTime, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Visit { came: DateTime }
    ///
    /// let march = Visit::expr(|v| v.came().in_zone("Europe/Zurich").date_to_string("%Y-%m").eq("2024-03"));
    /// assert_eq!(
    ///     march.as_document()?,
    ///     doc! { "$expr": { "$eq": [
    ///         { "$dateToString": { "date": "$came", "format": "%Y-%m", "timezone": "Europe/Zurich" } },
    ///         "2024-03",
    ///     ] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$dateToString`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateToString/).
    #[doc(alias = "$dateToString")]
    fn date_to_string<F>(
        &self,
        format: F,
    ) -> Expr<Self::Root, Written<Self::Value, ValueOf<F, Self::Root>>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
        F: TextOperand<Self::Root>,
    {
        let format = format.into_expr().code;
        Expr::named("$dateToString", [("date", self.expr().code), ("format", format)])
    }

    /// The date in a time zone, by name or offset: `"Europe/Zurich"`, `"+01:00"`. Its parts are those
    /// of that zone. A zone that the server does not know is its error; null makes null.
    ///
    /// ```
    /// use odm::{bson::DateTime, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Visit { came: DateTime, zone: String }
    ///
    /// let early = Visit::expr(|v| v.came().in_zone(v.zone()).hour().lt(7));
    /// assert_eq!(
    ///     early.as_document()?,
    ///     doc! { "$expr": { "$lt": [{ "$hour": { "date": "$came", "timezone": "$zone" } }, 7] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    fn in_zone<Z>(&self, zone: Z) -> Zoned<Self::Root, Lift<ValueOf<Z, Self::Root>, Self::Value>>
    where
        <Self::Value as Field>::Kind: Dated<Self::Value>,
        Z: TextOperand<Self::Root>,
    {
        Zoned { date: self.expr().code, zone: zone.into_expr().code, types: PhantomData }
    }
}

impl<E: Expression> Dates for E {}

/// The type of a date as text.
type Written<V, F> = Lift<V, Lift<F, String>>;
