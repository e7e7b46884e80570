//! Mistakes that are found when the operation runs: before anything is sent.

use std::collections::BTreeMap;

use odm::{ErrorKind, Outcome, prelude::*};
use tests::recorded;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "series")]
struct Series {
    #[model(id)]
    id: i64,
    points: Vec<Point>,
    labels: BTreeMap<String, String>,
    big: u64,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

fn series() -> Series {
    Series { id: 1, points: vec![], labels: BTreeMap::new(), big: 0 }
}

/// Every local mistake, by its number in the list of refusals where it has one.
#[tokio::test]
async fn no_mistake_reaches_the_server() {
    let (db, commands) = recorded("no_mistake_reaches_the_server").await;
    let update = || Series::update().filter(|s| s.id().eq(1));
    let i = Point::array_filter("i", |p| p.x().gt(0));
    let j = Point::array_filter("i", |p| p.x().lt(0));
    let bad = Point::array_filter("Bad-Id", |p| p.x().lt(0));
    let huge = Series { big: u64::MAX, ..series() };

    let mistakes = [
        ("3", update().set(path!(points[$i].y), 1).set(path!(points[$j].x), 1).one(&db).await),
        ("4", update().set(|s| s.points().filtered_by(&bad).y(), 1).many(&db).await),
        ("17", update().set(|s| s.labels().key("a.b"), "c").one(&db).await),
        ("17", update().set(|s| s.labels().key("$a"), "c").one(&db).await),
        ("21", update().set(|s| s.big(), 1).inc(|s| s.big(), 1).one(&db).await),
        ("21", update().set(|s| s.points(), []).set(|s| s.points().at(0).x(), 1).one(&db).await),
        ("empty", update().one(&db).await),
        ("encode", update().set(|s| s.big(), u64::MAX).one(&db).await),
        ("replace", Series::replace(&huge).run(&db).await),
    ];
    for (number, result) in mistakes {
        let error = result.expect_err(number);
        assert_eq!(error.outcome(), Outcome::NotSent, "{number}: {error}");
    }
    let error = Series::insert(&huge).run(&db).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot encode big: 18446744073709551615 does not fit in int64, the widest integer of BSON"
    );
    let error = Series::find().filter(|s| s.labels().key("a.b").eq("c")).all(&db).await;
    assert!(matches!(error.unwrap_err().kind(), ErrorKind::Invalid(_)));
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn one_document_that_cannot_be_encoded_stops_the_whole_insert() {
    let (db, commands) = recorded("one_document_that_cannot_be_encoded").await;
    let huge = Series { big: u64::MAX, id: 2, ..series() };
    let error = Series::insert_many([&series(), &huge]).run(&db).await.unwrap_err();
    let ErrorKind::Encode { path, .. } = error.kind() else { panic!("{error:?}") };
    assert_eq!(path, "big");
    assert!(error.to_string().contains("document 1"), "{error}");
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn a_sort_order_that_would_decide_nothing_is_refused() {
    let (db, commands) = recorded("a_sort_order_that_would_decide").await;
    let delete = || Series::delete().all_documents().sort(|s| s.id().desc());
    let update = Series::update().all_documents().set(|s| s.big(), 1).sort(|s| s.id().desc());
    for error in [
        delete().one(&db).await.unwrap_err(),
        delete().many(&db).await.unwrap_err(),
        update.many(&db).await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("sort"), "{error}");
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn conditions_nested_too_deep_are_refused() {
    let (db, commands) = recorded("conditions_nested_too_deep").await;
    let deep = (0..1_000).fold(Series::fields().id().eq(1), |filter, _| !filter);
    let error = Series::find().filter(|_| deep).all(&db).await.unwrap_err();
    assert_eq!(error.to_string(), "the document is nested deeper than 100 levels");
    assert_eq!(commands.names(), Vec::<String>::new());
}
