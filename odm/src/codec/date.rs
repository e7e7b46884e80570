//! Instants as BSON dates, which count milliseconds.
//!
//! A finer instant is refused when it is written or compared. If it were cut off silently, it would
//! not equal itself when read back. [`Truncate::truncated`] cuts off a value, [`Truncated`] all
//! values of a field.

use std::time::{Duration, SystemTime};

use mongodb::bson::{DateTime, spec::ElementType};

use super::{Decode, DecodeError, Element, Encode, Encoder, FieldCodec};

/// The nanoseconds of a millisecond.
pub(super) const MILLISECOND: u32 = 1_000_000;

/// An instant, or values with instants, that can be cut off to milliseconds.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use odm::codec::Truncate;
///
/// let at = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_999_999);
/// assert_eq!(at.truncated(), SystemTime::UNIX_EPOCH + Duration::from_millis(1));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an instant that can be cut off to milliseconds",
    label = "not an instant"
)]
pub trait Truncate: Sized {
    /// The value without what is finer than a millisecond: cut off towards the past, so that the
    /// order of instants is kept.
    #[must_use]
    fn truncated(&self) -> Self;
}

/// Stores instants cut off to milliseconds, where finer ones are refused by default.
///
/// A value is cut off before it is used: when it is stored, and when it is compared.
#[derive(Debug)]
pub enum Truncated {}

#[diagnostic::do_not_recommend]
impl<T: Truncate + Encode + Decode> FieldCodec<T> for Truncated {
    fn encode(value: &T, out: &mut Encoder) -> ElementType {
        value.truncated().encode(out)
    }

    fn is_absent(value: &T) -> bool {
        value.is_absent()
    }

    fn decode(element: Element<'_>) -> Result<T, DecodeError> {
        T::decode(element)
    }

    fn absent() -> Option<T> {
        T::absent()
    }
}

impl<T: Truncate> Truncate for Option<T> {
    fn truncated(&self) -> Self {
        self.as_ref().map(T::truncated)
    }
}

impl<T: Truncate> Truncate for Box<T> {
    fn truncated(&self) -> Self {
        Self::new(T::truncated(self))
    }
}

impl<T: Truncate> Truncate for Vec<T> {
    fn truncated(&self) -> Self {
        self.iter().map(T::truncated).collect()
    }
}

impl Truncate for DateTime {
    /// The value itself: it counts milliseconds.
    fn truncated(&self) -> Self {
        *self
    }
}

/// Stored as a BSON date.
impl Encode for SystemTime {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        let nanos = match self.duration_since(Self::UNIX_EPOCH) {
            Ok(after) => i128::try_from(after.as_nanos()),
            Err(before) => i128::try_from(before.duration().as_nanos()).map(|nanos| -nanos),
        };
        encode_nanos(nanos.unwrap_or(i128::MAX), out)
    }
}

impl Decode for SystemTime {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let millis = DateTime::decode(element)?.timestamp_millis();
        let distance = Duration::from_millis(millis.unsigned_abs());
        match millis < 0 {
            true => Self::UNIX_EPOCH.checked_sub(distance),
            false => Self::UNIX_EPOCH.checked_add(distance),
        }
        .ok_or_else(|| date_out_of_range("SystemTime"))
    }
}

impl Truncate for SystemTime {
    fn truncated(&self) -> Self {
        let fine = match self.duration_since(Self::UNIX_EPOCH) {
            Ok(after) => after.subsec_nanos() % MILLISECOND,
            Err(before) => match before.duration().subsec_nanos() % MILLISECOND {
                0 => 0,
                past => MILLISECOND - past,
            },
        };
        self.checked_sub(Duration::from_nanos(fine.into())).unwrap_or(*self)
    }
}

/// Appends the BSON date of an instant in nanoseconds since 1970.
pub(super) fn encode_nanos(nanos: i128, out: &mut Encoder) -> ElementType {
    let millisecond = i128::from(MILLISECOND);
    check_fine(nanos.rem_euclid(millisecond) as u32, out);
    encode_millis(i64::try_from(nanos.div_euclid(millisecond)).ok(), out)
}

/// Refuses an instant with `fine` nanoseconds too many for its milliseconds.
#[inline]
pub(super) fn check_fine(fine: u32, out: &mut Encoder) {
    if fine != 0 {
        too_fine(fine, out);
    }
}

#[cold]
fn too_fine(fine: u32, out: &mut Encoder) {
    out.fail(format!(
        "a BSON date counts milliseconds, and the instant has {fine} nanoseconds more: cut them off \
         with `Truncate::truncated`, or for all values of the field with `#[model(truncate)]`"
    ));
}

/// Appends a BSON date; `None` is an instant that BSON cannot hold.
pub(super) fn encode_millis(millis: Option<i64>, out: &mut Encoder) -> ElementType {
    if millis.is_none() {
        out.fail("the instant is out of range of a BSON date");
    }
    out.bytes(&millis.unwrap_or_default().to_le_bytes());
    ElementType::DateTime
}

#[cold]
pub(super) fn date_out_of_range(target: &str) -> DecodeError {
    DecodeError::new(format!("the date does not fit in {target}"))
}

/// The refusal of a date with a time of day where a day is expected.
#[cfg(any(feature = "chrono", feature = "time", feature = "jiff"))]
#[cold]
pub(super) fn not_midnight() -> DecodeError {
    DecodeError::expected("a date at midnight UTC", "another time of day")
}
