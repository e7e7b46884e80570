//! Pages: what is sent for one, and which cursors and orders are refused.
//!
//! Cursors are made by pages; a server that answers as told gives the documents of these.

mod cursors;
mod documents;
mod refusals;

use std::collections::BTreeMap;

use odm::{
    Database,
    bson::{Bson, Document},
    operation::{Find, FindPage, Page},
    prelude::*,
};
use tests::Fake;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "shops")]
struct Shop {
    #[model(id)]
    id: i64,
    #[model(default)]
    rating: i32,
    city: Option<String>,
    #[model(default)]
    net: f64,
    #[model(default)]
    any: Any,
    kind: Option<Kind>,
    #[model(default)]
    tags: Vec<String>,
    place: Option<Place>,
    #[model(default)]
    labels: BTreeMap<String, String>,
    #[model(serde)]
    level: Option<u8>,
}

/// Required fields.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "visits")]
struct Visit {
    #[model(id)]
    id: ObjectId,
    at: i64,
    kind: Kind,
    shop: Ref<Shop>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Any(Bson);

impl Default for Any {
    fn default() -> Self {
        Self(Bson::Null)
    }
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Place {
    zip: i32,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
enum Kind {
    Small,
    Large,
}

/// A database whose every find returns these documents.
async fn with_documents(documents: Vec<Document>) -> (Database, Fake) {
    let fake = Fake::start(move |_| Some(Fake::batch(0, documents.clone(), ""))).await;
    (odm::connect(fake.uri()).await.expect("a client"), fake)
}

/// A page of a query that finds these documents.
async fn page_of<M: Model>(page: FindPage<M>, documents: Vec<Document>) -> odm::Result<Page<M>> {
    let (db, _fake) = with_documents(documents).await;
    page.fetch(&db).await
}

/// The text of the cursor behind this document, which is followed by another one.
async fn behind<M: Model>(query: Find<M>, document: Document) -> String {
    let page = page_of(query.page(1), vec![document.clone(), document]).await.expect("a page");
    page.next.expect("a document follows").to_string()
}

/// The filter of the page behind this document.
async fn filter_behind<M: Model>(query: Find<M>, document: Document) -> Document {
    let cursor = behind(query.clone(), document).await;
    filter(&query.page(1).after(cursor))
}

fn filter<M: Model>(page: &FindPage<M>) -> Document {
    let command = page.as_document().expect("a valid page");
    command.get_document("filter").expect("a filter").clone()
}
