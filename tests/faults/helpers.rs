//! What the other tests here rest on: fail points, proxy, faults, replication that stops.

use std::time::{Duration, Instant};

use odm::{ErrorKind, Outcome, prelude::*};
use tests::{
    Connect, FailPoint, Faults, Lost, OwnSet, Proxy, Set, fallible, only, resume_replication,
    shared_set, stop_replication,
};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "things")]
struct Thing {
    #[model(id)]
    id: i64,
    name: String,
}

fn thing(id: i64) -> Thing {
    Thing { id, name: "a".into() }
}

#[tokio::test]
async fn a_fail_point_fails_one_client_alone() {
    let (db, commands) = fallible("a_fail_point_fails_one_client").await;
    let (other, _) = fallible("a_fail_point_spares_another").await;
    let primary = shared_set().await.primary_member().await;
    let fail = FailPoint::fail_command("a_fail_point_fails_one_client", &["insert"]);
    let fail = fail.error_code(2).on(primary).await;
    Thing::insert(&thing(1)).run(&other).await.unwrap();
    let error = Thing::insert(&thing(1)).run(&db).await.unwrap_err();
    assert_eq!(error.code(), Some(2));
    assert_eq!(commands.failed().len(), 1);
    assert_eq!(fail.off().await, 1);
    Thing::insert(&thing(1)).run(&db).await.unwrap();
}

#[tokio::test]
async fn a_fail_point_ends_with_its_value() {
    let (db, _) = fallible("a_fail_point_ends_with_its_value").await;
    let primary = shared_set().await.primary_member().await;
    let fail = FailPoint::fail_command("a_fail_point_ends_with_its_value", &["insert"]);
    let fail = fail.error_code(2).on(primary).await;
    Thing::insert(&thing(1)).run(&db).await.unwrap_err();
    drop(fail);
    Thing::insert(&thing(1)).run(&db).await.unwrap();
}

#[tokio::test]
async fn a_command_can_be_made_slow() {
    let (db, _) = fallible("a_command_can_be_made_slow").await;
    let primary = shared_set().await.primary_member().await;
    let fail = FailPoint::fail_command("a_command_can_be_made_slow", &["find"]);
    let fail = fail.block(Duration::from_millis(300)).times(1).on(primary).await;
    let begun = Instant::now();
    let (found, ()) = tokio::join!(Thing::find().first(&db), fail.entered(1));
    assert_eq!(found.unwrap(), None);
    assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
    fail.off().await;
}

#[tokio::test]
async fn the_proxy_loses_a_request() {
    let proxy = Proxy::before(shared_set().await.primary_member().await).await;
    let client = Connect::to(proxy.uri()).retry_writes(false);
    let (db, commands) = client.database("the_proxy_loses_a_request").await;
    proxy.cut(Lost::Request, 1, &["update", "insert"]);
    let error = Thing::insert(&thing(1)).run(&db).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!((proxy.cuts(), commands.names()), (1, vec!["insert".to_owned()]));
    assert_eq!(Thing::find().count(&db).await.unwrap(), 0);
}

#[tokio::test]
async fn the_proxy_loses_the_reply_to_what_was_applied() {
    let proxy = Proxy::before(shared_set().await.primary_member().await).await;
    let client = Connect::to(proxy.uri()).retry_writes(false);
    let (db, commands) = client.database("the_proxy_loses_the_reply").await;
    proxy.cut(Lost::Reply, 1, &["insert"]);
    let error = Thing::insert(&thing(1)).run(&db).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!((proxy.cuts(), commands.names()), (1, vec!["insert".to_owned()]));
    assert_eq!(Thing::find().all(&db).await.unwrap(), [thing(1)]);
}

#[tokio::test]
async fn the_proxy_cuts_all_connections_while_they_wait() {
    let primary = shared_set().await.primary_member().await;
    let proxy = Proxy::before(primary).await;
    let name = "the_proxy_cuts_all";
    let client = Connect::to(proxy.uri()).app_name(name).options(|o| o.retry_reads = Some(false));
    let (db, _) = client.database(name).await;
    let slow = FailPoint::fail_command(name, &["find"]).block(Duration::from_secs(15)).times(1);
    let slow = slow.on(primary).await;
    let begun = Instant::now();
    let (found, ()) = tokio::join!(Thing::find().first(&db), async {
        slow.entered(1).await;
        proxy.cut_all();
    });
    assert!(matches!(found.unwrap_err().kind(), ErrorKind::Unavailable(_)));
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    assert_eq!(Thing::find().first(&db).await.unwrap(), None);
}

#[tokio::test]
async fn the_proxy_answers_in_place_of_the_member() {
    let proxy = Proxy::before(shared_set().await.primary_member().await).await;
    let (db, _) = Connect::to(proxy.uri()).database("the_proxy_answers").await;
    let reply = doc! { "ok": 0.0, "code": 2, "codeName": "BadValue", "errmsg": "no" };
    proxy.answer(&reply, 1, &["insert"]);
    let error = Thing::insert(&thing(1)).run(&db).await.unwrap_err();
    assert_eq!(error.code(), Some(2), "{error:?}");
    assert_eq!(Thing::find().count(&db).await.unwrap(), 1);
}

#[tokio::test]
async fn a_lost_reply_is_asked_for_again_and_the_document_is_there_once() {
    let mut proxy = Proxy::before(shared_set().await.primary_member().await).await;
    let client = Connect::to(proxy.uri());
    let (db, commands) = client.database("a_lost_reply_is_asked_for_again").await;
    proxy.cut(Lost::Reply, 1, &["insert"]);
    Thing::insert(&thing(1)).run(&db).await.unwrap();
    proxy.cut_at_least(1).await;
    let sent = commands.named("insert");
    let [first, second] = sent.as_slice() else { panic!("{sent:?}") };
    assert!(first.get_i64("txnNumber").is_ok(), "{first}");
    assert_eq!(first.get("txnNumber"), second.get("txnNumber"));
    assert_eq!(first.get("lsid"), second.get("lsid"));
    assert_eq!(commands.failed().len(), 1);
    assert_eq!(Thing::find().all(&db).await.unwrap(), [thing(1)]);
}

#[tokio::test]
async fn replication_stops_on_one_secondary_and_goes_on() {
    let set = OwnSet::start().await;
    set.keep_primary().await;
    set.tag_members().await;
    let (db, _) = Connect::to(set.uri()).app_name("replication_stops").database("stops").await;
    let follower = set.follower().await;
    let there = || Thing::find().read_preference(only(follower)).count(&db);
    Thing::insert(&thing(0)).run(&db).await.unwrap();
    let stopped = stop_replication(set.member(follower)).await;
    let before = there().await.unwrap();
    Thing::insert(&thing(1)).run(&db).await.unwrap();
    assert_eq!(Thing::find().count(&db).await.unwrap(), 2);
    assert_eq!(there().await.unwrap(), before);
    resume_replication(stopped, set.primary_member().await).await;
    assert_eq!(there().await.unwrap(), 2);
}

#[tokio::test]
async fn faults_come_again_until_they_are_stopped() {
    let set = OwnSet::start().await;
    let first = set.leader().await;
    let mut faults = Faults::step_downs(&set, Duration::from_secs(60));
    faults.at_least(1).await;
    assert_ne!(set.leader().await, first);
    assert_eq!(faults.stop().await, 1);
    let mut faults = Faults::kills(&set, Duration::from_millis(100));
    faults.at_least(2).await;
    assert!(faults.stop().await >= 2);
    let (db, _) = Connect::to(set.uri()).database("after").await;
    Thing::insert(&thing(1)).run(&db).await.unwrap();
}
