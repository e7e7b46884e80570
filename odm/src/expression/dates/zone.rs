//! Dates in a time zone.

use std::{fmt, marker::PhantomData};

use crate::{
    error::Result,
    path::{Field, Lift},
};

use super::{
    super::{Code, Expr, Operand, TextOperand, WholeNumber, text::ValueOf},
    DateParts, Grid, IsoDateParts, Timed, Unit, Units,
    arithmetic::{between, moved, truncated},
};

/// A date in a time zone: what [`in_zone`](super::Dates::in_zone) makes. The parts are those of the
/// zone; days and longer units begin and end there.
#[must_use = "a date in a zone is asked for its parts"]
pub struct Zoned<R, V> {
    pub(super) date: Result<Code>,
    pub(super) zone: Result<Code>,
    pub(super) types: PhantomData<fn() -> (R, V)>,
}

macro_rules! parts {
    ($($method:ident: $operator:literal, $documentation:literal;)*) => {
        impl<R, V: Field> Zoned<R, V> {$(
            #[doc = $documentation]
            #[doc(alias = $operator)]
            pub fn $method(&self) -> Expr<R, Lift<V, i32>> {
                self.named($operator, [])
            }
        )*}
    };
}

parts! {
    year: "$year", "The year (`$year`).";
    month: "$month", "The month, 1 to 12 (`$month`).";
    day: "$dayOfMonth", "The day of the month, 1 to 31 (`$dayOfMonth`).";
    day_of_year: "$dayOfYear", "The day of the year, 1 to 366 (`$dayOfYear`).";
    weekday: "$isoDayOfWeek", "The day of the week: 1 is Monday, 7 is Sunday (`$isoDayOfWeek`).";
    day_of_week: "$dayOfWeek", "The day of the week: 1 is Sunday, 7 is Saturday (`$dayOfWeek`).";
    week: "$week", "The week of the year, 0 to 53, from Sunday to Saturday (`$week`).";
    iso_week: "$isoWeek", "The week of the year by ISO 8601, 1 to 53 (`$isoWeek`).";
    iso_week_year: "$isoWeekYear", "The year that the ISO week belongs to (`$isoWeekYear`).";
    hour: "$hour", "The hour, 0 to 23 (`$hour`).";
    minute: "$minute", "The minute, 0 to 59 (`$minute`).";
    second: "$second", "The second, 0 to 60 (`$second`).";
    millisecond: "$millisecond", "The millisecond, 0 to 999 (`$millisecond`).";
}

impl<R, V: Field> Zoned<R, V> {
    /// The parts in one object (`$dateToParts`).
    #[doc(alias = "$dateToParts")]
    pub fn parts(&self) -> Expr<R, Lift<V, DateParts>> {
        self.named("$dateToParts", [])
    }

    /// The parts by ISO 8601 in one object (`$dateToParts`).
    #[doc(alias = "$dateToParts")]
    pub fn iso_parts(&self) -> Expr<R, Lift<V, IsoDateParts>> {
        self.named("$dateToParts", [("iso8601", Code::encoded(&true))])
    }

    /// The date as text (`$dateToString`), see [`date_to_string`](super::Dates::date_to_string).
    #[doc(alias = "$dateToString")]
    pub fn date_to_string<F>(&self, format: F) -> Expr<R, Lift<V, Lift<ValueOf<F, R>, String>>>
    where
        F: TextOperand<R>,
    {
        self.named("$dateToString", [("format", format.into_expr().code)])
    }

    /// The start of the year, month, … that the time is in (`$dateTrunc`), see
    /// [`truncate`](super::DateArithmetic::truncate).
    #[doc(alias = "$dateTrunc")]
    pub fn truncate(&self, grid: impl Into<Grid>) -> Expr<R, V>
    where
        V::Class: Timed<V>,
    {
        truncated(self.date.clone(), grid.into(), Some(self.zone.clone()))
    }

    /// How many times a new unit starts between this time and a later one (`$dateDiff`), see
    /// [`until`](super::DateArithmetic::until).
    #[doc(alias = "$dateDiff")]
    pub fn until<O>(&self, end: O, unit: impl Into<Units>) -> Expr<R, Lift<V, Lift<O::Value, i64>>>
    where
        V::Class: Timed<V>,
        O: Operand<R>,
        <O::Value as Field>::Class: Timed<O::Value>,
    {
        let zone = Some(self.zone.clone());
        between(self.date.clone(), end.into_expr().code, unit.into(), zone)
    }

    /// The time so many units later (`$dateAdd`), see
    /// [`date_add`](super::DateArithmetic::date_add).
    #[doc(alias = "$dateAdd")]
    pub fn date_add<O>(&self, amount: O, unit: Unit) -> Expr<R, Lift<O::Value, V>>
    where
        V::Class: Timed<V>,
        O: Operand<R>,
        O::Value: Field<Inner: WholeNumber>,
    {
        let zone = Some(self.zone.clone());
        moved("$dateAdd", self.date.clone(), amount.into_expr().code, unit, zone)
    }

    /// The time so many units before (`$dateSubtract`), see
    /// [`date_subtract`](super::DateArithmetic::date_subtract).
    #[doc(alias = "$dateSubtract")]
    pub fn date_subtract<O>(&self, amount: O, unit: Unit) -> Expr<R, Lift<O::Value, V>>
    where
        V::Class: Timed<V>,
        O: Operand<R>,
        O::Value: Field<Inner: WholeNumber>,
    {
        let zone = Some(self.zone.clone());
        moved("$dateSubtract", self.date.clone(), amount.into_expr().code, unit, zone)
    }

    /// `{operator: {date: …, …, timezone: …}}`
    fn named<T: Field, const N: usize>(
        &self,
        operator: &'static str,
        arguments: [(&'static str, Result<Code>); N],
    ) -> Expr<R, T> {
        let date = [("date", self.date.clone())].into_iter();
        Expr::named(operator, date.chain(arguments).chain([("timezone", self.zone.clone())]))
    }
}

impl<R, V> Clone for Zoned<R, V> {
    fn clone(&self) -> Self {
        Self { date: self.date.clone(), zone: self.zone.clone(), types: PhantomData }
    }
}

impl<R, V> fmt::Debug for Zoned<R, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Zoned")
    }
}
