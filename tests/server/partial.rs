//! Partial updates against the real server.

use odm::{Database, prelude::*};
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "pages")]
struct Page {
    #[model(id)]
    id: i64,
    title: String,
    note: Option<String>,
    #[model(version, default)]
    version: i64,
}

#[derive(Default)]
struct Patch {
    title: Option<String>,
    note: Option<Option<String>>,
}

fn page() -> Page {
    Page { id: 7, title: "Tea".into(), note: Some("hot".into()), version: 0 }
}

async fn fresh(name: &str) -> Database {
    let db = database(name).await;
    Page::insert(&page()).run(&db).await.expect("an insert");
    db
}

async fn stored(db: &Database) -> Page {
    Page::find_by_id(7).get(db).await.expect("the page")
}

fn patch(patch: Patch) -> odm::update::Update<Page, odm::update::Filtered> {
    let page = Page::update().by_id(7);
    page.set_some(|p| p.title(), patch.title).set_some(|p| p.note(), patch.note)
}

#[tokio::test]
async fn a_patch_writes_what_is_given() {
    let db = fresh("partial_given").await;
    let title = Patch { title: Some("tea".into()), ..Patch::default() };
    let updated = patch(title).one(&db).await.unwrap();
    assert_eq!((updated.matched, updated.modified), (1, 1));
    assert_eq!(stored(&db).await, Page { title: "tea".into(), version: 1, ..page() });
    patch(Patch { note: Some(None), ..Patch::default() }).one(&db).await.unwrap();
    assert_eq!(stored(&db).await, Page { title: "tea".into(), note: None, version: 2, ..page() });
}

#[tokio::test]
async fn a_patch_without_a_value_says_whether_the_document_is_there() {
    let db = fresh("partial_empty").await;
    let nothing = || patch(Patch::default());
    for updated in [nothing().one(&db).await, nothing().many(&db).await] {
        let updated = updated.unwrap();
        assert_eq!((updated.matched, updated.modified), (1, 0));
    }
    assert_eq!(nothing().fetch_before(&db).await.unwrap(), Some(page()));
    assert_eq!(nothing().fetch_after(&db).await.unwrap(), Some(page()));
    let bulk = Page::bulk().update_one(nothing()).run(&db).await.unwrap();
    assert_eq!((bulk.matched, bulk.modified), (1, 0));
    let missing = Page::update().by_id(8).set_some(|p| p.title(), None::<String>);
    assert_eq!(missing.clone().one(&db).await.unwrap().matched, 0);
    assert_eq!(missing.fetch_after(&db).await.unwrap(), None);
    assert_eq!(stored(&db).await, page());
}

#[tokio::test]
async fn stages_without_a_value_change_nothing() {
    let db = fresh("partial_stages").await;
    let update = |title: Option<&str>| {
        Page::update_pipeline(Page::stages().set_some(|p| p.title(), title)).by_id(7)
    };
    let updated = update(None).one(&db).await.unwrap();
    assert_eq!((updated.matched, updated.modified), (1, 0));
    assert_eq!(update(None).fetch_after(&db).await.unwrap(), Some(page()));
    let updated = update(Some("$title")).fetch_after(&db).await.unwrap();
    assert_eq!(updated, Some(Page { title: "$title".into(), version: 1, ..page() }));
}

#[tokio::test]
async fn a_patch_without_a_value_inserts_what_the_filter_gives() {
    let db = fresh("partial_upsert").await;
    let upsert = Page::update()
        .filter(|p| p.id().eq(9) & p.title().eq("new"))
        .set_some(|p| p.note(), None::<Option<String>>)
        .upsert();
    assert_eq!(upsert.one(&db).await.unwrap().upserted_id, Some(9));
    let inserted = Page::find_by_id(9).get(&db).await.unwrap();
    assert_eq!(inserted, Page { id: 9, title: "new".into(), note: None, version: 0 });
}
