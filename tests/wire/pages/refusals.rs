//! What pages do not have.

use odm::{bson::Bson, options::Collation};

use super::*;

#[track_caller]
fn check(page: FindPage<Shop>, reason: &str) {
    let error = page.as_document().expect_err("a refusal");
    assert!(matches!(error.kind(), ErrorKind::Invalid(_)));
    assert_eq!(error.to_string(), reason);
}

#[test]
fn an_order_in_which_a_document_has_no_one_place_is_refused() {
    let why =
        |reason: &str| format!("pages need an order by fields that have one value each: {reason}");
    let by_tag = Shop::find().sort(|s| s.rating().asc().then(s.tags().any().asc()));
    check(by_tag.page(1), &why("`tags` is an array, which has many values"));
    let by_list = Shop::find().sort(|s| s.tags().desc());
    check(by_list.page(1), &why("`tags` is an array, which has many values"));
    let raw = Shop::find().sort(|_| Sort::raw(doc! { "rating": 1 }));
    check(raw.page(1), &why("`Sort::raw` does not tell what it orders by"));
    let score = Shop::find().raw(doc! { "$text": { "$search": "a" } }).sort(|_| Sort::text_score());
    check(score.page(1), &why("the score of a text search is no field of a document"));
    let twice = Shop::find().sort(|s| s.rating().asc()).sort(|s| s.rating().desc());
    check(twice.page(1), "`rating` is in the sort order twice");
}

#[test]
fn options_that_pages_do_not_have_are_refused() {
    check(Shop::find().page(0), "a page has one document at least");
    check(Shop::find().skip(1).page(1), "a page takes no `skip`");
    check(Shop::find().limit(1).page(1), "a page takes no `limit`");
    let collation = Collation::builder().locale("de").build();
    check(Shop::find().collation(collation).page(1), "a page takes no `collation`");
}

#[test]
fn the_options_of_a_find_are_those_of_its_page() {
    let page = Shop::find().hint("city_1").comment("c").batch_size(5).page(20);
    assert_eq!(
        page.as_document().unwrap(),
        doc! {
            "find": "shops", "filter": {}, "sort": { "_id": 1 }, "batchSize": 5, "comment": "c",
            "hint": "city_1", "limit": 21_i64,
        },
    );
}

/// A cursor cannot say at which value of an array a page ended.
#[tokio::test]
async fn a_document_with_an_array_in_place_of_a_key_is_an_error() {
    let many = "this is an array, which has many values: no page can begin at one of them";
    let undefined = "no page can begin at `undefined`";
    let any = |value: Bson| doc! { "_id": 4_i64, "any": value };
    for (document, reason) in [(any(Bson::Array(vec![])), many), (any(Bson::Undefined), undefined)]
    {
        let query = Shop::find().sort(|s| s.any().asc()).page(1);
        let two = vec![document.clone(), document];
        let error = page_of(query, two).await.expect_err("no cursor");
        assert!(matches!(error.kind(), ErrorKind::Decode(_)));
        let expected = format!("cannot decode document 4 of test.shops: any: {reason}");
        assert_eq!(error.to_string(), expected);
    }
}
