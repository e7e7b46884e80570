//! Options of any size: a mistake is named before anything is sent, and nothing panics.

use std::time::Duration;

use odm::{
    ErrorKind, Outcome,
    options::{Acknowledgment, WriteConcern},
    prelude::*,
};
use tests::recorded;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
    n: i32,
}

const HUGE: [Duration; 3] =
    [Duration::MAX, Duration::from_secs(u64::MAX / 1000), Duration::from_secs(1 << 40)];

fn item(id: i64) -> Item {
    Item { id, n: 0 }
}

#[tokio::test]
async fn limits_as_long_as_can_be_are_no_mistake() {
    let (db, _) = recorded("limits_as_long_as_can_be").await;
    for limit in HUGE {
        Item::delete().all_documents().timeout(limit).many(&db).await.unwrap();
        Item::insert(&item(1)).timeout(limit).run(&db).await.unwrap();
        Item::insert_many(&[item(2), item(3)]).timeout(limit).run(&db).await.unwrap();
        let update = || Item::update().by_id(1).inc(|i| i.n(), 1).timeout(limit);
        update().one(&db).await.unwrap();
        update().many(&db).await.unwrap();
        update().fetch_after(&db).await.unwrap();
        Item::replace(&item(1)).timeout(limit).run(&db).await.unwrap();
        Item::bulk().insert(&item(4)).timeout(limit).run(&db).await.unwrap();
        Item::bulk().replace(&item(4)).atomic().timeout(limit).run(&db).await.unwrap();
        assert_eq!(Item::find().timeout(limit).all(&db).await.unwrap().len(), 4);
        assert_eq!(Item::find().timeout(limit).count(&db).await.unwrap(), 4);
        let session = db.start_session().timeout(limit).await.unwrap();
        Item::delete().by_id(4).timeout(limit).one(&session).await.unwrap();
        let stream = Item::find().timeout(limit).stream(&session).await.unwrap();
        drop(stream);
        session
            .transaction(|tx| async move { update().one(&tx).await })
            .timeout(limit)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn other_times_that_are_too_long_are_named_or_cut() {
    let (db, commands) = recorded("other_times_that_are_too_long").await;
    Item::insert(&item(1)).run(&db).await.unwrap();
    commands.clear();
    for time in HUGE {
        let error = Item::find().max_time(time).all(&db).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{error:?}");
        let mut concern = WriteConcern::majority();
        concern.w_timeout = Some(time);
        let error = Item::insert(&item(2)).write_concern(concern).run(&db).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::NotSent, "{error:?}");
    }
    assert_eq!(commands.names(), Vec::<String>::new());
    for time in HUGE {
        let preference = ReadPreference::primary_preferred().max_staleness(time);
        assert_eq!(Item::find().read_preference(preference).count(&db).await.unwrap(), 1);
    }
}

/// A write concern that says nothing is not sent: the server would take `{}` for its own default,
/// and older ones refuse it.
#[tokio::test]
async fn an_empty_write_concern_is_not_sent() {
    let (db, commands) = recorded("an_empty_write_concern").await;
    let empty = WriteConcern::default;
    let limit = Duration::from_secs(20);
    Item::insert(&item(1)).write_concern(empty()).run(&db).await.unwrap();
    Item::insert_many(&[item(2)]).write_concern(empty()).timeout(limit).run(&db).await.unwrap();
    Item::update().by_id(1).inc(|i| i.n(), 1).write_concern(empty()).one(&db).await.unwrap();
    Item::update()
        .by_id(1)
        .inc(|i| i.n(), 1)
        .write_concern(empty())
        .fetch_after(&db)
        .await
        .unwrap();
    Item::bulk().insert(&item(3)).write_concern(empty()).run(&db).await.unwrap();
    Item::delete().by_id(3).write_concern(empty()).timeout(limit).one(&db).await.unwrap();
    for command in commands.all() {
        assert!(!command.contains_key("writeConcern"), "{command}");
    }
    assert_eq!(commands.all().len(), 6);
    let mut one = WriteConcern::default();
    one.w = Some(Acknowledgment::Nodes(1));
    Item::delete().by_id(2).write_concern(one).one(&db).await.unwrap();
    let sent = commands.named("delete").pop().unwrap();
    assert_eq!(sent.get_document("writeConcern").unwrap(), &doc! { "w": 1 });
}
