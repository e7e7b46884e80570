//! What is sent.

use odm::bson::{Bson, oid::ObjectId};

use super::*;

#[test]
fn the_first_page_asks_for_one_document_more_in_an_order_that_ends_with_the_id() {
    let query = || Shop::find().filter(|s| s.rating().gt(3));
    let page = query().sort(|s| s.rating().desc()).page(20).as_document().unwrap();
    let sort = doc! { "rating": -1, "_id": -1 };
    assert_eq!(
        page,
        doc! {
            "find": "shops", "filter": { "rating": { "$gt": 3 } }, "sort": sort,
            "batchSize": 21, "limit": 21_i64,
        },
    );
    let sort_of = |page: FindPage<Shop>| {
        let command = page.as_document().unwrap();
        command.get_document("sort").unwrap().clone()
    };
    assert_eq!(sort_of(query().page(20)), doc! { "_id": 1 });
    assert_eq!(
        sort_of(query().sort(|s| s.city().desc().then(s.rating().asc())).page(20)),
        doc! { "city": -1, "rating": 1, "_id": 1 },
    );
    // Nothing is ordered by what follows the `_id`.
    assert_eq!(
        sort_of(query().sort(|s| s.city().asc().then(s.id().desc()).then(s.net().asc())).page(1)),
        doc! { "city": 1, "_id": -1 },
    );
}

#[tokio::test]
async fn a_page_begins_behind_the_values_of_a_document() {
    let id = ObjectId::new();
    let document = doc! { "_id": id, "at": 7_i64, "kind": "Small", "shop": 1_i64 };
    let query = Visit::find().sort(|v| v.at().asc());
    assert_eq!(
        filter_behind(query, document.clone()).await,
        doc! { "$or": [
            { "at": { "$gt": 7_i64 } },
            { "at": { "$eq": 7_i64 }, "_id": { "$gt": id } },
        ] },
    );
    assert_eq!(
        filter_behind(Visit::find(), document.clone()).await,
        doc! { "_id": { "$gt": id } },
        "the `_id` alone is one alternative",
    );
    let query = Visit::find().sort(|v| v.kind().desc().then(v.shop().asc()).then(v.id().desc()));
    assert_eq!(
        filter_behind(query, document).await,
        doc! { "$or": [
            { "kind": { "$lt": "Small" } },
            { "kind": { "$eq": "Small" }, "shop": { "$gt": 1_i64 } },
            { "kind": { "$eq": "Small" }, "shop": { "$eq": 1_i64 }, "_id": { "$lt": id } },
        ] },
    );
}

#[tokio::test]
async fn the_filter_stands_in_each_alternative() {
    let document = doc! { "_id": 4_i64, "rating": 9, "city": "Bern" };
    let by_city = || Shop::find().sort(|s| s.city().asc());
    assert_eq!(
        filter_behind(by_city().filter(|s| s.rating().eq(9)), document.clone()).await,
        doc! { "$or": [
            { "rating": 9, "city": { "$gt": "Bern" } },
            { "rating": 9, "city": { "$eq": "Bern" }, "_id": { "$gt": 4_i64 } },
        ] },
    );
    // Another condition on a key.
    assert_eq!(
        filter_behind(by_city().filter(|s| s.city().ne("Thun")), document.clone()).await,
        doc! { "$or": [
            { "$and": [{ "city": { "$ne": "Thun" } }, { "city": { "$gt": "Bern" } }] },
            { "$and": [
                { "city": { "$ne": "Thun" } },
                { "city": { "$eq": "Bern" }, "_id": { "$gt": 4_i64 } },
            ] },
        ] },
    );
    // The server takes one text search.
    let text = doc! { "$text": { "$search": "a" } };
    assert_eq!(
        filter_behind(by_city().raw(text.clone()), document).await,
        doc! {
            "$text": { "$search": "a" },
            "$or": [
                { "city": { "$gt": "Bern" } },
                { "city": { "$eq": "Bern" }, "_id": { "$gt": 4_i64 } },
            ],
        },
    );
}

#[tokio::test]
async fn null_and_missing_come_before_everything() {
    let asc = || Shop::find().sort(|s| s.city().asc().then(s.id().asc()));
    let desc = || Shop::find().sort(|s| s.city().desc().then(s.id().desc()));
    let bern = doc! { "_id": 4_i64, "city": "Bern" };
    assert_eq!(
        filter_behind(desc(), bern).await,
        doc! { "$or": [
            { "city": { "$lt": "Bern" } },
            { "city": { "$eq": null } },
            { "city": { "$eq": "Bern" }, "_id": { "$lt": 4_i64 } },
        ] },
    );
    for none in [doc! { "_id": 4_i64 }, doc! { "_id": 4_i64, "city": null }] {
        assert_eq!(
            filter_behind(asc(), none.clone()).await,
            doc! { "$or": [
                { "city": { "$ne": null } },
                { "city": { "$eq": null }, "_id": { "$gt": 4_i64 } },
            ] },
        );
        assert_eq!(
            filter_behind(desc(), none).await,
            doc! { "city": { "$eq": null }, "_id": { "$lt": 4_i64 } },
        );
    }
    // A field of what may be missing.
    let zip = Shop::find().sort(|s| s.place().zip().desc().then(s.id().desc()));
    let placed = doc! { "_id": 4_i64, "place": { "zip": 3000 } };
    assert_eq!(
        filter_behind(zip, placed).await,
        doc! { "$or": [
            { "place.zip": { "$lt": 3000 } },
            { "place.zip": { "$eq": null } },
            { "place.zip": { "$eq": 3000 }, "_id": { "$lt": 4_i64 } },
        ] },
    );
    // An entry of a map.
    let label = Shop::find().sort(|s| s.labels().key("k").desc());
    assert_eq!(
        filter_behind(label, doc! { "_id": 4_i64, "labels": { "k": "a" } }).await,
        doc! { "$or": [
            { "labels.k": { "$lt": "a" } },
            { "labels.k": { "$eq": null } },
            { "labels.k": { "$eq": "a" }, "_id": { "$lt": 4_i64 } },
        ] },
    );
}

#[tokio::test]
async fn values_of_several_types_are_compared_by_an_expression() {
    let down = |path: &str, value: Bson| {
        doc! { "$or": [
            { "$expr": { "$lt": [format!("${path}"), { "$literal": value.clone() }] } },
            { path: { "$eq": value }, "_id": { "$lt": 4_i64 } },
        ] }
    };
    // NaN is less than all numbers, which `$lt` does not know.
    let net = Shop::find().sort(|s| s.net().desc());
    assert_eq!(
        filter_behind(net, doc! { "_id": 4_i64, "net": 0.5 }).await,
        down("net", 0.5.into()),
    );
    let any = || Shop::find().sort(|s| s.any().desc());
    for value in [Bson::from("$text"), Bson::from(doc! { "$gt": 1 }), Bson::MaxKey] {
        let document = doc! { "_id": 4_i64, "any": value.clone() };
        assert_eq!(filter_behind(any(), document).await, down("any", value));
    }
    // A field with an encoding of its own.
    let level = Shop::find().sort(|s| s.level().desc());
    let document = doc! { "_id": 4_i64, "level": 3 };
    assert_eq!(filter_behind(level, document).await, down("level", 3.into()));
    assert_eq!(
        filter_behind(any(), doc! { "_id": 4_i64 }).await,
        doc! { "$or": [
            { "any": { "$eq": Bson::MinKey } },
            { "any": { "$eq": null }, "_id": { "$lt": 4_i64 } },
        ] },
    );
}

#[tokio::test]
async fn a_page_before_another_is_read_in_the_opposite_order_and_turned() {
    let query = || Shop::find().sort(|s| s.rating().desc());
    let documents = |ids: &[i64]| -> Vec<Document> {
        ids.iter().map(|id| doc! { "_id": id, "rating": 9 - *id as i32 }).collect()
    };
    let first = page_of(query().page(2), documents(&[1, 2, 3])).await.unwrap();
    assert!(first.previous.is_none());
    let second = query().page(2).after(first.next);
    let second = page_of(second, documents(&[3, 4])).await.unwrap();
    assert!(second.next.is_none());

    let back = query().page(2).after(second.previous);
    let command = back.as_document().unwrap();
    assert_eq!(command.get_document("sort").unwrap(), &doc! { "rating": 1, "_id": 1 });
    assert_eq!(
        filter(&back),
        doc! { "$or": [
            { "rating": { "$gt": 6 } },
            { "rating": { "$eq": 6 }, "_id": { "$gt": 3_i64 } },
        ] },
    );
    let back = page_of(back, documents(&[2, 1])).await.unwrap();
    assert_eq!(back.items.iter().map(|shop| shop.id).collect::<Vec<_>>(), [1, 2]);
    assert!(back.previous.is_none());
    let next = query().page(2).after(back.next);
    assert_eq!(
        filter(&next),
        doc! { "$or": [
            { "rating": { "$lt": 7 } },
            { "rating": { "$eq": null } },
            { "rating": { "$eq": 7 }, "_id": { "$lt": 2_i64 } },
        ] },
    );
}

#[tokio::test]
async fn an_empty_page_has_the_way_back() {
    let query = || Shop::find().sort(|s| s.id().asc());
    let cursor = behind(query(), doc! { "_id": 4_i64 }).await;
    let empty = page_of(query().page(2).after(cursor), vec![]).await.unwrap();
    assert_eq!((empty.items, empty.next), (vec![], None));
    let back = query().page(2).after(empty.previous);
    assert_eq!(
        filter(&back),
        doc! { "$or": [{ "_id": { "$lt": 4_i64 } }, { "_id": { "$eq": 4_i64 } }] },
        "the document behind which nothing was is part of the page before",
    );
    let back = page_of(back, vec![]).await.unwrap();
    assert_eq!((back.items, back.next, back.previous), (vec![], None, None));
    let first = page_of(query().page(2), vec![]).await.unwrap();
    assert_eq!((first.next, first.previous), (None, None));
}

/// Where the server merges what several scans give, it orders what is missing before null.
#[tokio::test]
async fn documents_with_null_in_an_earlier_key_are_not_divided() {
    let query = || Shop::find().sort(|s| s.city().asc().then(s.rating().asc()).then(s.id().asc()));
    let document = doc! { "_id": 4_i64, "rating": 9 };
    let before = doc! { "$nor": [
        { "rating": { "$lt": 9 } },
        { "rating": { "$eq": null } },
        { "rating": { "$eq": 9 }, "_id": { "$lt": 4_i64 } },
        { "rating": { "$eq": 9 }, "_id": { "$eq": 4_i64 } },
    ] };
    let mut rest = doc! { "city": { "$eq": null }, "rating": { "$gte": 9 } };
    rest.extend(before);
    assert_eq!(
        filter_behind(query(), document).await,
        doc! { "$or": [{ "city": { "$ne": null } }, rest] },
    );
    // Of the keys behind it only the `_id` is left.
    assert_eq!(
        filter_behind(query(), doc! { "_id": 4_i64, "city": "Bern" }).await,
        doc! { "$or": [
            { "city": { "$gt": "Bern" } },
            { "city": { "$eq": "Bern" }, "rating": { "$ne": null } },
            { "city": { "$eq": "Bern" }, "rating": { "$eq": null }, "_id": { "$gt": 4_i64 } },
        ] },
    );
}
