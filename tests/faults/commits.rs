//! What an error of a commit says about the writes is what is stored.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use mongodb::options::Acknowledgment;
use odm::{
    Database, ErrorKind, Outcome, Transaction,
    bson::{Bson, Document},
    options::WriteConcern,
    prelude::*,
};
use tests::{Commands, Connect, FailPoint, Lost, Member, OwnSet, Proxy, Set, shared_set};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "payments")]
struct Payment {
    #[model(id)]
    id: i64,
    times: i32,
}

/// Concerns that cannot be met, interruptions, elections, limits, and plain refusals.
const CODES: [i32; 13] = [100, 79, 64, 50, 11600, 11601, 11602, 91, 189, 10107, 251, 13, 2];

/// What goes wrong with a commit.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// It is executed, with this error of its write concern.
    Unmet,
    /// It is not executed, and answered with this error.
    Refused,
    /// It is executed, and its reply is lost; the repetition is answered with this error.
    LostThenRefused,
    /// The same with an error of the write concern.
    LostThenUnmet,
}

impl Way {
    fn fail(self, db: &Database, code: i32) -> FailPoint {
        let fail = FailPoint::fail_command(db.name(), &["commitTransaction"]);
        let unmet = doc! { "code": code, "codeName": "Unmet", "errmsg": "it is not met" };
        match self {
            Self::Unmet => fail.write_concern_error(unmet),
            Self::Refused => fail.error_code(code),
            // Without the label, which would say that no majority has the transaction.
            Self::LostThenRefused => fail.error_code(code).error_labels(&[]).skip(1),
            Self::LostThenUnmet => fail.write_concern_error(unmet).skip(1),
        }
    }

    fn is_lost(self) -> bool {
        matches!(self, Self::LostThenRefused | Self::LostThenUnmet)
    }

    fn expected(self, code: i32) -> Outcome {
        match (self, code) {
            (Self::Unmet | Self::LostThenUnmet, _) => Outcome::Applied,
            (Self::Refused, 251 | 13 | 2) => Outcome::NotApplied,
            (Self::Refused | Self::LostThenRefused, _) => Outcome::Unknown,
        }
    }
}

const WAYS: [Way; 4] = [Way::Unmet, Way::Refused, Way::LostThenRefused, Way::LostThenUnmet];

async fn behind_a_proxy(name: &str) -> (Database, Commands, Proxy, Member) {
    let primary = shared_set().await.primary_member().await;
    let proxy = Proxy::before(primary).await;
    let (db, commands) = Connect::to(proxy.uri()).app_name(name).database(name).await;
    Payment::insert(&Payment { id: 0, times: 0 }).run(&db).await.unwrap();
    commands.clear();
    (db, commands, proxy, primary)
}

async fn begin(db: &Database, id: i64) -> Transaction {
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().await.unwrap();
    Payment::insert(&Payment { id, times: 1 }).run(&tx).await.unwrap();
    tx
}

async fn is_stored(db: &Database, id: i64) -> bool {
    Payment::find().filter(|p| p.id().eq(id)).exists(db).await.unwrap()
}

#[tokio::test]
async fn an_error_of_a_commit_never_denies_what_is_stored() {
    let (db, _, proxy, primary) = behind_a_proxy("an_error_of_a_commit").await;
    let cases = WAYS.into_iter().flat_map(|way| CODES.map(|code| (way, code)));
    for ((way, code), id) in cases.zip(1..) {
        let tx = begin(&db, id).await;
        let fail = way.fail(&db, code).on(primary).await;
        if way.is_lost() {
            proxy.cut(Lost::Reply, 1, &["commitTransaction"]);
        }
        let error = tx.commit().await.unwrap_err();
        fail.off().await;
        assert_eq!(error.outcome(), way.expected(code), "{way:?} {code}: {error:?}");
        assert_eq!(error.code(), Some(code));
        let is_stored = is_stored(&db, id).await;
        assert_eq!(is_stored, way != Way::Refused, "{way:?} {code}");
    }
}

/// With the session's connections whole, nobody repeated the commit.
#[tokio::test]
async fn a_commit_beside_an_unmet_concern_proves_nothing() {
    let (db, _, proxy, _) = behind_a_proxy("a_commit_beside_an_unmet").await;
    let tx = begin(&db, 1).await;
    let unmet = doc! { "code": 64, "codeName": "WriteConcernFailed", "errmsg": "too late" };
    let reply = doc! {
        "ok": 0.0, "code": 251, "codeName": "NoSuchTransaction", "errmsg": "no such transaction",
        "writeConcernError": unmet,
    };
    proxy.answer(&reply, 1, &["commitTransaction"]);
    let error = tx.commit().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown, "{error:?}");
    tx.commit().await.unwrap();
    assert!(is_stored(&db, 1).await);
}

/// Committing again waits for a majority, and is answered.
#[tokio::test]
async fn a_commit_that_is_not_acknowledged_can_be_committed_again() {
    let (db, commands, _proxy, primary) = behind_a_proxy("a_commit_that_is_not_ack").await;
    let tx = begin(&db, 1).await;
    let fail = Way::Unmet.fail(&db, 64).times(1).on(primary).await;
    let error = tx.commit().await.unwrap_err();
    fail.off().await;
    assert_eq!(error.outcome(), Outcome::Applied);
    assert!(error.to_string().ends_with("; the write was applied, but not acknowledged"));
    tx.commit().await.unwrap();
    assert_eq!(commands.named("commitTransaction").len(), 2);
}

/// Adds one in a transaction with a limit, and counts how often the body runs.
async fn pay(db: &Database, runs: &AtomicU32) -> odm::Result<()> {
    db.transaction(|tx| async move {
        runs.fetch_add(1, Ordering::Relaxed);
        let pay = Payment::update().filter(|p| p.id().eq(0)).inc(|p| p.times(), 1);
        pay.one(&tx).await.map(drop)
    })
    .timeout(Duration::from_millis(1000))
    .await
}

async fn paid(db: &Database) -> i32 {
    Payment::find().filter(|p| p.id().eq(0)).get(db).await.unwrap().times
}

#[tokio::test]
async fn a_body_is_not_run_again_when_its_commit_may_have_happened() {
    let (db, _, proxy, primary) = behind_a_proxy("a_body_is_not_run_again").await;
    let mut before = 0;
    for way in [Way::Unmet, Way::LostThenRefused, Way::LostThenUnmet] {
        for code in [100, 64, 11601, 251] {
            let fail = way.fail(&db, code).on(primary).await;
            if way.is_lost() {
                proxy.cut(Lost::Reply, 1, &["commitTransaction"]);
            }
            let runs = AtomicU32::new(0);
            let error = pay(&db, &runs).await.unwrap_err();
            fail.off().await;
            let outcome = error.outcome();
            assert!(matches!(outcome, Outcome::Applied | Outcome::Unknown), "{way:?} {error:?}");
            assert_eq!(runs.into_inner(), 1, "{way:?} {code}");
            before += 1;
            assert_eq!(paid(&db).await, before, "{way:?} {code}");
        }
    }
}

/// What was applied is never undone, whatever the labels say.
#[tokio::test]
async fn a_body_is_not_run_again_for_a_label_beside_an_unmet_concern() {
    let (db, _, _proxy, primary) = behind_a_proxy("a_body_is_not_run_for_a_label").await;
    let fail = Way::Unmet.fail(&db, 64).error_labels(&["TransientTransactionError"]);
    let (fail, runs) = (fail.times(1).on(primary).await, AtomicU32::new(0));
    let error = pay(&db, &runs).await.unwrap_err();
    fail.off().await;
    assert_eq!(error.outcome(), Outcome::Applied, "{error:?}");
    assert_eq!((runs.into_inner(), paid(&db).await), (1, 1));
}

/// One more answer tells what one refusal after a lost reply does not.
#[tokio::test]
async fn a_commit_that_is_refused_after_a_lost_reply_is_asked_about_once_more() {
    let (db, commands, proxy, _) = behind_a_proxy("a_commit_that_is_refused").await;
    let (refused, runs) = (proxy_refusal(), AtomicU32::new(0));
    proxy.answer(&refused, 1, &["commitTransaction"]);
    pay(&db, &runs).await.unwrap();
    assert_eq!((runs.into_inner(), paid(&db).await), (1, 1));
    assert_eq!(commands.named("commitTransaction").len(), 2);
}

/// The member has executed the commit; what the client is told does not prove the contrary.
fn proxy_refusal() -> Document {
    doc! { "ok": 0.0, "code": 11601, "codeName": "Interrupted", "errmsg": "interrupted" }
}

/// Aborts on the server, as it does itself with a transaction that takes too long.
async fn abort_there(primary: Member, commands: &Commands) {
    let sent = commands.all().pop().expect("a command of the transaction");
    let mut abort = doc! { "abortTransaction": 1, "autocommit": false };
    for key in ["lsid", "txnNumber"] {
        abort.insert(key, sent.get(key).expect("a key of a transaction"));
    }
    primary.run(abort).await;
}

#[tokio::test]
async fn a_commit_of_what_the_server_aborted_was_not_applied() {
    let (db, commands, proxy, primary) = behind_a_proxy("a_commit_of_what").await;
    for (id, is_lost) in [(1, false), (2, true)] {
        let tx = begin(&db, id).await;
        abort_there(primary, &commands).await;
        if is_lost {
            proxy.cut(Lost::Request, 1, &["commitTransaction"]);
        }
        let error = tx.commit().await.unwrap_err();
        assert_eq!((error.code(), error.outcome()), (Some(251), Outcome::NotApplied), "{is_lost}");
        assert!(error.has_label("TransientTransactionError"), "{error:?}");
        assert!(!is_stored(&db, id).await);
        commands.clear();
        let again = tx.commit().await.unwrap_err();
        assert!(matches!(again.kind(), ErrorKind::Transaction(_)), "{again:?}");
        assert_eq!(commands.names(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_the_server_aborted_is_run_again_also_after_a_lost_commit() {
    let (db, commands, proxy, primary) = behind_a_proxy("what_the_server_aborted").await;
    let (runs, proxy, commands, outside) = (AtomicU32::new(0), &proxy, &commands, &db);
    let runs = &runs;
    db.transaction(|tx| async move {
        let pay = Payment::update().filter(|p| p.id().eq(0)).inc(|p| p.times(), 1);
        pay.one(&tx).await?;
        if runs.fetch_add(1, Ordering::Relaxed) == 0 {
            abort_there(primary, commands).await;
            proxy.cut(Lost::Request, 1, &["commitTransaction"]);
        }
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!((runs.load(Ordering::Relaxed), paid(outside).await), (2, 1));
}

/// The server's own answers: no member with these tags, fewer members than this.
#[tokio::test]
async fn a_commit_whose_concern_nobody_can_meet_was_applied() {
    let (db, _) = tests::fallible("a_commit_whose_concern").await;
    Payment::insert(&Payment { id: 0, times: 0 }).run(&db).await.unwrap();
    let nowhere = WriteConcern::from(Acknowledgment::Custom("nowhere".into()));
    for (concern, code, times) in [(WriteConcern::nodes(7), 100, 1), (nowhere, 79, 2)] {
        let runs = AtomicU32::new(0);
        let runs = &runs;
        let run = db.transaction(|tx| async move {
            runs.fetch_add(1, Ordering::Relaxed);
            let pay = Payment::update().filter(|p| p.id().eq(0)).inc(|p| p.times(), 1);
            pay.one(&tx).await.map(drop)
        });
        let error = run.write_concern(concern).await.unwrap_err();
        assert_eq!((error.code(), error.outcome()), (Some(code), Outcome::Applied), "{error:?}");
        assert_eq!((runs.load(Ordering::Relaxed), paid(&db).await), (1, times));
    }
}

/// Kills the commit that waits for its write concern on this member.
async fn kill_the_commit(primary: Member) {
    loop {
        let filter = doc! { "currentOp": 1, "command.commitTransaction": 1 };
        let running = primary.run(filter).await;
        let running = running.get_array("inprog").expect("operations");
        let waiting = running.iter().filter_map(Bson::as_document).find(|op| {
            let waits = op.get_bool("waitingForFlowControl").is_ok();
            waits && op.get_str("desc").is_ok_and(|desc| desc.starts_with("conn"))
        });
        if let Some(op) = waiting {
            primary.run(doc! { "killOp": 1, "op": op.get("opid").expect("an id") }).await;
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_commit_that_waits_for_members_in_vain_was_applied() {
    let set = OwnSet::start().await;
    set.keep_primary().await;
    let (db, _) = Connect::to(set.uri()).app_name("in_vain").database("in_vain").await;
    let primary = set.leader().await;
    let mut stopped = Vec::new();
    for member in (0..3).filter(|&member| member != primary) {
        stopped.push(tests::stop_replication(set.member(member)).await);
    }
    let timed = |limit| {
        let limited = WriteConcern::builder().w_timeout(limit);
        limited.w(Acknowledgment::Majority).build()
    };
    let session = db.start_session().await.unwrap();
    for (id, concern) in [(1, timed(Duration::from_millis(300))), (2, WriteConcern::majority())] {
        let tx = session.start_transaction().write_concern(concern).await.unwrap();
        Payment::insert(&Payment { id, times: 1 }).run(&tx).await.unwrap();
        let killed = async {
            if id == 2 {
                kill_the_commit(set.member(primary)).await;
            }
        };
        let (committed, ()) = tokio::join!(tx.commit(), killed);
        let error = committed.unwrap_err();
        let code = if id == 1 { 64 } else { 11601 };
        assert_eq!((error.code(), error.outcome()), (Some(code), Outcome::Applied), "{error:?}");
        assert!(is_stored(&db.with_read_concern(odm::options::ReadConcern::local()), id).await);
    }
    drop(stopped);
}
