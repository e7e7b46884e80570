//! Values that an operation gives to its expressions.

use odm::prelude::*;

use super::{is, mistake, written};

#[derive(Model)]
#[model(collection = "shops")]
struct Shop {
    #[model(id)]
    id: i64,
    wide: u64,
    name: String,
}

#[test]
fn a_parameter_is_a_variable() {
    let (least, name) = (odm::parameter::<i32>("least"), odm::parameter::<String>("name_1"));
    is(
        written(|i| i.qty().gt(&least) & i.name().concat(&name).eq(name.clone())),
        doc! { "$and": [
            { "$gt": ["$qty", "$$least"] },
            { "$eq": [{ "$concat": ["$name", "$$name_1"] }, "$$name_1"] },
        ] },
    );
    is(
        written(|i| i.nums().map(|n| n + least.get()).contains(1)),
        doc! { "$in": [1, { "$map": {
            "input": "$nums", "as": "v1", "in": { "$add": ["$$v1", "$$least"] },
        } }] },
    );
    for wrong in ["", "Least", "1", "a b", "a.b", "$a", "v1", "item", "ROOT"] {
        let parameter = odm::parameter::<i32>(wrong);
        let error = mistake(|i| i.qty().gt(parameter.clone()));
        assert_eq!(error, format!("`{wrong}` cannot be the name of a parameter"));
    }
}

#[test]
fn values_are_taken_as_values_beside_variables_by_hand() {
    let (name, id) = (odm::parameter::<String>("name"), odm::parameter::<i64>("id"));
    let delete = || Shop::delete().filter(|_| Shop::expr(|s| s.name().eq(&name) & s.id().eq(&id)));
    let expected = doc! { "other": "$name", "name": { "$literal": "$x" }, "id": 5_i64 };
    let deleted = delete().let_vars(doc! { "other": "$name" }).let_value(&name, "$x");
    let deleted = deleted.let_value(&id, 5).as_document().unwrap();
    assert_eq!(deleted.get_document("let").unwrap(), &expected);
    let later = delete().let_value(&id, 4).let_value(&id, 5).let_vars(doc! { "other": 1 });
    let expected = doc! { "id": 5_i64, "other": 1 };
    assert_eq!(later.as_document().unwrap().get_document("let").unwrap(), &expected);
}

#[test]
fn a_value_that_cannot_be_encoded_is_refused() {
    let wide = odm::parameter::<u64>("wide");
    let filter = Shop::expr(|s| s.wide().gt(&wide));
    let delete = Shop::delete().filter(|_| filter.clone()).let_value(&wide, u64::MAX);
    assert!(delete.as_document().is_err());
    let wrong = Shop::delete().filter(|_| filter).let_value(&odm::parameter::<u64>("Wide"), 1);
    let error = wrong.as_document().expect_err("a mistake").to_string();
    assert!(error.contains("`Wide` cannot be the name of a parameter"), "{error}");
}
