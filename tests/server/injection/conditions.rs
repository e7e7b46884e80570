//! Values that documents are looked for by.

use super::*;
use odm::{
    bson::Regex,
    filter::Condition,
    path::{Fields, Filtering},
};

/// How many of the database's documents meet the condition.
pub(super) async fn count<C: Condition<Inbox>>(
    db: &Database,
    condition: impl FnOnce(Fields<Inbox, Filtering>) -> C,
) -> usize {
    let find = Inbox::find().filter(condition);
    let sent = find.as_document().expect("a valid query");
    find.all(db).await.unwrap_or_else(|error| panic!("{sent}: {error}")).len()
}

/// The document of `_id` 1 has other values, that of `_id` 2 has this one everywhere.
async fn with_twin(db: &Database, value: &Document) {
    let bson = Bson::from(value.clone());
    let twin = Inbox {
        value: bson.clone(),
        document: value.clone(),
        map: map(value),
        values: vec![bson],
        documents: vec![value.clone()],
        maps: vec![map(value)],
        ..inbox(2)
    };
    Inbox::replace(&twin).upsert().run(db).await.expect("a twin");
}

#[tokio::test]
async fn an_equality_finds_equal_values_only() {
    let db = filled("injection_eq").await;
    for value in hostile() {
        let (bson, map) = (Bson::from(value.clone()), map(&value));
        with_twin(&db, &value).await;
        assert_eq!(count(&db, |i| i.value().eq(&bson)).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.document().eq(&value)).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.map().eq(&map)).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.documents().eq([value.clone()])).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.documents().at(0).eq(&value)).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.value().eq(&bson) & i.id().eq(1)).await, 0, "{value}");
    }
    for text in TEXTS {
        assert_eq!(count(&db, |i| i.text().eq(text)).await, 0, "{text}");
        assert_eq!(count(&db, |i| i.value().eq(Bson::from(text))).await, 0, "{text}");
    }
}

#[tokio::test]
async fn the_other_comparisons_compare_with_the_value() {
    let db = filled("injection_comparisons").await;
    for value in hostile() {
        let bson = Bson::from(value.clone());
        with_twin(&db, &value).await;
        assert_eq!(count(&db, |i| i.value().ne(&bson)).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.value().gte(&bson)).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.value().gt(&bson)).await, 0, "{value}");
        assert_eq!(count(&db, |i| i.value().lte(&bson)).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.value().lt(&bson)).await, 0, "{value}");
        assert_eq!(count(&db, |i| i.value().not(|v| v.eq(&bson))).await, 1, "{value}");
        assert_eq!(count(&db, |i| !i.value().eq(&bson)).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.document().ne(&value)).await, 1, "{value}");
    }
}

#[tokio::test]
async fn conditions_on_elements_compare_with_the_value() {
    let db = filled("injection_elements").await;
    for value in hostile() {
        let bson = Bson::from(value.clone());
        with_twin(&db, &value).await;
        assert_eq!(count(&db, |i| i.values().contains(&bson)).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.documents().contains(&value)).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.maps().contains(map(&value))).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.values().any().eq(&bson)).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.values().any().ne(&bson)).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.values().all([&bson])).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.documents().all([&value, &value])).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.maps().all([map(&value)])).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.values().elem_match(|v| v.eq(&bson))).await, 1, "{value}");
        assert_eq!(count(&db, |i| i.documents().elem_match(|d| d.eq(&value))).await, 1, "{value}");
    }
}

#[tokio::test]
async fn a_list_of_values_is_no_list_of_conditions() {
    let db = filled("injection_lists").await;
    for value in hostile() {
        let bson = Bson::from(value.clone());
        with_twin(&db, &value).await;
        let i = Inbox::fields();
        for condition in [
            i.value().in_([&bson]),
            i.value().nin([&bson]),
            i.document().in_([&value]),
            i.map().nin([map(&value)]),
            i.documents().any().in_([&value]),
            i.documents().elem_match(|d| d.in_([&value])),
        ] {
            let sent = condition.as_document();
            match Inbox::find().filter(|_| condition).all(&db).await {
                Ok(found) => assert_eq!(found.len(), 1, "{sent:?}"),
                Err(error) => assert!(is_refused_in_lists(&error), "{sent:?}: {error}"),
            }
        }
    }
    assert_eq!(count(&db, |i| i.text().in_(TEXTS)).await, 0);
    assert_eq!(count(&db, |i| i.values().any().in_(TEXTS.map(Bson::from))).await, 0);
}

/// The server takes a regular expression for a pattern in most places: `eq` says that it is a
/// value, and all others refuse it.
#[tokio::test]
async fn a_regular_expression_is_a_value_or_refused() {
    let db = filled("injection_patterns").await;
    let pattern = Bson::RegularExpression(Regex {
        pattern: ".*".to_owned().try_into().expect("no NUL"),
        options: "".to_owned().try_into().expect("no NUL"),
    });
    assert_eq!(count(&db, |i| i.value().eq(&pattern)).await, 0);
    assert_eq!(count(&db, |i| i.values().any().eq(&pattern)).await, 0);
    assert_eq!(count(&db, |i| i.values().contains(&pattern)).await, 0);
    assert_eq!(count(&db, |i| i.values().elem_match(|v| v.eq(&pattern))).await, 0);
    assert_eq!(count(&db, |i| i.values().all([&pattern])).await, 0);
    let i = Inbox::fields();
    for condition in [
        i.value().ne(&pattern),
        i.value().in_([&pattern]),
        i.value().nin([&pattern]),
        i.value().gt(&pattern),
        i.values().elem_match(|v| v.in_([&pattern])),
    ] {
        let error = Inbox::find().filter(|_| condition).all(&db).await.expect_err("a pattern");
        assert!(error.to_string().contains("taken for a pattern"), "{error}");
    }
    changes(&db, |u| u.pull(|i| i.values(), |v| v.eq(&pattern)), |_| ()).await;
    changes(&db, |u| u.pull_all(|i| i.values(), [&pattern]), |_| ()).await;
    changes(&db, |u| u.set(|i| i.values().filtered(|v| v.eq(&pattern)), Bson::Null), |_| ()).await;
}
