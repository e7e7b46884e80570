//! Numbers that are held in the range of a type.

use odm::prelude::*;

use super::rows::{answers, filled};

#[tokio::test]
async fn a_saturated_number_fits_its_type() {
    let db = &filled("expression_saturated").await;
    assert_eq!(
        answers::<u8, _>(db, |r| (r.large() * 1000).saturating::<u8>()).await[..1],
        [Some(255)]
    );
    assert_eq!(answers::<u8, _>(db, |r| (r.small() - 10).saturating::<u8>()).await[..1], [Some(0)]);
    assert_eq!(
        answers::<i32, _>(db, |r| (r.wide() * r.wide()).saturating::<i32>()).await,
        [Some(i32::MAX); 3]
    );
    assert_eq!(
        answers::<i64, _>(db, |r| (r.big() + r.big()).saturating::<i64>()).await[..1],
        [Some(i64::MAX)]
    );
    assert_eq!(
        answers::<i64, _>(db, |r| (r.big() * -3).saturating::<i64>()).await[..1],
        [Some(i64::MIN)]
    );
    assert_eq!(answers::<u64, _>(db, |r| (r.big() * -3).saturating::<u64>()).await[..1], [Some(0)]);
    assert_eq!(
        answers::<u32, _>(db, |r| r.count().saturating::<u32>()).await,
        [Some(4), None, None]
    );
    assert_eq!(
        answers::<i16, _>(db, |r| (r.ratio() * f64::NAN).saturating::<i16>()).await[..1],
        [Some(i16::MIN)]
    );
    assert_eq!(
        answers::<i8, _>(db, |r| (r.ratio() * f64::INFINITY).saturating::<i8>()).await[..1],
        [Some(127)]
    );
}
