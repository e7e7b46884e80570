//! Units of time.

use crate::error::{Error, Result};

use super::super::Code;

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

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A unit of time whose weeks begin on a day; by default on Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Units {
    unit: Unit,
    first: Option<Weekday>,
}

/// Several units of time after the other, counted from the year 2000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    units: Units,
    size: Option<u32>,
}

impl Unit {
    /// So many of this unit: `Unit::Minute.every(15)`.
    pub fn every(self, size: u32) -> Grid {
        Units::from(self).every(size)
    }

    /// The same unit with weeks that begin on this day: `Unit::Week.starting(Weekday::Monday)`. Other
    /// units stay as they are.
    pub fn starting(self, first: Weekday) -> Units {
        Units { unit: self, first: Some(first) }
    }

    pub(crate) fn code(self) -> Result<Code> {
        Code::literal(match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Millisecond => "millisecond",
        })
    }
}

impl Weekday {
    fn code(self) -> Result<Code> {
        Code::literal(match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        })
    }
}

impl Units {
    /// So many of this unit.
    pub fn every(self, size: u32) -> Grid {
        Grid { units: self, size: Some(size) }
    }

    /// The arguments of an operator.
    pub(super) fn arguments(self) -> impl Iterator<Item = (&'static str, Result<Code>)> {
        let first = self.first.map(|first| ("startOfWeek", first.code()));
        [("unit", self.unit.code())].into_iter().chain(first)
    }
}

impl Grid {
    /// The arguments of an operator.
    pub(super) fn arguments(self) -> impl Iterator<Item = (&'static str, Result<Code>)> {
        let size = self.size.map(|size| match size {
            0 => ("binSize", Err(Error::invalid("`$dateTrunc` needs at least one unit"))),
            _ => ("binSize", Code::encoded(&i64::from(size))),
        });
        self.units.arguments().chain(size)
    }
}

impl From<Unit> for Units {
    fn from(unit: Unit) -> Self {
        Self { unit, first: None }
    }
}

impl From<Unit> for Grid {
    fn from(unit: Unit) -> Self {
        Units::from(unit).into()
    }
}

impl From<Units> for Grid {
    fn from(units: Units) -> Self {
        Self { units, size: None }
    }
}
