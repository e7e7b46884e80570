//! Instants that are finer than a millisecond, which a BSON date cannot hold.

use std::time::{Duration, SystemTime};

use odm::{
    bson::{Bson, DateTime, doc},
    codec::{
        Encode, EncodeError, Encoder, FieldCodec, Truncate, Truncated, decode_document,
        encode_document,
    },
    path::{Encoded, Required},
};
use proptest::prelude::*;

use crate::support::{Holder, encoded, read, returns, stored, write_refusal};

fn system_time(nanos: i64) -> SystemTime {
    match nanos < 0 {
        true => SystemTime::UNIX_EPOCH - Duration::from_nanos(nanos.unsigned_abs()),
        false => SystemTime::UNIX_EPOCH + Duration::from_nanos(nanos as u64),
    }
}

fn of_chrono(nanos: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_nanos(nanos)
}

fn of_time(nanos: i64) -> time::OffsetDateTime {
    time::OffsetDateTime::from_unix_timestamp_nanos(nanos.into()).expect("in range")
}

fn of_jiff(nanos: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_nanosecond(nanos.into()).expect("in range")
}

fn civil(nanos: i64) -> jiff::civil::DateTime {
    jiff::tz::TimeZone::UTC.to_datetime(of_jiff(nanos))
}

const REFUSAL: &str = "a BSON date counts milliseconds, and the instant has 999999 nanoseconds \
                       more: cut them off with `Truncate::truncated`, or for all values of the \
                       field with `#[model(truncate)]`";

#[test]
fn a_finer_instant_is_refused_with_its_path() {
    for nanos in [1_999_999, -1] {
        let refusals = [
            write_refusal(system_time(nanos)),
            write_refusal(of_chrono(nanos)),
            write_refusal(of_chrono(nanos).naive_utc()),
            write_refusal(of_time(nanos)),
            write_refusal(civil(nanos)),
            write_refusal(of_jiff(nanos)),
        ];
        for refused in refusals {
            assert_eq!(refused, format!("v: {REFUSAL}"));
        }
    }
    let refused = write_refusal(vec![Some(of_chrono(0)), Some(of_chrono(-1))]);
    assert_eq!(refused, format!("v[1]: {REFUSAL}"));
}

/// Both ways to cut off: the value, and the codec of its field.
fn agrees_when_truncated<T>(value: T, millis: i64)
where
    T: Truncate + Encode + odm::codec::Decode + Clone + PartialEq + std::fmt::Debug,
{
    let date = Bson::DateTime(DateTime::from_millis(millis));
    let coarse = value.truncated();
    assert_eq!(stored(coarse.clone()), date, "{value:?}");
    assert_eq!(read::<T>(date), Ok(coarse.clone()));
    assert_eq!(coarse.truncated(), coarse);
    returns(coarse.clone());
    let by_codec = by_codec::<Encoded<Truncated, Required>, T>(&value).expect("it is cut off");
    assert_eq!(by_codec, encoded(coarse));
}

fn by_codec<C: FieldCodec<T>, T>(value: &T) -> Result<Vec<u8>, EncodeError> {
    struct By<'a, C, T>(&'a T, std::marker::PhantomData<C>);
    impl<C: FieldCodec<T>, T> Encode for By<'_, C, T> {
        fn encode(&self, out: &mut Encoder) -> odm::codec::ElementType {
            C::encode(self.0, out)
        }
    }
    encode_document(&Holder { v: By::<C, T>(value, std::marker::PhantomData) })
}

proptest! {
    #[test]
    fn cutting_off_is_towards_the_past(nanos in -4_000_000_000_000_000_000..4_000_000_000_000_000_000_i64) {
        let millis = nanos.div_euclid(1_000_000);
        agrees_when_truncated(system_time(nanos), millis);
        agrees_when_truncated(of_chrono(nanos), millis);
        agrees_when_truncated(of_chrono(nanos).naive_utc(), millis);
        agrees_when_truncated(of_time(nanos), millis);
        let of_time = of_time(nanos);
        agrees_when_truncated(time::PrimitiveDateTime::new(of_time.date(), of_time.time()), millis);
        agrees_when_truncated(of_jiff(nanos), millis);
        agrees_when_truncated(civil(nanos), millis);
    }
}

#[test]
fn cutting_off_goes_into_options_and_lists() {
    let bytes = by_codec::<Truncated, _>(&vec![Some(of_chrono(1)), None]).expect("cut off");
    let expected = doc! { "v": [DateTime::from_millis(0), Bson::Null] };
    assert_eq!(decode_document(&bytes), Ok(expected));
    let far = [jiff::Timestamp::MIN, jiff::Timestamp::MAX];
    assert_eq!(far.map(|at| at.truncated().as_millisecond()), far.map(|at| at.as_millisecond()));
    returns(chrono::DateTime::<chrono::Utc>::MIN_UTC.truncated());
    returns(chrono::DateTime::<chrono::Utc>::MAX_UTC.truncated());
    assert!(<Truncated as FieldCodec<Option<SystemTime>>>::is_absent(&None));
    assert_eq!(<Truncated as FieldCodec<Option<SystemTime>>>::absent(), Some(None));
}
