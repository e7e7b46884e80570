//! Bulk writes: results, errors and indexes, whatever the order and however many commands.

#![allow(clippy::single_range_in_vec_init)] // Lists of ranges are what is told.

mod atomic;
mod insert_many;
mod many;
mod results;

use odm::{Database, bson::Document, error::BulkWriteFailure, prelude::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
    name: String,
    #[model(default)]
    nums: Vec<i32>,
}

fn item(id: i64) -> Item {
    Item { id, name: format!("item {id}"), nums: vec![0, 1, 2] }
}

/// The items 1 to `count`.
async fn fill(db: &Database, count: i64) {
    let items: Vec<_> = (1..=count).map(item).collect();
    Item::insert_many(&items).run(db).await.expect("an insert");
}

/// An update of one item, to be used as it is or by a bulk.
fn rename(id: i64, name: &str) -> odm::update::Update<Item, odm::update::Filtered> {
    Item::update().filter(|i| i.id().eq(id)).set(|i| i.name(), name)
}

/// A write that the server refuses: text cannot be counted up.
fn refused(id: i64) -> odm::update::Update<Item, odm::update::Filtered> {
    Item::update().filter(|i| i.id().eq(id)).raw(doc! { "$inc": { "name": 1 } })
}

fn failure(error: &odm::Error) -> &BulkWriteFailure {
    match error.kind() {
        ErrorKind::BulkWrite(failure) => failure,
        other => panic!("{other:?}"),
    }
}

async fn names(db: &Database) -> Vec<(i64, String)> {
    let found = Item::find().sort(|i| i.id().asc()).all(db).await.expect("a find");
    found.into_iter().map(|item| (item.id, item.name)).collect()
}

fn named(items: &[(i64, &str)]) -> Vec<(i64, String)> {
    items.iter().map(|(id, name)| (*id, (*name).to_owned())).collect()
}

/// How many statements each of the commands has.
fn sizes(commands: &[Document]) -> Vec<usize> {
    let lists = ["documents", "updates", "deletes"];
    let size = |command: &Document| {
        lists.iter().find_map(|list| command.get_array(list).ok()).map(Vec::len)
    };
    commands.iter().filter_map(size).collect()
}
