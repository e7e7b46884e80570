//! Servers that are away, or busy with an election, while a consumer works.

use super::*;
use tests::fallible;

/// Everything after the start of a consumer, with a way to end it.
struct Running {
    metrics: Metrics,
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<odm::Result<()>>,
}

fn counter(db: &Database) -> odm::durable::Durable<Item, odm::durable::CollectionStore> {
    let watch = Item::watch().max_await_time(Duration::from_millis(100));
    watch.durable(consumer::NAME, TokenStore::collection(db)).checkpoint_every(1)
}

impl Running {
    fn plain(db: &Database, lease: Duration) -> Self {
        let ((stop, stopped), db) = (oneshot::channel(), db.clone());
        let durable = counter(&db).lease(lease).stop_when(stopped);
        let metrics = durable.metrics();
        let task = tokio::spawn(async move { durable.run(&db, |_| async { Ok(()) }).await });
        Self { metrics, stop, task }
    }

    fn transactional(db: &Database, lease: Duration) -> Self {
        let ((stop, stopped), db) = (oneshot::channel(), db.clone());
        let durable = counter(&db).lease(lease).stop_when(stopped).transactional();
        let metrics = durable.metrics();
        let run = async move {
            let run = durable.run(&db, |event, tx| async move {
                consumer::add(&tx, *event.id().expect("an insert")).await
            });
            run.await
        };
        Self { metrics, stop, task: tokio::spawn(run) }
    }

    async fn until(&self, wanted: impl FnMut(&odm::durable::Figures) -> bool) {
        let figures = timeout(PATIENCE, self.metrics.wait_for(wanted)).await;
        assert!(figures.expect("in time").is_some(), "it ended: {:?}", self.metrics);
    }

    async fn end(self) {
        drop(self.stop);
        timeout(PATIENCE, self.task).await.expect("an end in time").unwrap().unwrap();
    }
}

async fn epoch(db: &Database) -> i64 {
    let tokens = db.as_driver().collection::<Document>("odm_tokens");
    let lease = doc! { "_id": { "lease": consumer::NAME } };
    tokens.find_one(lease).await.unwrap().unwrap().get_i64("epoch").unwrap()
}

/// The lease runs out meanwhile, and nobody else is there: its owner takes it again.
#[tokio::test]
async fn a_server_that_is_silent_for_longer_than_the_lease_is_no_takeover() {
    let name = "durable_silent_server";
    let (writer, _) = prepared(name).await;
    let set = shared_set().await;
    let (db, commands) = Connect::to(set.uri()).app_name(name).database_as_it_is(name).await;
    let run = Running::plain(&db, Duration::from_millis(500));
    run.until(|figures| figures.is_leader).await;
    let before = epoch(&writer).await;
    let silent = FailPoint::fail_command(name, &["update", "findAndModify"]);
    let silent = silent.block(Duration::from_secs(2)).on(set.primary_member().await).await;
    run.until(|figures| !figures.is_leader).await;
    commands.clear();
    // The second attempt to take it begins when the first has had no answer in the lease time.
    timeout(PATIENCE, async {
        while commands.named("findAndModify").len() < 2 {
            assert!(!run.task.is_finished(), "it ended: {:?}", run.metrics);
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("another attempt");
    silent.off().await;
    insert(&writer, 1).await;
    run.until(|figures| figures.handled == 1).await;
    assert_eq!(epoch(&writer).await, before, "nobody has taken over");
    run.end().await;
}

/// The answers of members that step down, shut down or do not know the set yet.
const PASSING: [i32; 10] = [64, 79, 91, 189, 10107, 11600, 11602, 13435, 13436, 50];

#[tokio::test]
async fn a_consumer_outlives_every_error_of_an_election() {
    let name = "durable_election_errors";
    let (writer, _) = prepared(name).await;
    let set = shared_set().await;
    let (db, _) = Connect::to(set.uri()).app_name(name).database_as_it_is(name).await;
    let primary = set.primary_member().await;
    for (id, code) in (1..).zip(PASSING) {
        let taking = FailPoint::fail_command(name, &["findAndModify"]).error_code(code).times(3);
        let taking = taking.on(primary).await;
        let run = Running::plain(&db, Duration::from_secs(20));
        run.until(|figures| figures.is_leader).await;
        assert_eq!(taking.off().await, 3, "{code}");
        let saving = FailPoint::fail_command(name, &["update"]).error_code(code).times(3);
        let saving = saving.on(primary).await;
        insert(&writer, id).await;
        run.until(|figures| figures.checkpoints == 1).await;
        assert_eq!(saving.off().await, 3, "{code}");
        run.end().await;
    }
}

/// The write is applied, and the members that should acknowledge it are away.
#[tokio::test]
async fn a_write_that_is_applied_and_not_acknowledged_is_repeated() {
    let name = "durable_not_acknowledged";
    let (writer, _) = prepared(name).await;
    let set = shared_set().await;
    let (db, _) = Connect::to(set.uri()).app_name(name).database_as_it_is(name).await;
    let primary = set.primary_member().await;
    for (id, code) in (1..).zip([64, 79, 91, 11602]) {
        let concern = || doc! { "code": code, "errmsg": "not acknowledged" };
        let taking = FailPoint::fail_command(name, &["findAndModify"]);
        let taking = taking.write_concern_error(concern()).times(3).on(primary).await;
        let run = Running::plain(&db, Duration::from_secs(20));
        run.until(|figures| figures.is_leader).await;
        assert_eq!(taking.off().await, 3, "{code}");
        let saving = FailPoint::fail_command(name, &["update"]);
        let saving = saving.write_concern_error(concern()).times(3).on(primary).await;
        insert(&writer, id).await;
        run.until(|figures| figures.checkpoints == 1).await;
        assert_eq!(saving.off().await, 3, "{code}");
        run.end().await;
    }
}

/// The commit is applied and not acknowledged: the token that it has stored tells.
#[tokio::test]
async fn a_commit_that_is_applied_and_not_acknowledged_is_not_repeated() {
    let name = "durable_commit_not_acknowledged";
    let (writer, _) = prepared(name).await;
    let set = shared_set().await;
    let (db, _) = Connect::to(set.uri()).app_name(name).database_as_it_is(name).await;
    let run = Running::transactional(&db, Duration::from_secs(20));
    run.until(|figures| figures.is_leader).await;
    let concern = doc! { "code": 79, "errmsg": "not acknowledged" };
    let fail = FailPoint::fail_command(name, &["commitTransaction"]).write_concern_error(concern);
    let fail = fail.times(1).on(set.primary_member().await).await;
    insert(&writer, 1).await;
    insert(&writer, 2).await;
    run.until(|figures| figures.handled >= 1).await;
    assert_eq!(fail.off().await, 1);
    run.end().await;
    assert_eq!(Total::find().get(&writer).await.unwrap().items, 2);
    assert_eq!(Effect::find().count(&writer).await.unwrap(), 2);
}

/// The same for a dead letter, which is added with the token that passes over its event.
#[tokio::test]
async fn a_dead_letter_whose_commit_is_not_acknowledged_is_there_once() {
    let name = "durable_letter_not_acknowledged";
    let (writer, _) = prepared(name).await;
    let set = shared_set().await;
    let (db, _) = Connect::to(set.uri()).app_name(name).database_as_it_is(name).await;
    let concern = doc! { "code": 79, "errmsg": "not acknowledged" };
    let fail = FailPoint::fail_command(name, &["commitTransaction"]).write_concern_error(concern);
    let fail = fail.times(1).on(set.primary_member().await).await;
    insert(&writer, 1).await;
    insert(&writer, 2).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let durable = counter(&db).on_failure(OnFailure::DeadLetter("letters".into()));
    let durable = durable.retry(0, Duration::ZERO).stop_when(stopped).transactional();
    let (metrics, seen) = (durable.metrics(), &Mutex::new(Vec::new()));
    let run = durable.run(&db, |event, tx| async move {
        let item = *event.id().expect("an insert");
        seen.lock().unwrap().push(item);
        if item == 1 { Err(refusal(&tx).await) } else { consumer::add(&tx, item).await }
    });
    let (run, ()) = tokio::join!(timeout(PATIENCE, run), async {
        let handled = timeout(PATIENCE, metrics.wait_for(|figures| figures.handled == 1)).await;
        assert!(handled.expect("in time").is_some(), "it ended: {metrics:?}");
        drop(stop);
    });
    run.expect("an end in time").unwrap();
    assert_eq!(fail.off().await, 1);
    assert_eq!(*seen.lock().unwrap(), [1, 2]);
    let letters = db.as_driver().collection::<Document>("letters");
    assert_eq!(letters.count_documents(doc! {}).await.unwrap(), 1);
}

/// The first thing that a transactional consumer does is a look into the store.
#[tokio::test]
async fn a_transactional_consumer_starts_during_an_election() {
    let name = "durable_starts_in_election";
    let set = shared_set().await;
    for code in PASSING {
        let (db, _) = fallible(name).await;
        let fail = FailPoint::fail_command(name, &["find"]).error_code(code).times(3);
        let fail = fail.on(set.primary_member().await).await;
        let run = Running::transactional(&db, Duration::from_secs(20));
        run.until(|figures| figures.checkpoints > 0).await;
        assert_eq!(fail.off().await, 3, "{code}");
        run.end().await;
    }
}

/// "No suitable server": there will be one.
#[tokio::test]
async fn a_consumer_waits_for_a_server() {
    let nobody = "mongodb://127.0.0.1:1/test?directConnection=true";
    let nobody = Connect::to(nobody).options(|options| {
        options.server_selection_timeout = Some(Duration::from_millis(50));
    });
    let (db, _) = nobody.database_as_it_is("durable_no_server").await;
    for start in [Running::plain, Running::transactional] {
        let run = start(&db, Duration::from_secs(20));
        for _ in 0..3 {
            run.until(|f| f.last_error.as_ref().is_some_and(|e| e.contains("no suitable"))).await;
        }
        run.end().await;
    }
}

/// All members are stopped, so that nobody answers and no connection breaks.
#[tokio::test]
async fn a_set_that_is_away_for_longer_than_the_lease_is_no_takeover() {
    let (name, set) = ("durable_set_away", OwnSet::start().await);
    let (db, commands) = Connect::to(set.uri()).app_name(name).database(name).await;
    let run = Running::plain(&db, Duration::from_millis(500));
    run.until(|figures| figures.checkpoints > 0).await;
    let before = epoch(&db).await;
    for member in 0..set.members() {
        set.pause(member).unwrap();
    }
    run.until(|figures| !figures.is_leader).await;
    commands.clear();
    let again = async {
        while commands.named("findAndModify").len() < 2 && !run.task.is_finished() {
            tokio::task::yield_now().await;
        }
    };
    drop(timeout(Duration::from_secs(3), again).await);
    for member in 0..set.members() {
        set.resume(member).unwrap();
    }
    while Item::insert(&Item { id: 1 })
        .run(&db)
        .await
        .is_err_and(|error| !matches!(error.kind(), ErrorKind::DuplicateKey(_)))
    {}
    run.until(|figures| figures.handled == 1).await;
    assert_eq!(epoch(&db).await, before, "nobody has taken over");
    run.end().await;
}

/// Who is inside the handler.
#[derive(Default)]
struct Inside(Mutex<Option<&'static str>>);

struct Entered<'a>(&'a Inside);

impl Inside {
    fn enter(&self, who: &'static str) -> Entered<'_> {
        let before = self.0.lock().unwrap().replace(who);
        assert_eq!(before, None, "{who} is not alone");
        Entered(self)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap() = None;
    }
}

/// One cannot renew its lease and stays inside its handler; another one waits for the lease.
#[tokio::test]
async fn two_never_handle_at_once_when_a_lease_is_lost() {
    let name = "durable_never_two";
    let (writer, _) = prepared(name).await;
    let set = shared_set().await;
    let (cut_off, _) = Connect::to(set.uri()).app_name(name).database_as_it_is(name).await;
    let (inside, lease) = (&Inside::default(), Duration::from_secs(1));
    let first = counter(&cut_off).lease(lease);
    let (leader, (stop, stopped)) = (first.metrics(), oneshot::channel::<()>());
    let first = first.run(&cut_off, |_| async move {
        let _entered = inside.enter("the first");
        std::future::pending().await
    });
    let first = async {
        let ended = timeout(PATIENCE, first).await;
        drop(stop);
        ended
    };
    let second = counter(&writer).lease(lease).stop_when(stopped);
    let handled = second.metrics();
    let second = second.run(&writer, |_| async move {
        let _entered = inside.enter("the second");
        tokio::task::yield_now().await;
        Ok(())
    });
    let second = async {
        timeout(PATIENCE, leader.wait_for(|figures| figures.is_leader)).await.unwrap().unwrap();
        second.await
    };
    let faults = async {
        leader.wait_for(|figures| figures.checkpoints > 0 || figures.is_leader).await.unwrap();
        insert(&writer, 1).await;
        let fail = FailPoint::fail_command(name, &["update", "findAndModify"]).error_code(91);
        let fail = fail.on(set.primary_member().await).await;
        timeout(PATIENCE, handled.wait_for(|f| f.handled == 1)).await.unwrap().unwrap();
        fail.off().await;
    };
    let (first, second, ()) = tokio::join!(first, second, faults);
    let error = first.expect("an end in time").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TakenOver { .. }), "{error:?}");
    second.unwrap();
}

/// It takes the lease under a new epoch, and goes on after the other one's token.
#[tokio::test]
async fn a_consumer_goes_on_after_one_that_took_over_and_has_ended() {
    let name = "durable_successor_ended";
    let (writer, _) = prepared(name).await;
    let set = shared_set().await;
    let (cut_off, _) = Connect::to(set.uri()).app_name(name).database_as_it_is(name).await;
    let lease = Duration::from_millis(500);
    let first = Running::plain(&cut_off, lease);
    first.until(|figures| figures.is_leader).await;
    let before = epoch(&writer).await;
    let fail = FailPoint::fail_command(name, &["update", "findAndModify"]).error_code(91);
    let fail = fail.on(set.primary_member().await).await;
    let second = Running::plain(&writer, lease);
    second.until(|figures| figures.is_leader).await;
    insert(&writer, 1).await;
    second.until(|figures| figures.handled == 1).await;
    second.end().await;
    fail.off().await;
    insert(&writer, 2).await;
    first.until(|figures| figures.handled > 0).await;
    assert_eq!(first.metrics.handled(), 1, "the other one has handled the first");
    assert_eq!(epoch(&writer).await, before + 2);
    first.end().await;
}
