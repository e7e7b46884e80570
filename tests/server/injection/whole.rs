//! Whole documents, and what an operation says besides.

use super::*;
use odm::ErrorKind;

#[tokio::test]
async fn an_inserted_document_is_stored_as_it_is() {
    let db = database("injection_insert").await;
    for (id, value) in (1..).zip(hostile()) {
        let inbox = Inbox {
            value: value.clone().into(),
            map: map(&value),
            documents: vec![value.clone()],
            document: value,
            ..inbox(id)
        };
        Inbox::insert(&inbox).run(&db).await.expect("an insert");
        let found = Inbox::find().filter(|i| i.id().eq(id)).get(&db).await.expect("a document");
        assert_eq!(found, inbox);
        let again = Inbox { id: id + 100, ..inbox };
        Inbox::bulk().insert(&again).run(&db).await.expect("a bulk");
        let found = Inbox::find().filter(|i| i.id().eq(id + 100)).get(&db).await;
        assert_eq!(found.expect("a document"), again);
    }
}

#[tokio::test]
async fn a_replacement_is_stored_as_it_is() {
    let db = filled("injection_replace").await;
    for value in hostile() {
        let other = Inbox {
            value: value.clone().into(),
            map: map(&value),
            documents: vec![value.clone()],
            document: value,
            ..inbox(1)
        };
        Inbox::replace(&other).run(&db).await.expect("a replacement");
        assert_eq!(first(&db).await, other);
        Inbox::replace(&inbox(1)).run(&db).await.expect("a replacement");
        Inbox::bulk().replace(&other).run(&db).await.expect("a bulk");
        assert_eq!(first(&db).await, other);
    }
}

/// The entries of a flattened map stand among the fields of the document.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "open")]
struct Open {
    #[model(id)]
    id: i64,
    #[model(flatten)]
    others: BTreeMap<String, Bson>,
}

/// A replacement that begins with `$set` would be an update.
#[tokio::test]
async fn a_flattened_document_is_never_an_update() {
    let db = database("injection_flattened").await;
    let open = Open { id: 1, others: map(&doc! { "own": 1 }) };
    Open::insert(&open).run(&db).await.expect("an insert");
    for key in ["$set", "$unset", "$gt", "$a"] {
        let others = [(key.to_owned(), Bson::from(doc! { "own": 2 }))].into();
        let error = Open::replace(&Open { id: 1, others }).run(&db).await.expect_err(key);
        assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{key}: {error:?}");
        assert!(error.to_string().contains(&format!("the key `{key}`")), "{error}");
        assert_eq!(Open::find().get(&db).await.expect("a document"), open);
    }
    let open = Open { id: 2, others: map(&doc! { "$set": { "own": 2 } }) };
    Open::insert(&open).run(&db).await.expect("an insert");
    let found = Open::find().filter(|o| o.id().eq(2)).get(&db).await;
    assert_eq!(found.expect("a document"), open);
}

/// A key of any form: of those that begin with `$`, the server stores references (`$ref`) only.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "keyed")]
struct Keyed {
    #[model(id)]
    id: Bson,
    count: i32,
}

#[tokio::test]
async fn an_id_names_one_document() {
    let db = database("injection_id").await;
    let own = Keyed { id: Bson::from("own"), count: 1 };
    Keyed::insert(&own).run(&db).await.expect("an insert");
    for value in hostile() {
        let other = Keyed { id: value.clone().into(), count: 2 };
        let is_other = |keyed: odm::path::Fields<Keyed, odm::path::Filtering>| {
            keyed.id().eq(Bson::from(value.clone()))
        };
        let found = Keyed::find().filter(is_other).first(&db).await.expect("a find");
        assert_eq!(found, None, "{value}");
        let deleted = Keyed::delete().filter(is_other).many(&db).await.expect("a delete");
        assert_eq!(deleted.deleted, 0, "{value}");
        let replaced = Keyed::replace(&other).run(&db).await.expect("a replacement");
        assert_eq!(replaced.matched, 0, "{value}");
        let replaced = Keyed::bulk().replace(&other).run(&db).await.expect("a bulk");
        assert_eq!(replaced.matched, 0, "{value}");
        let left = Keyed::find().all(&db).await.expect("a find");
        assert_eq!(left, std::slice::from_ref(&own), "{value}");
    }
}

#[tokio::test]
async fn an_upsert_inserts_the_value_that_it_looked_for() {
    let db = database("injection_upsert").await;
    for (id, value) in (10..).zip(hostile()) {
        let expected = Inbox { document: value.clone(), value: value.clone().into(), ..inbox(id) };
        let upsert = Inbox::update().filter(|i| {
            i.id().eq(id) & i.document().eq(&value) & i.value().eq(Bson::from(value.clone()))
        });
        let upsert = upsert
            .upsert()
            .set(|i| i.text(), &expected.text)
            .set(|i| i.map(), &expected.map)
            .set(|i| i.texts(), &expected.texts)
            .set(|i| i.values(), &expected.values)
            .set(|i| i.documents(), &expected.documents)
            .set(|i| i.maps(), &expected.maps);
        let inserted = upsert.fetch_after(&db).await.expect("an upsert");
        assert_eq!(inserted, Some(expected));
    }
}

#[tokio::test]
async fn a_comment_is_a_comment() {
    let db = filled("injection_comment").await;
    for value in hostile() {
        let find = Inbox::find().filter(|i| i.id().eq(1)).comment(value.clone());
        assert_eq!(find.count(&db).await.expect("a find"), 1, "{value}");
        changes(&db, |u| u.set(|i| i.text(), "new").comment(value), |i| i.text = "new".into())
            .await;
    }
}

/// A hint names an index: a value of another kind is refused, and chooses nothing.
#[tokio::test]
async fn a_hint_is_the_name_of_an_index() {
    let db = filled("injection_hint").await;
    for text in TEXTS {
        let found = Inbox::find().filter(|i| i.id().eq(1)).hint(text).all(&db).await;
        let error = found.expect_err(text);
        assert!(matches!(error.kind(), ErrorKind::Server(e) if e.name == "BadValue"), "{error:?}");
    }
}

/// The variables of an operation are expressions, as they are in MongoDB: a value from outside
/// belongs in `$literal`.
#[tokio::test]
async fn a_literal_variable_is_a_value() {
    let db = filled("injection_let").await;
    let is_text = || Filter::<Inbox>::raw(doc! { "$expr": { "$eq": ["$text", "$$given"] } });
    let find = |given: Bson| {
        let find = Inbox::find().filter(|_| is_text()).let_vars(doc! { "given": given });
        find.all(&db)
    };
    assert_eq!(find("own".into()).await.expect("a find").len(), 1);
    for text in TEXTS {
        let found = find(doc! { "$literal": text }.into()).await;
        assert_eq!(found.expect("a find").len(), 0, "{text}");
    }
}
