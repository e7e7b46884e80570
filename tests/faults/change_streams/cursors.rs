//! Cursors on the server, when nobody waits for them any more.

use std::time::Duration;

use futures::future::{Either, select};
use odm::{Database, prelude::*};
use tests::{Connect, Member, OwnSet, Random, Set, only};

use super::{Item, insert, open_cursors};

const ROUNDS: usize = 200;

/// The future's result, unless it is dropped before, after some milliseconds or parts of one.
async fn cut<T>(future: impl Future<Output = T>, random: &mut Random) -> Option<T> {
    let moment = Duration::from_micros(random.below(4000));
    let moment = std::pin::pin!(tokio::time::sleep(moment));
    match select(std::pin::pin!(future), moment).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

/// Waits until no cursor is open: they are closed in the background.
pub(crate) async fn nothing_is_open(member: Member, database: &str) {
    are_open(member, database, 0).await;
}

/// Waits until this many cursors are open. A look may come between a command that is still on its
/// way and the closing of its cursor, or see a cursor beside the command that is just ending; so
/// there are several.
pub(crate) async fn are_open(member: Member, database: &str, count: usize) {
    let as_many = async {
        let mut looks = 0;
        while looks < 5 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            looks = if open_cursors(member, database).await == count { looks + 1 } else { 0 };
        }
    };
    let as_many = tokio::time::timeout(Duration::from_secs(20), as_many).await;
    assert!(as_many.is_ok(), "{} cursors, not {count}", open_cursors(member, database).await);
}

async fn set_with_items() -> (std::sync::Arc<OwnSet>, Database) {
    let set = OwnSet::start().await;
    set.keep_primary().await;
    set.tag_members().await;
    let (db, _) = Connect::to(set.uri()).app_name("cursors").database("cursors").await;
    let db = db.with_write_concern(
        odm::options::WriteConcern::builder().w(mongodb::options::Acknowledgment::Nodes(3)).build(),
    );
    insert(&db, 0..20).await;
    (set, db)
}

/// Opens 200 streams that are dropped while they open, or right after.
async fn cuts<T>(open: impl AsyncFn() -> odm::Result<T>) -> usize {
    let (mut random, mut torn) = (Random(0x5eed_0004), 0);
    for _ in 0..ROUNDS {
        match cut(open(), &mut random).await {
            Some(opened) => drop(opened.unwrap()),
            None => torn += 1,
        }
    }
    torn
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watches_that_are_dropped_while_they_open_leave_no_cursor() {
    let (set, db) = set_with_items().await;
    let follower = set.follower().await;
    for (member, preference) in
        [(set.leader().await, ReadPreference::primary()), (follower, only(follower))]
    {
        let member = set.member(member);
        let watch = || Item::watch().read_preference(preference.clone());
        let torn = cuts(async || watch().stream(&db).await).await;
        assert!(torn >= ROUNDS / 10, "{torn} were torn");
        nothing_is_open(member, db.name()).await;
        let session = db.start_session().await.unwrap();
        let torn = cuts(async || watch().stream(&session).await).await;
        assert!(torn >= ROUNDS / 10, "{torn} were torn");
        nothing_is_open(member, db.name()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finds_that_are_dropped_while_they_open_leave_no_cursor() {
    let (set, db) = set_with_items().await;
    let follower = set.follower().await;
    for (member, preference) in
        [(set.leader().await, ReadPreference::primary()), (follower, only(follower))]
    {
        let member = set.member(member);
        let find = || Item::find().batch_size(2).read_preference(preference.clone());
        let torn = cuts(async || find().stream(&db).await).await;
        assert!(torn >= ROUNDS / 20, "{torn} were torn");
        nothing_is_open(member, db.name()).await;
        let session = db.start_session().await.unwrap();
        let torn = cuts(async || find().stream(&session).await).await;
        assert!(torn >= ROUNDS / 20, "{torn} were torn");
        nothing_is_open(member, db.name()).await;
    }
}

/// A `getMore` that is dropped with its stream, in the middle of the documents.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finds_that_are_dropped_while_they_are_read_leave_no_cursor() {
    let (set, db) = set_with_items().await;
    let follower = set.follower().await;
    let member = set.member(follower);
    let mut random = Random(0x5eed_0005);
    for _ in 0..ROUNDS {
        let find = Item::find().batch_size(2).read_preference(only(follower));
        let mut found = find.stream(&db).await.unwrap();
        for _ in 0..4 {
            drop(cut(found.next(), &mut random).await);
        }
    }
    nothing_is_open(member, db.name()).await;
}
