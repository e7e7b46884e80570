//! Labels: an error carries them, whichever verb was used.

use mongodb::error::RETRYABLE_WRITE_ERROR;
use odm::prelude::*;
use tests::{Connect, Lost, Proxy, fallible};

use crate::writes::{every_write, fail, primary, reset};

#[tokio::test]
async fn after_two_lost_connections_every_repeatable_write_carries_the_label() {
    let proxy = Proxy::before(primary().await).await;
    let name = "after_two_lost_connections";
    let (db, _) = Connect::to(proxy.uri()).app_name(name).database(name).await;
    for write in every_write() {
        for is_limited in [false, true] {
            reset(&db).await;
            proxy.cut(Lost::Request, 2, &[write.command]);
            let done = match is_limited {
                true => {
                    let session = db.start_session().timeout(std::time::Duration::from_secs(20));
                    (write.in_session)(session.await.unwrap()).await
                }
                false => (write.run)(db.clone()).await,
            };
            proxy.cut(Lost::Request, 0, &[]);
            let error = done.expect_err(write.name);
            let has_label = error.has_label(RETRYABLE_WRITE_ERROR);
            assert_eq!(has_label, write.is_retried, "{}, {is_limited}: {error:?}", write.name);
        }
    }
}

/// A reply can be a success with a write concern that was not met, and have labels.
#[tokio::test]
async fn the_labels_of_a_reply_are_kept() {
    let (db, _) = fallible("the_labels_of_a_reply").await;
    let unmet = doc! { "code": 64, "codeName": "WriteConcernFailed", "errmsg": "timed out" };
    for write in every_write() {
        reset(&db).await;
        let point = fail(&db, write.command).write_concern_error(unmet.clone());
        let point = point.error_labels(&["Own"]).times(1).on(primary().await).await;
        let error = (write.run)(db.clone()).await.expect_err(write.name);
        assert_eq!(point.off().await, 1, "{}", write.name);
        assert_eq!(error.labels(), ["Own"], "{}: {error:?}", write.name);
    }
}
