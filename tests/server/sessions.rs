//! Sessions: shared by reference, causally consistent, told apart on the wire.

use std::time::Duration;

use futures::StreamExt;
use odm::{
    CausalToken, ErrorKind, Outcome,
    bson::{Bson, Document},
    options::{ReadConcern, ReadPreference, WriteConcern},
    prelude::*,
};
use tests::{Commands, database, number, recorded};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
    n: i32,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(
    collection = "items",
    read_preference = "secondaryPreferred",
    read_concern = "majority",
    write_concern = "2"
)]
struct Careful {
    #[model(id)]
    id: i64,
    n: i32,
}

fn item(id: i64) -> Item {
    Item { id, n: 0 }
}

fn lsids(commands: &Commands) -> Vec<Bson> {
    commands
        .all()
        .iter()
        .map(|command| command.get("lsid").cloned().unwrap_or(Bson::Null))
        .collect()
}

fn last(commands: &Commands) -> Document {
    commands.all().pop().expect("a command")
}

fn after(command: &Document) -> Option<&Bson> {
    command.get_document("readConcern").ok()?.get("afterClusterTime")
}

/// C2: an operation cannot forget the session, for the session is what it runs on.
#[tokio::test]
async fn c2_every_operation_in_a_session_sends_its_id() {
    let (db, commands) = recorded("c2_every_operation").await;
    let session = db.start_session().await.unwrap();
    let find = || Item::find().filter(|i| i.id().gte(0));
    let by_id = |id: i64| Item::update().filter(move |i| i.id().eq(id)).inc(|i| i.n(), 1);
    Item::insert(&item(1)).run(&session).await.unwrap();
    Item::insert_many(&[item(2), item(3), item(4), item(5)]).run(&session).await.unwrap();
    find().all(&session).await.unwrap();
    find().first(&session).await.unwrap();
    find().get(&session).await.unwrap();
    find().count(&session).await.unwrap();
    find().exists(&session).await.unwrap();
    let mut stream = find().batch_size(2).stream(&session).await.unwrap();
    while let Some(item) = stream.next().await {
        item.unwrap();
    }
    by_id(1).one(&session).await.unwrap();
    by_id(1).many(&session).await.unwrap();
    by_id(1).fetch_before(&session).await.unwrap();
    by_id(1).fetch_after(&session).await.unwrap();
    Item::update_pipeline(Item::stages().compute(|i| i.n(), |i| (i.n() + 1).saturating::<i32>()))
        .filter(|i| i.id().eq(1))
        .one(&session)
        .await
        .unwrap();
    Item::replace(&item(1)).run(&session).await.unwrap();
    Item::replace(&item(1)).fetch_before(&session).await.unwrap();
    Item::replace(&item(1)).fetch_after(&session).await.unwrap();
    Item::delete().filter(|i| i.id().eq(1)).one(&session).await.unwrap();
    Item::delete().filter(|i| i.id().eq(2)).many(&session).await.unwrap();
    Item::delete().filter(|i| i.id().eq(3)).fetch(&session).await.unwrap();
    let archive: Collection<Item> = session.collection_named("archive");
    Item::insert(&item(1)).run(&archive).await.unwrap();
    let lsids = lsids(&commands);
    let getmores = commands.names().iter().filter(|name| *name == "getMore").count();
    assert_eq!((lsids.len(), getmores), (22, 2), "{:?}", commands.names());
    assert_ne!(lsids[0], Bson::Null);
    assert!(lsids.iter().all(|lsid| *lsid == lsids[0]), "{lsids:?}");
}

/// C1: the server's session goes back to the driver's pool.
#[tokio::test]
async fn c1_the_next_session_takes_over_the_id_of_one_that_ended() {
    let (db, commands) = recorded("c1_the_next_session").await;
    for _ in 0..2 {
        let session = db.start_session().await.unwrap();
        Item::find().all(&session).await.unwrap();
        session.end().await.unwrap();
        // The driver gives the id back in a task of its own.
        db.as_driver().client().list_database_names().await.unwrap();
    }
    let lsids: Vec<_> = commands.all().iter().map(|command| command.get("lsid").cloned()).collect();
    assert!(lsids[0].is_some());
    assert!(lsids[1..].contains(&lsids[0]), "{lsids:?}");
}

/// C3 and C6: the first command names no time, every later one that of the reply before.
#[tokio::test]
async fn c6_reads_and_writes_name_the_time_of_the_reply_before() {
    let (db, commands) = recorded("c6_reads_and_writes").await;
    let session = db.start_session().await.unwrap();
    Item::insert(&item(1)).run(&session).await.unwrap();
    assert_eq!(after(&last(&commands)), None);
    let written = session.causal_token().operation_time().map(Bson::Timestamp);
    assert!(written.is_some());
    Item::find().all(&session).await.unwrap();
    assert_eq!(after(&last(&commands)), written.as_ref());
    assert!(!last(&commands).get_document("readConcern").unwrap().contains_key("level"));
    let read = session.causal_token().operation_time().map(Bson::Timestamp);
    Item::find().read_concern(ReadConcern::majority()).all(&session).await.unwrap();
    let concern = last(&commands).get_document("readConcern").unwrap().clone();
    assert_eq!(concern.get("afterClusterTime"), read.as_ref());
    assert_eq!(concern.get_str("level").unwrap(), "majority");
}

/// C8: writes wait as well.
#[tokio::test]
async fn c8_a_write_after_a_read_names_its_time() {
    let (db, commands) = recorded("c8_a_write_after_a_read").await;
    let session = db.start_session().await.unwrap();
    Item::find().all(&session).await.unwrap();
    let read = session.causal_token().operation_time().map(Bson::Timestamp);
    Item::update().filter(|i| i.id().eq(1)).inc(|i| i.n(), 1).one(&session).await.unwrap();
    assert_eq!(after(&last(&commands)), read.as_ref());
}

#[tokio::test]
async fn c3_without_causal_consistency_no_time_is_named() {
    let (db, commands) = recorded("c3_without_causal").await;
    let session = db.start_session().without_causal_consistency().await.unwrap();
    Item::insert(&item(1)).run(&session).await.unwrap();
    Item::find().all(&session).await.unwrap();
    assert!(commands.all().iter().all(|command| after(command).is_none()));
}

/// C7: the preset for all guarantees, also above a model's own wishes.
#[tokio::test]
async fn c7_majority_sends_both_concerns() {
    let (db, commands) = recorded("c7_majority").await;
    let session = db.start_session().majority().await.unwrap();
    Item::insert(&item(1)).run(&session).await.unwrap();
    Item::find().all(&session).await.unwrap();
    Careful::insert(&Careful { id: 2, n: 0 }).run(&session).await.unwrap();
    let commands = commands.all();
    assert_eq!(commands[0].get_document("writeConcern").unwrap(), &doc! { "w": "majority" });
    assert_eq!(
        commands[1].get_document("readConcern").unwrap().get_str("level").unwrap(),
        "majority"
    );
    assert_eq!(commands[2].get_document("writeConcern").unwrap(), &doc! { "w": "majority" });
}

/// C9: only what starts a cursor names a time.
#[tokio::test]
async fn c9_a_get_more_names_no_time() {
    let (db, commands) = recorded("c9_a_get_more").await;
    let items: Vec<_> = (0..5).map(item).collect();
    Item::insert_many(&items).run(&db).await.unwrap();
    let session = db.start_session().await.unwrap();
    Item::find().first(&session).await.unwrap();
    commands.clear();
    let found: Vec<_> = Item::find().batch_size(2).stream(&session).await.unwrap().collect().await;
    assert_eq!(found.len(), 5);
    let sent = commands.all();
    assert!(after(&sent[0]).is_some());
    assert!(sent[1..].iter().all(|command| !command.contains_key("readConcern")), "{sent:?}");
}

/// C10: what one session has seen, another one can be told, through text.
#[tokio::test]
async fn c10_a_token_goes_through_json_to_another_client() {
    let (db, _) = recorded("c10_a_token").await;
    let (other, commands) = recorded("c10_a_token_elsewhere").await;
    let session = db.start_session().await.unwrap();
    Item::insert(&item(1)).run(&session).await.unwrap();
    let text = serde_json::to_string(&session.causal_token()).unwrap();
    let token: CausalToken = serde_json::from_str(&text).unwrap();
    assert_eq!(token, session.causal_token());

    let elsewhere = odm::Database::from_driver(other.as_driver().client().database(db.name()));
    let session = elsewhere.start_session().await.unwrap();
    session.advance(&token);
    assert_eq!(session.causal_token(), token);
    let secondary = Item::find().read_preference(ReadPreference::secondary());
    assert_eq!(secondary.all(&session).await.unwrap(), [item(1)]);
    assert_eq!(after(&last(&commands)), token.operation_time().map(Bson::Timestamp).as_ref());
    session.advance(&CausalToken::default());
    assert!(session.causal_token().operation_time() >= token.operation_time());
}

/// C11: a session knows whose it is.
#[tokio::test]
async fn c11_the_session_of_another_client_is_refused() {
    let db = database("c11_the_session_of").await;
    let (other, commands) = recorded("c11_another_client").await;
    let session = other.start_session().await.unwrap();
    let items = db.collection::<Item>().with_session(&session);
    let error = Item::insert(&item(1)).run(&items).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(error.to_string().contains("same client"), "{error}");
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn operations_of_one_session_run_one_after_the_other() {
    let (db, commands) = recorded("operations_of_one_session").await;
    let session = db.start_session().await.unwrap();
    let inserts = (0..20).map(|id| {
        let session = &session;
        async move { Item::insert(&item(id)).run(session).await }
    });
    for done in futures::future::join_all(inserts).await {
        done.unwrap();
    }
    let numbers: Vec<_> = commands.all().iter().map(|c| c.get_i64("txnNumber").unwrap()).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_snapshot_session_sees_one_moment() {
    let db = database("a_snapshot_session_sees").await;
    let durable = db.with_write_concern(WriteConcern::majority());
    Item::insert(&item(1)).run(&durable).await.unwrap();
    let session = db.start_session().snapshot().await.unwrap();
    assert_eq!(Item::find().count(&session).await.unwrap(), 1);
    Item::insert(&item(2)).run(&durable).await.unwrap();
    assert_eq!(Item::find().all(&session).await.unwrap(), [item(1)]);
    assert_eq!(Item::find().count(&session).await.unwrap(), 1);
    assert_eq!(Item::find().count(&db).await.unwrap(), 2);
}

#[tokio::test]
async fn a_snapshot_session_reads_collections_of_other_names() {
    let db = database("a_snapshot_session_reads").await;
    let durable = db.with_write_concern(WriteConcern::majority());
    let archive = durable.collection_named::<Item>("archive");
    Item::insert(&item(1)).run(&archive).await.unwrap();
    let session = db.start_session().snapshot().timeout(Duration::from_secs(20)).await.unwrap();
    let moment = session.collection_named::<Item>("archive");
    assert_eq!(Item::find_by_id(1).first(&moment).await.unwrap(), Some(item(1)));
    Item::insert(&item(2)).run(&archive).await.unwrap();
    assert_eq!(Item::find_by_id(2).first(&moment).await.unwrap(), None);
    let mut stream = Item::find().stream(&moment).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), item(1));
    assert!(stream.next().await.is_none());
    session.end().await.unwrap();
}

#[tokio::test]
async fn a_stream_and_writes_take_turns_in_a_session() {
    let db = database("a_stream_and_writes").await;
    Item::insert_many(&(0..10).map(item).collect::<Vec<_>>()).run(&db).await.unwrap();
    let session = db.start_session().await.unwrap();
    let mut stream = Item::find().batch_size(2).stream(&session).await.unwrap();
    let mut seen = 0;
    while let Some(item) = stream.next().await {
        let id = item.unwrap().id;
        Item::update().filter(|i| i.id().eq(id)).inc(|i| i.n(), 1).one(&session).await.unwrap();
        seen += 1;
    }
    assert_eq!(seen, 10);
    assert_eq!(Item::find().filter(|i| i.n().eq(1)).count(&session).await.unwrap(), 10);
}

/// Preferences: of the operation before the model, of the model before the database.
#[tokio::test]
async fn a_model_says_how_it_is_read_and_written() {
    let (db, commands) = recorded("a_model_says_how").await;
    Careful::insert(&Careful { id: 1, n: 0 }).run(&db).await.unwrap();
    assert_eq!(last(&commands).get_document("writeConcern").unwrap(), &doc! { "w": 2 });
    Careful::insert(&Careful { id: 2, n: 0 })
        .write_concern(WriteConcern::majority())
        .run(&db)
        .await
        .unwrap();
    assert_eq!(last(&commands).get_document("writeConcern").unwrap(), &doc! { "w": "majority" });
    Careful::find().all(&db.with_read_concern(ReadConcern::local())).await.unwrap();
    let read = last(&commands);
    assert_eq!(read.get_document("readConcern").unwrap().get_str("level").unwrap(), "majority");
    let preference = read.get_document("$readPreference").unwrap();
    assert_eq!(preference.get_str("mode").unwrap(), "secondaryPreferred");
    Item::find().all(&db.with_read_concern(ReadConcern::majority())).await.unwrap();
    let read = last(&commands);
    assert_eq!(read.get_document("readConcern").unwrap().get_str("level").unwrap(), "majority");
}

#[tokio::test]
async fn a_time_limit_of_a_session_holds_for_each_operation() {
    let (db, commands) = recorded("a_time_limit_of_a_session").await;
    let session = db.start_session().timeout(Duration::from_secs(5)).await.unwrap();
    Item::find().all(&session).await.unwrap();
    let limit = number(&last(&commands), "maxTimeMS").unwrap();
    assert!((4000..=5000).contains(&limit), "{limit}");
    Item::find().timeout(Duration::from_secs(60)).all(&session).await.unwrap();
    let limit = number(&last(&commands), "maxTimeMS").unwrap();
    assert!((50_000..=60_000).contains(&limit), "{limit}");
}

#[test]
fn what_is_no_token_is_refused() {
    for text in ["a", "zz", "ab", "0500000000é", "3132"] {
        let error = text.parse::<CausalToken>().unwrap_err();
        assert_eq!(error.to_string(), "this is not a causal token");
    }
    let none = CausalToken::default();
    assert_eq!(none.to_string().parse::<CausalToken>().unwrap(), none);
}
