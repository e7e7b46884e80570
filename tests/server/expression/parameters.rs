//! Values that an operation gives to its expressions.

use odm::prelude::*;

use super::rows::{Plain, filled};

#[tokio::test]
async fn operations_give_values_to_their_expressions() {
    let db = &filled("expression_parameters").await;
    let (least, name) = (odm::parameter::<i64>("least"), odm::parameter::<String>("name"));
    let condition = || Plain::expr(|r| r.large().gte(&least) & r.name().ne(&name));
    let find = |least_value: i64| {
        let find = Plain::find().filter(|_| condition()).let_value(&name, "$name");
        find.let_value(&least, least_value)
    };
    assert_eq!(find(5).all(db).await.expect("rows").len(), 3);
    assert_eq!(find(6).all(db).await.expect("rows").len(), 1);
    let none = find(5).let_value(&name, "an").all(db).await.expect("rows");
    assert_eq!(none.len(), 0);
    let missing = Plain::find().filter(|_| condition()).all(db).await.expect_err("a refusal");
    assert!(missing.server_message().is_some_and(|text| text.contains("undefined variable")));
    let wrong = odm::parameter::<i64>("Least");
    let refused = find(5).let_value(&wrong, 5).all(db).await.expect_err("a mistake");
    assert_eq!(refused.server_message(), None);

    let stages = Plain::stages().compute(|r| r.small(), |r| (r.small() * 0).saturating::<i32>());
    let update = Plain::update_pipeline(stages).filter(|_| condition());
    let update = update.let_value(&least, 6).let_value(&name, "other");
    assert_eq!(update.many(db).await.expect("an update").matched, 1);
    let delete = Plain::delete().filter(|_| condition());
    let deleted = delete.let_value(&least, 6).let_value(&name, "other").many(db).await;
    assert_eq!(deleted.expect("a delete").deleted, 1);
}
