//! Values that operators of updates write, or compare with elements.

use super::*;

#[tokio::test]
async fn a_pushed_value_is_an_element() {
    let db = filled("injection_push").await;
    for value in hostile() {
        let (bson, map) = (Bson::from(value.clone()), map(&value));
        changes(&db, |u| u.push(|i| i.documents(), &value), |i| i.documents.push(value.clone()))
            .await;
        changes(&db, |u| u.push(|i| i.values(), &bson), |i| i.values.push(bson.clone())).await;
        changes(&db, |u| u.push(|i| i.maps(), &map), |i| i.maps.push(map.clone())).await;
    }
    for text in TEXTS {
        changes(&db, |u| u.push(|i| i.texts(), text), |i| i.texts.push(text.into())).await;
    }
}

#[tokio::test]
async fn each_of_several_pushed_values_is_an_element() {
    let db = filled("injection_push_all").await;
    for value in hostile() {
        let (two, bson) = ([value.clone(), value.clone()], Bson::from(value.clone()));
        let maps = [map(&value)];
        changes(&db, |u| u.push_all(|i| i.documents(), &two), |i| i.documents.extend(two.clone()))
            .await;
        let all = || each([bson.clone()]).slice(5);
        changes(&db, |u| u.push_all(|i| i.values(), all()), |i| i.values.push(bson.clone())).await;
        changes(&db, |u| u.push_all(|i| i.maps(), &maps), |i| i.maps.extend(maps.clone())).await;
    }
}

#[tokio::test]
async fn a_value_added_to_a_set_is_an_element() {
    let db = filled("injection_add_to_set").await;
    for value in hostile() {
        let (bson, map) = (Bson::from(value.clone()), map(&value));
        changes(
            &db,
            |u| u.add_to_set(|i| i.documents(), &value),
            |i| i.documents.push(value.clone()),
        )
        .await;
        changes(&db, |u| u.add_to_set(|i| i.values(), &bson), |i| i.values.push(bson.clone()))
            .await;
        changes(&db, |u| u.add_to_set(|i| i.maps(), &map), |i| i.maps.push(map.clone())).await;
    }
    for text in TEXTS {
        changes(&db, |u| u.add_to_set(|i| i.texts(), text), |i| i.texts.push(text.into())).await;
    }
}

#[tokio::test]
async fn each_of_several_values_added_to_a_set_is_an_element() {
    let db = filled("injection_add_to_set_all").await;
    for value in hostile() {
        let bson = Bson::from(value.clone());
        let (documents, values) = ([value], [bson.clone(), bson.clone()]);
        changes(
            &db,
            |u| u.add_to_set_all(|i| i.documents(), &documents),
            |i| i.documents.extend(documents.clone()),
        )
        .await;
        changes(&db, |u| u.add_to_set_all(|i| i.values(), &values), |i| i.values.push(bson)).await;
    }
}

#[tokio::test]
async fn a_value_that_is_set_is_stored() {
    let db = filled("injection_set").await;
    for value in hostile() {
        let (bson, map) = (Bson::from(value.clone()), map(&value));
        changes(&db, |u| u.set(|i| i.document(), &value), |i| i.document = value.clone()).await;
        changes(&db, |u| u.set(|i| i.value(), &bson), |i| i.value = bson.clone()).await;
        changes(&db, |u| u.set(|i| i.map(), &map), |i| i.map = map.clone()).await;
        changes(
            &db,
            |u| u.set(|i| i.map().key("k"), &bson),
            |i| {
                i.map.insert("k".into(), bson.clone());
            },
        )
        .await;
        let first = |u: Ready| u.set(|i| i.documents().at(0), &value);
        changes(&db, first, |i| i.documents = vec![value.clone()]).await;
        changes(&db, |u| u.set(|i| i.values(), [bson.clone()]), |i| i.values = vec![bson.clone()])
            .await;
    }
    for text in TEXTS {
        changes(&db, |u| u.set(|i| i.text(), text), |i| i.text = text.into()).await;
        changes(&db, |u| u.set(|i| i.value(), Bson::from(text)), |i| i.value = text.into()).await;
    }
}

#[tokio::test]
async fn a_value_that_is_set_on_insert_is_stored() {
    let db = database("injection_set_on_insert").await;
    for (id, value) in (10..).zip(hostile()) {
        let expected = Inbox { document: value.clone(), map: map(&value), ..inbox(id) };
        let upsert = Inbox::update().filter(|i| i.id().eq(id)).upsert();
        let upsert = upsert
            .set_on_insert(|i| i.document(), &value)
            .set_on_insert(|i| i.map(), map(&value))
            .set_on_insert(|i| i.text(), &expected.text)
            .set_on_insert(|i| i.value(), &expected.value)
            .set_on_insert(|i| i.texts(), &expected.texts)
            .set_on_insert(|i| i.values(), &expected.values)
            .set_on_insert(|i| i.documents(), &expected.documents)
            .set_on_insert(|i| i.maps(), &expected.maps);
        let inserted = upsert.fetch_after(&db).await.expect("an upsert");
        assert_eq!(inserted, Some(expected));
    }
}

/// A document is greater than a text, and a document with `$…` less than one with `own`.
#[tokio::test]
async fn a_bound_is_stored_as_it_is() {
    let db = filled("injection_min_max").await;
    for value in hostile() {
        let bson = Bson::from(value.clone());
        changes(&db, |u| u.max(|i| i.value(), &bson), |i| i.value = bson.clone()).await;
        let is_less = matches!(value.values().next(), Some(Bson::Null | Bson::Int32(_)));
        let least =
            |i: &mut Inbox| i.document = if is_less { value.clone() } else { i.document.clone() };
        changes(&db, |u| u.min(|i| i.document(), &value), least).await;
    }
}

#[tokio::test]
async fn a_pull_of_equal_elements_leaves_all_others() {
    let db = filled("injection_pull").await;
    for value in hostile() {
        let (bson, map) = (Bson::from(value.clone()), map(&value));
        let same = |_: &mut Inbox| ();
        changes(&db, |u| u.pull(|i| i.documents(), |d| d.eq(&value)), same).await;
        changes(&db, |u| u.pull(|i| i.values(), |v| v.eq(&bson)), same).await;
        changes(&db, |u| u.pull(|i| i.maps(), |m| m.eq(&map)), same).await;
        changes(&db, |u| u.pull(|i| i.maps(), |m| m.key("own").eq(&bson)), same).await;
        changes(&db, |u| u.pull_all(|i| i.documents(), [&value]), same).await;
        changes(&db, |u| u.pull_all(|i| i.values(), [&bson]), same).await;
    }
}

#[tokio::test]
async fn a_pull_takes_the_equal_element() {
    let db = filled("injection_pull_equal").await;
    for value in hostile() {
        let both = vec![doc! { "own": 1 }, value.clone()];
        let pulls: [fn(Ready, &Document) -> Ready; 2] = [
            |u, value| u.pull(|i| i.documents(), |d| d.eq(value)),
            |u, value| u.pull_all(|i| i.documents(), [value]),
        ];
        for pull in pulls {
            Inbox::replace(&Inbox { documents: both.clone(), ..inbox(1) }).run(&db).await.unwrap();
            let update = pull(Inbox::update().filter(|i| i.id().eq(1)), &value);
            let sent = update.as_document().expect("a valid update");
            update.one(&db).await.unwrap_or_else(|error| panic!("{sent}: {error}"));
            assert_eq!(first(&db).await, inbox(1), "{sent}");
        }
    }
}

#[tokio::test]
async fn an_array_filter_matches_equal_elements_only() {
    let db = filled("injection_array_filter").await;
    for value in hostile() {
        let bson = Bson::from(value.clone());
        let others = |u: Ready| u.set(|i| i.values().filtered(|v| v.eq(&bson)), Bson::from("new"));
        changes(&db, others, |_| ()).await;
        let others = |u: Ready| u.set(|i| i.documents().filtered(|d| d.eq(&value)), doc! {});
        changes(&db, others, |_| ()).await;
        let others = |u: Ready| {
            u.set(|i| i.maps().filtered(|m| m.key("own").eq(&bson)).key("own"), Bson::from("new"))
        };
        changes(&db, others, |_| ()).await;
        let named = Bson::array_filter("i", |v| v.eq(&bson));
        changes(&db, |u| u.set(|i| i.values().filtered_by(&named), Bson::from("new")), |_| ())
            .await;
        let written = |u: Ready| u.set(|i| i.values().filtered(|v| v.eq(Bson::from("own"))), &bson);
        changes(&db, written, |i| i.values = vec![bson.clone()]).await;
    }
}

#[tokio::test]
async fn a_list_of_elements_is_no_list_of_conditions() {
    let db = filled("injection_element_lists").await;
    for value in hostile() {
        let update = || Inbox::update().filter(|i| i.id().eq(1));
        for update in [
            update().pull(|i| i.documents(), |d| d.in_([&value])),
            update().pull(|i| i.values(), |v| v.in_([Bson::from(value.clone())])),
            update().set(|i| i.documents().filtered(|d| d.in_([&value])), doc! {}),
        ] {
            let sent = update.as_document();
            match update.one(&db).await {
                Ok(updated) => assert_eq!(updated.modified, 0, "{sent:?}"),
                Err(error) => assert!(is_refused_in_lists(&error), "{sent:?}: {error}"),
            }
        }
    }
    assert_eq!(first(&db).await, inbox(1));
}

/// Paths end where a key would begin an operator, or go somewhere else.
#[tokio::test]
async fn a_key_that_is_no_name_is_refused_before_anything_is_sent() {
    let db = filled("injection_keys").await;
    for key in ["$gt", "$", "$[]", "$[i]", "a.b", ".", "", "own.$"] {
        let update = || Inbox::update().filter(|i| i.id().eq(1));
        for update in [
            update().set(|i| i.map().key(key), Bson::from(1)),
            update().unset(|i| i.map().key(key)),
            update()
                .push(|i| i.documents(), doc! {})
                .rename(|i| i.map().key("own"), |i| i.map().key(key)),
        ] {
            let error = update.one(&db).await.expect_err(key);
            assert_eq!(error.outcome(), odm::Outcome::NotSent, "{key}: {error}");
        }
        for find in [
            Inbox::find().filter(|i| i.map().key(key).eq(Bson::from(1))),
            Inbox::find().sort(|i| i.map().key(key).asc()),
        ] {
            let error = find.all(&db).await.expect_err(key);
            assert_eq!(error.outcome(), odm::Outcome::NotSent, "{key}: {error}");
        }
    }
    assert_eq!(first(&db).await, inbox(1));
}
