//! Where tokens are kept.

use super::*;

#[tokio::test]
async fn a_file_keeps_token_and_lease() {
    let db = database("durable_file").await;
    let folder = std::env::temp_dir().join(format!("odm-durable-{}", Uuid::new()));
    std::fs::create_dir(&folder).unwrap();
    let store = TokenStore::file(folder.join("mailer"));
    let durable = || Job::watch().durable("mailer", store.clone());
    let first = Running::start(durable(), &db).with_a_token().await;
    insert(&db, 1..=2).await;
    first.has_handled(2).await;
    assert_eq!(first.end().await, [1, 2]);
    insert(&db, [3]).await;
    let second = Running::start(durable(), &db);
    second.has_handled(1).await;
    assert_eq!(second.end().await, [3]);
    let names = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, ["mailer", "mailer.lock"], "no new file stays");

    let other = Job::watch().durable("indexer", store.clone()).run(&db, |_| async { Ok(()) });
    let error = timeout(PATIENCE, other).await.unwrap().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TokenStore(_)), "{error:?}");
    assert!(error.to_string().contains("is that of the consumer \"mailer\""), "{error}");
    std::fs::remove_dir_all(folder).unwrap();
}

/// A store of the user's own, which fails when it is told to.
#[derive(Default)]
struct Own {
    epoch: AtomicU32,
    token: Mutex<Option<ResumeToken>>,
    fails: AtomicBool,
}

impl StoreTokens for Own {
    async fn acquire(&self, _: &str, _: Uuid, _: Duration) -> StoreResult<Option<u64>> {
        Ok(Some(u64::from(self.epoch.fetch_add(1, Ordering::SeqCst)) + 1))
    }

    async fn renew(&self, _: &str, _: u64, _: Duration) -> StoreResult<()> {
        Ok(())
    }

    async fn load(&self, _: &str, _: u64) -> StoreResult<Option<ResumeToken>> {
        Ok(self.token.lock().unwrap().clone())
    }

    async fn save(&self, _: &str, epoch: u64, token: &ResumeToken) -> StoreResult<()> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(std::io::Error::other("the disk is full").into());
        }
        if epoch != u64::from(self.epoch.load(Ordering::SeqCst)) {
            return Err(StoreError::TakenOver);
        }
        *self.token.lock().unwrap() = Some(token.clone());
        Ok(())
    }

    async fn release(&self, _: &str, _: u64) -> StoreResult<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_store_of_the_users_own_is_asked() {
    let db = database("durable_own_store").await;
    let store = TokenStore::custom(Own::default());
    let durable = Job::watch().durable("mailer", store.clone()).idle_checkpoint_after(NEVER);
    let run = Running::start(durable, &db).with_a_token().await;
    insert(&db, [1]).await;
    run.has_handled(1).await;
    run.end().await;
    insert(&db, [100]).await;
    let again = Running::start(Job::watch().durable("mailer", store), &db);
    again.has_handled(1).await;
    assert_eq!(again.end().await, [100]);
}

#[tokio::test]
async fn an_error_of_the_store_ends_the_run() {
    let db = database("durable_store_fails").await;
    let store = Own { fails: AtomicBool::new(true), ..Own::default() };
    let durable = Job::watch().durable("mailer", TokenStore::custom(store));
    let run = durable.run(&db, |_| async { Ok(()) });
    let error = timeout(PATIENCE, run).await.unwrap().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TokenStore(_)), "{error:?}");
    assert_eq!(error.to_string(), "the token store failed: the disk is full");
}
