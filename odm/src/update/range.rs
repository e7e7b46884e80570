//! Keeping numbers in the range of their fields.

use mongodb::bson::Bson;

use crate::codec::{Encode, RawValue};

use super::statement::Bounds;

/// Up to this, a double is as exact as an integer.
const EXACT: i128 = 1 << 53;

/// What is done to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    More,
    Less,
    Times,
}

/// The operand that is sent, and the bounds of the number before.
pub(super) fn of_change(
    change: Change,
    by: &impl Encode,
    range: Option<(i128, i128)>,
) -> Result<(RawValue, Bounds), String> {
    let value = RawValue::write("", |out| by.encode(out)).map_err(|error| error.to_string())?;
    let number = value.as_element().to_bson().map_err(|error| error.to_string())?;
    let value = match change {
        Change::Less => RawValue::of(&negative(&number)?),
        Change::More | Change::Times => value,
    };
    let operand = match number {
        Bson::Int32(number) => Some(i128::from(number)),
        Bson::Int64(number) => Some(i128::from(number)),
        _ => None,
    };
    let bounds = operand.zip(range).map(|(by, range)| bounds(change, by, range));
    Ok((value, bounds.unwrap_or_default()))
}

fn negative(number: &Bson) -> Result<Bson, String> {
    match number {
        Bson::Int32(number) => Ok(match number.checked_neg() {
            Some(negative) => Bson::Int32(negative),
            None => Bson::Int64(-i64::from(*number)),
        }),
        Bson::Int64(number) => number
            .checked_neg()
            .map(Bson::Int64)
            .ok_or_else(|| format!("the negative of {number} is too large for BSON")),
        Bson::Double(number) => Ok(Bson::Double(-number)),
        Bson::Decimal128(number) => {
            let text = number.to_string();
            let negative = match text.strip_prefix('-') {
                Some(positive) => positive.to_owned(),
                None => format!("-{text}"),
            };
            negative.parse().map(Bson::Decimal128).map_err(|_| format!("{text} has no negative"))
        }
        other => Err(format!("{other} is not a number")),
    }
}

/// What a number must be for the change to stay in the range.
fn bounds(change: Change, by: i128, (least, most): (i128, i128)) -> Bounds {
    let (low, high) = match change {
        Change::More => (least - by, most - by),
        Change::Less => (least + by, most + by),
        Change::Times => factors(by, (least, most)),
    };
    // The number is in the range now: a bound outside of it says nothing.
    let within = |bound: i128| i64::try_from(bound).ok();
    let created = match change {
        Change::More => by,
        Change::Less => -by,
        Change::Times => 0,
    };
    Bounds {
        least: within(low).filter(|_| low > least),
        most: within(high).filter(|_| high < most),
        must_exist: created < least || created > most,
        must_be_whole: most > EXACT,
    }
}

/// The smallest and the largest number whose product with `by` is in the range.
fn factors(by: i128, (least, most): (i128, i128)) -> (i128, i128) {
    let ceil =
        |number: i128, by: i128| number.div_euclid(by) + i128::from(number.rem_euclid(by) != 0);
    match by {
        0 => (least, most),
        by if by > 0 => (ceil(least, by), most.div_euclid(by)),
        // The negative turns the range around.
        by => (ceil(-most, -by), (-least).div_euclid(-by)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const U8: (i128, i128) = (0, 255);
    const I8: (i128, i128) = (-128, 127);

    /// Each number of the range is let through exactly if the result is in the range.
    fn holds(change: Change, (least, most): (i128, i128)) {
        for by in least..=most {
            let bounds = bounds(change, by, (least, most));
            for number in least..=most {
                let result = match change {
                    Change::More => number + by,
                    Change::Less => number - by,
                    Change::Times => number * by,
                };
                let passes = bounds.least.is_none_or(|least| number >= i128::from(least))
                    && bounds.most.is_none_or(|most| number <= i128::from(most));
                assert_eq!(passes, (least..=most).contains(&result), "{change:?} {number} {by}");
            }
        }
    }

    #[test]
    fn bounds_let_through_what_stays_in_the_range() {
        for range in [U8, I8, (1, 100)] {
            for change in [Change::More, Change::Less, Change::Times] {
                holds(change, range);
            }
        }
    }

    #[test]
    fn an_absent_field_is_not_created_out_of_the_range() {
        assert!(bounds(Change::Less, 1, U8).must_exist);
        assert!(!bounds(Change::Less, 1, I8).must_exist);
        assert!(!bounds(Change::More, 1, U8).must_exist);
    }

    #[test]
    fn a_double_is_taken_where_it_is_exact() {
        assert!(!bounds(Change::More, 1, U8).must_be_whole);
        assert!(bounds(Change::More, 1, (0, i64::MAX.into())).must_be_whole);
    }
}
