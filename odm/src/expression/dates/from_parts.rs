//! Dates from their parts, and their parts in one object.

use std::{fmt, marker::PhantomData};

use mongodb::bson::DateTime;

use crate::{
    error::Result,
    path::{Field, Lift},
};

use super::super::{Code, Expr, Expression, Operand, TextOperand, WholeNumber, text::ValueOf};

/// The parts of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, odm_derive::Embedded)]
#[allow(missing_docs, reason = "the names say it")]
pub struct DateParts {
    pub year: i32,
    pub month: i32,
    pub day: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub millisecond: i32,
}

/// The parts of a date by ISO 8601.
#[derive(Clone, Copy, Debug, PartialEq, Eq, odm_derive::Embedded)]
#[model(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names say it")]
pub struct IsoDateParts {
    pub iso_week_year: i32,
    pub iso_week: i32,
    pub iso_day_of_week: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub millisecond: i32,
}

/// The date of parts (`$dateFromParts`), which begins with the year, 1 to 9999. Null in a part makes
/// null.
///
/// ```
/// use odm::{expression::{date_from_parts, now}, prelude::*};
///
/// #[derive(Embedded)]
/// struct Card { year: i32, month: i32 }
///
/// let expired = Card::expr(|c| date_from_parts(c.year()).month(c.month() + 1).lte(now()));
/// assert_eq!(
///     expired.as_document()?,
///     doc! { "$expr": { "$lte": [
///         { "$dateFromParts": { "year": "$year", "month": { "$add": ["$month", 1] } } },
///         "$$NOW",
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// A part above its range carries over: month 13 is January of the next year. A part below -32768 or
/// above 32767 is the server's error.
///
/// Manual: [`$dateFromParts`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateFromParts/).
#[doc(alias = "$dateFromParts")]
pub fn date_from_parts<R, O>(year: O) -> DateFromParts<R, Lift<O::Value, DateTime>, CalendarParts>
where
    O: Operand<R>,
    O::Value: Field<Inner: WholeNumber>,
{
    DateFromParts { parts: vec![("year", year.into_expr().code)], types: PhantomData }
}

/// The date of parts by ISO 8601 (`$dateFromParts`), which begins with the year of the week. Null in
/// a part makes null.
///
/// Manual: [`$dateFromParts`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateFromParts/).
#[doc(alias = "$dateFromParts")]
pub fn date_from_iso_parts<R, O>(year: O) -> DateFromParts<R, Lift<O::Value, DateTime>, IsoParts>
where
    O: Operand<R>,
    O::Value: Field<Inner: WholeNumber>,
{
    DateFromParts { parts: vec![("isoWeekYear", year.into_expr().code)], types: PhantomData }
}

/// Months and days of months.
#[derive(Debug)]
pub enum CalendarParts {}
/// Weeks and days of weeks.
#[derive(Debug)]
pub enum IsoParts {}

/// A date of parts, which is an expression of type `V`. A part that is not given is the first one:
/// January, day 1, 0 o'clock.
#[must_use = "an expression does nothing by itself"]
pub struct DateFromParts<R, V, K = CalendarParts> {
    parts: Vec<(&'static str, Result<Code>)>,
    types: PhantomData<fn() -> (R, V, K)>,
}

macro_rules! parts {
    ([$($more:tt)*] $kind:ty { $($method:ident: $name:literal, $documentation:literal;)* }) => {
        impl<R, V: Field, $($more)*> DateFromParts<R, V, $kind> {$(
            #[doc = $documentation]
            pub fn $method<O>(self, part: O) -> DateFromParts<R, Lift<O::Value, V>, $kind>
            where
                O: Operand<R>,
                O::Value: Field<Inner: WholeNumber>,
            {
                self.with($name, part.into_expr().code)
            }
        )*}
    };
}

parts! { [] CalendarParts {
    month: "month", "The month; 1 is January.";
    day: "day", "The day of the month.";
} }

parts! { [] IsoParts {
    iso_week: "isoWeek", "The week of the year by ISO 8601.";
    iso_day_of_week: "isoDayOfWeek", "The day of the week; 1 is Monday.";
} }

parts! { [K] K {
    hour: "hour", "The hour.";
    minute: "minute", "The minute.";
    second: "second", "The second.";
    millisecond: "millisecond", "The millisecond.";
} }

impl<R, V: Field, K> DateFromParts<R, V, K> {
    /// The time zone that the parts are of; null makes null.
    pub fn in_zone<Z: TextOperand<R>>(
        self,
        zone: Z,
    ) -> DateFromParts<R, Lift<ValueOf<Z, R>, V>, K> {
        self.with("timezone", zone.into_expr().code)
    }

    fn with<U>(mut self, name: &'static str, part: Result<Code>) -> DateFromParts<R, U, K> {
        self.parts.retain(|(other, _)| *other != name);
        self.parts.push((name, part));
        DateFromParts { parts: self.parts, types: PhantomData }
    }
}

impl<R, V: Field, K> Expression for DateFromParts<R, V, K> {
    type Root = R;
    type Value = V;

    fn expr(&self) -> Expr<R, V> {
        Expr::named("$dateFromParts", self.parts.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<R, V: Field, K> Operand<R> for DateFromParts<R, V, K> {
    type Value = V;

    fn into_expr(self) -> Expr<R, V> {
        self.expr()
    }
}

impl<R, V, K> Clone for DateFromParts<R, V, K> {
    fn clone(&self) -> Self {
        Self { parts: self.parts.clone(), types: PhantomData }
    }
}

impl<R, V, K> fmt::Debug for DateFromParts<R, V, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DateFromParts")
    }
}
