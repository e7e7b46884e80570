//! Change events of a real server, read from the driver's own change stream.

mod described;
mod filtered;
mod reported;

use std::collections::BTreeMap;

use odm::{
    Database,
    bson::{Document, RawDocumentBuf, Timestamp},
    mongodb::change_stream::ChangeStream,
    prelude::*,
};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "series", pre_and_post_images)]
struct Series {
    #[model(id)]
    id: i64,
    #[model(rename = "title")]
    name: String,
    points: Vec<Point>,
    grid: Vec<Vec<i32>>,
    labels: BTreeMap<String, i32>,
    note: Option<String>,
    memo: Option<String>,
    origin: Point,
    count: i64,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(rename_all = "UPPERCASE")]
struct Point {
    x: i32,
    y: i32,
}

fn series(id: i64) -> Series {
    Series {
        id,
        name: "a".into(),
        points: (0..4).map(|x| Point { x, y: 0 }).collect(),
        grid: vec![vec![1, 2], vec![3, 4]],
        labels: [("k".to_owned(), 1), ("l".to_owned(), 2)].into(),
        note: Some("n".into()),
        memo: None,
        origin: Point { x: 0, y: 0 },
        count: 1,
    }
}

type Raw = ChangeStream<RawDocumentBuf>;

/// Creates the collection, which keeps images of its documents.
async fn create(db: &Database) {
    let images = doc! { "enabled": Series::options().has_images() };
    let create = doc! { "create": Series::COLLECTION, "changeStreamPreAndPostImages": images };
    db.as_driver().run_command(create).await.expect("a collection");
}

async fn watch(db: &Database) -> Raw {
    let collection = db.as_driver().collection::<Document>("series");
    collection.watch().await.expect("a change stream").with_type()
}

/// The next event.
async fn next(stream: &mut Raw) -> ChangeEvent<Series> {
    use futures::StreamExt;
    let event = stream.next().await.expect("an event").expect("a live stream");
    ChangeEvent::decode(&event).expect("a token")
}

/// The time of the last operation of the deployment.
async fn now(db: &Database) -> Timestamp {
    let reply = db.as_driver().run_command(doc! { "ping": 1 }).await.expect("a ping");
    reply.get_timestamp("operationTime").expect("a time")
}
