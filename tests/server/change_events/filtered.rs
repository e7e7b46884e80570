//! The server lets through exactly the events that a filter is for.

use odm::{
    bson::{Document, RawDocumentBuf, Timestamp},
    change_stream::{Event, EventFields, ResumeToken, condition},
    filter::Condition,
    mongodb::options::{FullDocumentBeforeChangeType, FullDocumentType},
    prelude::*,
};
use tests::database;

use super::{Point, Series, create, now, series};

/// The last change of the script, after which there are no more.
const LAST: i64 = 999;

/// One change of each kind, each of a document of its own.
async fn script(db: &Database) -> Timestamp {
    create(db).await;
    let documents: Vec<_> = (1..=12).map(series).collect();
    Series::insert_many(&documents).run(db).await.expect("an insert");
    let start = now(db).await;
    let of = |id: i64| Series::update().filter(move |s| s.id().eq(id));
    for update in [
        of(1).set(|s| s.name(), "b"),
        of(2).set(|s| s.points().at(2).y(), 5),
        of(3).set(|s| s.points(), vec![Point { x: 7, y: 7 }]),
        of(4).unset(|s| s.note()),
        of(6).set(|s| s.labels().key("k"), 3),
        of(7).set(|s| s.grid().at(0).at(1), 9),
        of(10).inc(|s| s.points().at(0).x(), 1),
        of(11).unset(|s| s.labels().key("k")),
    ] {
        assert_eq!(update.one(db).await.expect("an update").modified, 1);
    }
    let raw = db.as_driver().collection::<Document>("series");
    let cut = vec![doc! { "$set": { "points": { "$slice": ["$points", 2] } } }];
    raw.update_one(doc! { "_id": 5_i64 }, cut).await.expect("an update");
    let replaced = Series { name: "r".into(), ..series(8) };
    Series::replace(&replaced).run(db).await.expect("a replace");
    Series::delete().filter(|s| s.id().eq(9)).one(db).await.expect("a delete");
    Series::insert(&series(20)).run(db).await.expect("an insert");
    Series::insert(&series(LAST)).run(db).await.expect("an insert");
    // The tokens of a stream without events follow the deployment's writes.
    let later = db.as_driver().collection::<Document>("later");
    later.insert_one(doc! { "_id": 1 }).await.expect("an insert");
    start
}

/// What puts tokens in order.
fn place(token: &ResumeToken) -> String {
    token.as_raw().get_str("_data").expect("a text").to_owned()
}

struct Script {
    db: Database,
    start: Timestamp,
    /// The place of the last change.
    end: String,
}

impl Script {
    async fn run(name: &str) -> Self {
        let db = database(name).await;
        let start = script(&db).await;
        let mut script = Self { db, start, end: String::new() };
        let all = script.events(doc! {}, |event| event.id() == Some(&LAST)).await;
        script.end = place(all.last().expect("events").token());
        assert_eq!(all.len(), 13, "{all:?}");
        script
    }

    /// The events after the start that match, up to one that is the last, or to the end.
    async fn events(
        &self,
        filter: Document,
        is_last: impl Fn(&ChangeEvent<Series>) -> bool,
    ) -> Vec<ChangeEvent<Series>> {
        let collection = self.db.as_driver().collection::<Document>("series");
        let stream = collection
            .watch()
            .pipeline(vec![doc! { "$match": filter }])
            .full_document(FullDocumentType::WhenAvailable)
            .full_document_before_change(FullDocumentBeforeChangeType::WhenAvailable)
            .start_at_operation_time(self.start)
            .max_await_time(std::time::Duration::from_millis(50));
        let mut stream = stream.await.expect("a change stream").with_type::<RawDocumentBuf>();
        let mut events = Vec::new();
        loop {
            if let Some(event) = stream.next_if_any().await.expect("a live stream") {
                let event = ChangeEvent::<Series>::decode(&event).expect("a token");
                // The operation time is that of the last insert before the script.
                if event.operation() != Operation::Insert || event.id() > Some(&12) {
                    events.push(event);
                }
                if events.last().is_some_and(&is_last) {
                    return events;
                }
            } else if let Some(token) = stream.resume_token() {
                let token = ResumeToken::try_from(&token).expect("a token");
                if !self.end.is_empty() && place(&token) > self.end {
                    return events;
                }
            }
        }
    }

    /// The events that a filter lets through, as in `update 1`.
    async fn passing<C: Condition<Event<Series>>>(
        &self,
        filter: impl FnOnce(EventFields<Series>) -> C,
    ) -> Vec<String> {
        let filter = condition(filter).as_document().expect("a valid filter");
        let events = self.events(filter, |_| false).await;
        let mut names: Vec<_> = events
            .iter()
            .map(|event| format!("{} {}", event.operation(), event.id().expect("an id")))
            .collect();
        names.sort_by_key(|name| name.rsplit(' ').next().and_then(|id| id.parse::<i64>().ok()));
        names
    }
}

#[tokio::test]
async fn operations_ids_and_documents_are_filtered() {
    let script = Script::run("operations_ids_and_documents").await;
    assert_eq!(
        script.passing(|e| e.operation().eq(Operation::Insert)).await,
        ["insert 20", "insert 999"],
    );
    assert_eq!(
        script.passing(|e| e.operation().in_([Operation::Delete, Operation::Replace])).await,
        ["replace 8", "delete 9"],
    );
    assert_eq!(script.passing(|e| e.id().eq(7)).await, ["update 7"]);
    assert_eq!(script.passing(|e| e.id().gt(8) & e.id().lt(11)).await, ["delete 9", "update 10"]);
    assert_eq!(
        script.passing(|e| e.document().name().in_(["b", "r"])).await,
        ["update 1", "replace 8"]
    );
    assert_eq!(script.passing(|e| e.document().points().any().y().eq(5)).await, ["update 2"]);
    assert_eq!(
        script.passing(|e| e.document().points().elem_match(|p| p.x().eq(7) & p.y().eq(7))).await,
        ["update 3"],
    );
    assert_eq!(
        script.passing(|e| e.document().note().is_absent() & e.document().exists()).await,
        ["update 4"]
    );
    assert_eq!(
        script.passing(|e| e.before().name().eq("a") & !e.operation().eq(Operation::Update)).await,
        ["replace 8", "delete 9"],
    );
    assert_eq!(
        script.passing(|e| !(e.document().exists() | e.id().eq(9) | e.before().exists())).await,
        [""; 0],
    );
    assert_eq!(
        script
            .passing(|e| {
                let kept = e.operation().nin([Operation::Insert, Operation::Delete]);
                kept & !(e.document().name().eq("a") | e.id().eq(8))
            })
            .await,
        ["update 1"],
    );
    let renamed = |e: EventFields<Series>| {
        e.expr(|e| e.document().name().ne(e.before().name()))
            & e.operation().in_([Operation::Update, Operation::Replace])
    };
    assert_eq!(script.passing(renamed).await, ["update 1", "replace 8"]);
}

#[tokio::test]
async fn touched_paths_are_filtered() {
    let script = Script::run("touched_paths").await;
    let all = [
        "update 1",
        "update 2",
        "update 3",
        "update 4",
        "update 5",
        "update 6",
        "update 7",
        "replace 8",
        "update 10",
        "update 11",
    ];
    assert_eq!(script.passing(|e| e.touches(|s| s.clone())).await, all);
    assert_eq!(
        script.passing(|e| !e.touches(|s| s.clone())).await,
        ["delete 9", "insert 20", "insert 999"],
    );
    assert_eq!(
        script.passing(|e| e.operation().eq(Operation::Update) & !e.touches(|s| s.points())).await,
        ["update 1", "update 4", "update 6", "update 7", "update 11"],
    );
    assert_eq!(script.passing(|e| e.touches(|s| s.name())).await, ["update 1", "replace 8"]);
    assert_eq!(
        script.passing(|e| e.touches(|s| s.points())).await,
        ["update 2", "update 3", "update 5", "replace 8", "update 10"],
    );
    assert_eq!(
        script.passing(|e| e.touches(|s| s.points().any().y())).await,
        ["update 2", "update 3", "update 5", "replace 8"],
    );
    assert_eq!(
        script.passing(|e| e.touches(|s| s.points().at(1).y())).await,
        ["update 3", "replace 8"],
    );
    assert_eq!(
        script.passing(|e| e.touches(|s| s.points().at(2).y())).await,
        ["update 2", "update 3", "update 5", "replace 8"],
    );
    assert_eq!(script.passing(|e| e.touches(|s| s.note())).await, ["update 4", "replace 8"]);
    assert_eq!(
        script.passing(|e| e.touches(|s| s.labels().key("k"))).await,
        ["update 6", "replace 8", "update 11"],
    );
    assert_eq!(script.passing(|e| e.touches(|s| s.labels().key("l"))).await, ["replace 8"]);
    assert_eq!(
        script.passing(|e| e.touches(|s| s.grid().at(0).any())).await,
        ["update 7", "replace 8"],
    );
    assert_eq!(
        script
            .passing(|e| {
                e.operation().eq(Operation::Update)
                    & (e.touches(|s| s.name()) | e.touches(|s| s.note()))
                    & !e.id().eq(4)
            })
            .await,
        ["update 1"],
    );
}

/// Names of up to three steps, most of which no model has.
fn names() -> Vec<String> {
    let steps = ["points", "grid", "X", "Y", "0", "1", "10", "title"];
    let mut names: Vec<String> = steps.map(str::to_owned).into();
    for _ in 0..2 {
        let longer: Vec<_> = names
            .iter()
            .flat_map(|name| steps.iter().map(move |step| format!("{name}.{step}")))
            .collect();
        names.extend(longer);
    }
    names.sort();
    names.dedup();
    names
}

/// Update events as a server could write them: each name changed in each of the three ways.
fn descriptions() -> Vec<Document> {
    let mut descriptions = Vec::new();
    for name in names() {
        descriptions.push(doc! { "updatedFields": { "count": 1_i64, &name: 1 } });
        descriptions.push(doc! { "removedFields": ["note", &name] });
        for size in [0, 1, 10, 11] {
            let other = doc! { "field": "labels", "newSize": 0 };
            let cut = doc! { "field": &name, "newSize": size };
            descriptions.push(doc! { "truncatedArrays": [other, cut] });
        }
    }
    descriptions
}

#[tokio::test]
async fn the_server_and_changes_agree_on_what_is_touched() {
    let db = database("the_server_and_changes_agree").await;
    let events = db.as_driver().collection::<Document>("events");
    let all = descriptions().into_iter().enumerate().map(|(number, description)| {
        doc! {
            "_id": { "_data": format!("{number:05}") },
            "operationType": "update",
            "documentKey": { "_id": 1_i64 },
            "updateDescription": description,
        }
    });
    let all: Vec<_> = all.collect();
    events.insert_many(&all).await.expect("an insert");

    macro_rules! agree {
        ($($path:expr),* $(,)?) => {$({
            let filter = condition::<Series, _>(|e| e.touches($path)).as_document().unwrap();
            let found = events.find(filter).sort(doc! { "_id": 1 }).await.expect("a find");
            let found: Vec<Document> = futures::TryStreamExt::try_collect(found).await.unwrap();
            let expected: Vec<_> = all
                .iter()
                .filter(|event| {
                    let raw = RawDocumentBuf::try_from(*event).unwrap();
                    match ChangeEvent::<Series>::decode(&raw) {
                        Ok(ChangeEvent::Update(e)) => e.changes.touches($path),
                        other => panic!("{other:?}"),
                    }
                })
                .cloned()
                .collect();
            assert!(!expected.is_empty() && expected.len() < all.len());
            assert_eq!(found, expected, "{}", stringify!($path));
        })*};
    }
    agree!(
        |s| s.name(),
        |s| s.points(),
        |s| s.points().at(1),
        |s| s.points().at(10).y(),
        |s| s.points().any().y(),
        |s| s.points().any(),
        |s| s.grid().at(0).at(1),
        |s| s.grid().at(10).any(),
    );
}
