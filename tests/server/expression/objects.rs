//! Maps and their entries, sizes.

use std::collections::BTreeMap;

use odm::{expression::Entry, prelude::*};

use super::rows::{Fields, answer, filled};

fn labels<V>(entries: impl IntoIterator<Item = (&'static str, V)>) -> BTreeMap<String, V> {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

#[tokio::test]
async fn maps_have_entries() {
    let db = &filled("expression_entries").await;
    let by_hand = doc! { "$objectToArray": "$labels" };
    let entries = answer(db, |r| r.labels().entries(), by_hand).await;
    assert_eq!(entries, [vec![Entry { key: "k".to_owned(), value: 4 }], vec![], vec![]]);
    let doubled = |r: Fields<i32>| {
        let entries = r.labels().entries();
        entries.map(|e| e.key()).zip(entries.map(|e| e.value() * 2)).to_object()
    };
    let by_hand = doc! { "$arrayToObject": { "$map": {
        "input": { "$objectToArray": "$labels" }, "as": "e",
        "in": ["$$e.k", { "$multiply": ["$$e.v", { "$toLong": 2 }] }],
    } } };
    let expected = [labels([("k", 8_i64)]), BTreeMap::new(), BTreeMap::new()];
    assert_eq!(answer(db, doubled, by_hand).await, expected);
    let there_and_back = |r: Fields<i32>| r.labels().entries().to_object();
    assert_eq!(answer(db, there_and_back, "$labels").await[0], labels([("k", 4)]));
    let none = |r: Fields<i32>| {
        cond(r.flag(), Some(vec![("a".to_owned(), 1)]), None::<Vec<_>>).to_object()
    };
    let by_hand = doc! { "$cond": ["$flag", { "a": 1 }, null] };
    assert_eq!(answer(db, none, by_hand).await, [Some(labels([("a", 1)])), None, None]);
}

#[tokio::test]
async fn fields_of_maps_are_read_and_set() {
    let db = &filled("expression_map_fields").await;
    let by_hand = doc! { "$getField": { "field": "k", "input": "$labels" } };
    assert_eq!(answer(db, |r| r.labels().get_field("k"), by_hand).await, [Some(4), None, None]);
    let set = |r: Fields<i32>| r.labels().set_field("a.$", r.small()).get_field("a.$");
    assert_eq!(answer(db, set, doc! { "$literal": 3 }).await, [Some(3); 3]);
    let by_hand = doc! { "$setField": {
        "field": { "$literal": "$x" }, "input": "$labels", "value": 1,
    } };
    let set = answer(db, |r| r.labels().set_field("$x", 1), by_hand).await;
    assert_eq!(set[1], labels([("$x", 1)]));
    let by_hand = doc! { "$unsetField": { "field": "k", "input": "$labels" } };
    assert_eq!(
        answer(db, |r| r.labels().unset_field("k"), by_hand).await,
        [BTreeMap::new(), BTreeMap::new(), BTreeMap::new()]
    );
    let optional = |r: Fields<i32>| cond(r.flag(), r.labels(), None::<BTreeMap<String, i32>>);
    let set = answer(
        db,
        move |r| optional(r).set_field("b", 2),
        doc! { "$cond": [
            "$flag", { "k": 4, "b": 2 }, null,
        ] },
    );
    assert_eq!(set.await, [Some(labels([("k", 4), ("b", 2)])), None, None]);
    let merged = answer(
        db,
        move |r| optional(r).merge_objects(labels([("k", 5)])),
        doc! {
            "k": { "$literal": 5 }
        },
    );
    assert_eq!(merged.await, [labels([("k", 5)]), labels([("k", 5)]), labels([("k", 5)])]);
}

#[tokio::test]
async fn sizes_in_bytes() {
    let db = &filled("expression_sizes").await;
    let by_hand = doc! { "$binarySize": "$note" };
    assert_eq!(answer(db, |r| r.note().binary_size(), by_hand).await, [Some(1), None, None]);
    let by_hand = doc! { "$bsonSize": "$labels" };
    assert_eq!(answer(db, |r| r.labels().bson_size(), by_hand).await, [12, 5, 5]);
    let by_hand = doc! { "$bsonSize": "$inner" };
    assert_eq!(answer(db, |r| r.inner().bson_size(), by_hand).await[1..], [None, None]);
}
