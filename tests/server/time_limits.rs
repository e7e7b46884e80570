//! Operations with a time limit: the server is told, and an error says what became of the write.

use std::time::Duration;

use odm::{
    Database, ErrorKind, Outcome,
    bson::{Bson, Document},
    options::WriteConcern,
    prelude::*,
};
use tests::{Commands, FailPoint, Member, Set, fallible, number, recorded, shared_set};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
    n: i32,
}

const LIMIT: Duration = Duration::from_secs(20);

fn item(id: i64) -> Item {
    Item { id, n: 0 }
}

fn bump() -> odm::update::Update<Item, odm::update::Filtered, odm::update::Operators> {
    Item::update().filter(|i| i.id().eq(1)).inc(|i| i.n(), 1)
}

/// The server takes the milliseconds as a number of 32 bits.
#[tokio::test]
async fn a_limit_of_months_is_no_mistake() {
    let (db, commands) = recorded("a_limit_of_months").await;
    let months = Duration::from_secs(90 * 24 * 60 * 60);
    Item::insert(&item(1)).timeout(months).run(&db).await.unwrap();
    assert_eq!(Item::find().timeout(months).count(&db).await.unwrap(), 1);
    bump().timeout(months).fetch_after(&db).await.unwrap();
    bump().timeout(months).one(&db).await.unwrap();
    for command in commands.all() {
        assert_eq!(number(&command, "maxTimeMS"), Some(i64::from(i32::MAX)), "{command}");
    }
}

#[tokio::test]
async fn every_operation_tells_the_server_its_limit() {
    let (db, commands) = recorded("every_operation_tells").await;
    Item::insert(&item(1)).timeout(LIMIT).run(&db).await.unwrap();
    Item::insert_many(&[item(2), item(3)]).timeout(LIMIT).run(&db).await.unwrap();
    let find = || Item::find().timeout(LIMIT);
    find().all(&db).await.unwrap();
    find().first(&db).await.unwrap();
    find().get(&db).await.unwrap();
    find().exists(&db).await.unwrap();
    find().count(&db).await.unwrap();
    drop(find().stream(&db).await.unwrap());
    let updated = bump().timeout(LIMIT).one(&db).await.unwrap();
    assert_eq!((updated.matched, updated.modified), (1, 1));
    let updated = bump().timeout(LIMIT).many(&db).await.unwrap();
    assert_eq!((updated.matched, updated.modified), (1, 1));
    assert_eq!(bump().timeout(LIMIT).fetch_before(&db).await.unwrap().unwrap().n, 2);
    assert_eq!(bump().timeout(LIMIT).fetch_after(&db).await.unwrap().unwrap().n, 4);
    let upsert = Item::update().filter(|i| i.id().eq(9)).upsert().set(|i| i.n(), 9);
    assert_eq!(upsert.timeout(LIMIT).one(&db).await.unwrap().upserted_id, Some(9));
    let replaced = Item::replace(&item(1)).timeout(LIMIT).run(&db).await.unwrap();
    assert_eq!((replaced.matched, replaced.modified), (1, 1));
    Item::replace(&item(1)).timeout(LIMIT).fetch_before(&db).await.unwrap();
    Item::replace(&item(1)).timeout(LIMIT).fetch_after(&db).await.unwrap();
    let delete = |id: i64| Item::delete().filter(move |i| i.id().eq(id)).timeout(LIMIT);
    assert_eq!(delete(1).one(&db).await.unwrap().deleted, 1);
    assert_eq!(delete(2).many(&db).await.unwrap().deleted, 1);
    assert_eq!(delete(3).fetch(&db).await.unwrap(), Some(item(3)));
    Item::bulk().insert(&item(4)).timeout(LIMIT).run(&db).await.unwrap();
    let sent = commands.all();
    assert_eq!(sent.len(), 20, "{:?}", commands.names());
    for command in &sent {
        let limit = number(command, "maxTimeMS").unwrap_or_default();
        assert!((19_000..20_000).contains(&limit), "{command}");
    }
}

/// The driver's own way is not given up: the number by which a repetition is known is there.
#[tokio::test]
async fn single_writes_with_a_limit_are_as_retryable_as_without() {
    let (db, commands) = recorded("single_writes_with_a_limit").await;
    let write = || async {
        commands.clear();
        for timeout in [None, Some(LIMIT)] {
            let (insert, update) = (Item::insert(&item(1)), bump());
            let (replace, delete) =
                (Item::replace(&item(1)), Item::delete().filter(|i| i.id().eq(1)));
            match timeout {
                None => {
                    insert.comment("c").run(&db).await.unwrap();
                    update.comment("c").one(&db).await.unwrap();
                    replace.comment("c").run(&db).await.unwrap();
                    delete.comment("c").one(&db).await.unwrap();
                }
                Some(limit) => {
                    insert.timeout(limit).comment("c").run(&db).await.unwrap();
                    update.timeout(limit).comment("c").one(&db).await.unwrap();
                    replace.timeout(limit).comment("c").run(&db).await.unwrap();
                    delete.timeout(limit).comment("c").one(&db).await.unwrap();
                }
            }
        }
        commands.all()
    };
    let sent = write().await;
    let (without, with) = sent.split_at(4);
    let stripped = |command: &Document| {
        let mut command = command.clone();
        for key in ["maxTimeMS", "lsid", "txnNumber", "$clusterTime"] {
            command.remove(key);
        }
        command
    };
    for (without, with) in without.iter().zip(with) {
        assert!(with.contains_key("txnNumber"), "{with}");
        let (without, with) = (stripped(without), stripped(with));
        let keys = |d: &Document| d.keys().cloned().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(keys(&without), keys(&with));
        assert!(
            without.iter().all(|(key, value)| with.get(key) == Some(value)),
            "{without} {with}"
        );
    }
}

#[tokio::test]
async fn a_limit_in_a_transaction_takes_its_write_concern_as_without_one() {
    let (db, commands) = recorded("a_limit_in_a_transaction").await;
    Item::insert(&item(1)).run(&db).await.unwrap();
    db.transaction(|tx| async move {
        bump().timeout(LIMIT).one(&tx).await?;
        let refused = bump().timeout(LIMIT).write_concern(WriteConcern::majority()).one(&tx).await;
        assert!(matches!(refused.unwrap_err().kind(), ErrorKind::Invalid(_)));
        bump().timeout(LIMIT).one(&tx).await.map(drop)
    })
    .await
    .unwrap();
    assert_eq!(Item::find().get(&db).await.unwrap().n, 2);
    let updates = commands.named("update");
    assert!(updates.iter().all(|update| number(update, "maxTimeMS").is_some()));
}

/// The server stops by itself, and says so before we stop to wait.
#[tokio::test]
async fn what_the_server_stopped_was_not_applied() {
    let (db, _) = recorded("what_the_server_stopped").await;
    Item::insert(&item(1)).run(&db).await.unwrap();
    let busy = "function () { const t = Date.now(); while (Date.now() - t < 20000); return true }";
    let slow = || odm::filter::Filter::raw(doc! { "$where": busy });
    let update = Item::update().filter(|_| slow()).inc(|i| i.n(), 1);
    let error = update.timeout(Duration::from_secs(2)).one(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotApplied, "{error:?} {:?}", error.as_driver());
    let find = Item::find().filter(|_| slow()).timeout(Duration::from_secs(2));
    let error = find.all(&db).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
    assert_eq!(Item::find().get(&db).await.unwrap().n, 0);
}

async fn slow(name: &str, command: &str) -> (Database, Commands, tests::Enabled) {
    let (db, commands) = fallible(name).await;
    Item::insert(&item(1)).run(&db).await.unwrap();
    let primary: Member = shared_set().await.primary_member().await;
    let fail = FailPoint::fail_command(name, &[command]).block(Duration::from_millis(900)).times(1);
    let fail = fail.on(primary).await;
    commands.clear();
    (db, commands, fail)
}

/// No answer in time: the write is not torn, and its outcome is said to be unknown.
#[tokio::test]
async fn a_write_without_an_answer_is_unknown_and_goes_on() {
    let (db, _, fail) = slow("a_write_without_an_answer", "update").await;
    let begun = std::time::Instant::now();
    let error = bump().timeout(Duration::from_millis(150)).one(&db).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_millis(700), "{:?}", begun.elapsed());
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(
        error.to_string(),
        "cannot update a_write_without_an_answer.items: the time limit passed; the write may have \
         been applied"
    );
    fail.off().await;
}

/// Waiting for one's turn counts, and then nothing was sent.
#[tokio::test]
async fn waiting_for_the_session_counts() {
    let (db, commands, fail) = slow("waiting_for_the_session", "find").await;
    let session = db.start_session().await.unwrap();
    let slow = Item::find();
    let slow = slow.all(&session);
    let quick = bump().timeout(Duration::from_millis(100)).one(&session);
    let (found, error) = futures::join!(slow, quick);
    found.unwrap();
    let error = error.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(error.to_string().ends_with("the time limit passed; nothing was sent"), "{error}");
    assert_eq!(commands.names(), ["find"]);
    fail.off().await;
}

#[tokio::test]
async fn a_stream_has_the_limit_for_each_step() {
    let (db, _, fail) = slow("a_stream_has_the_limit", "getMore").await;
    Item::insert_many(&(2..10).map(item).collect::<Vec<_>>()).run(&db).await.unwrap();
    let find = Item::find().batch_size(2).timeout(Duration::from_millis(200));
    let mut stream = find.stream(&db).await.unwrap();
    let mut seen = 0;
    let error = loop {
        match futures::StreamExt::next(&mut stream).await.unwrap() {
            Ok(_) => seen += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(seen, 2);
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
    assert!(futures::StreamExt::next(&mut stream).await.is_none());
    fail.off().await;
}

#[test]
fn a_limit_is_no_part_of_what_is_shown() {
    let shown = bump().timeout(LIMIT).as_document().unwrap();
    assert_eq!(shown, doc! { "q": { "_id": 1_i64 }, "u": { "$inc": { "n": 1 } } });
    assert!(!shown.contains_key("maxTimeMS") && shown.get("q") != Some(&Bson::Null));
}
