//! Every expression writes the document that one would write by hand.

mod arrays;
mod dates;
mod functions;
mod operands;
mod parameters;
mod stages;
mod table;
mod text;

use odm::{
    bson::Document,
    expression::{Expr, Operand, Truth},
    path::ReadingFields,
    prelude::*,
};

use crate::filter::{Item, Point};

/// What `$expr` is given.
fn written<E>(expression: impl FnOnce(ReadingFields<Item>) -> E) -> odm::bson::Bson
where
    E: Operand<Item>,
    E::Value: Truth,
{
    let filter = Item::expr(expression).as_document().expect("a valid expression");
    filter.get("$expr").expect("an expression").clone()
}

/// The error of an expression.
fn mistake<E>(expression: impl FnOnce(ReadingFields<Item>) -> E) -> String
where
    E: Operand<Item>,
    E::Value: Truth,
{
    Item::expr(expression).as_document().expect_err("a mistake").to_string()
}

fn is(found: odm::bson::Bson, expected: Document) {
    assert_eq!(found, expected.into());
}

#[test]
fn fields_are_compared_with_fields() {
    is(
        written(|i| i.qty().gt(i.limit().if_null(0))),
        doc! { "$gt": ["$qty", { "$ifNull": ["$limit", 0_i64] }] },
    );
    is(written(|i| i.centre().x().eq(i.centre().y())), doc! { "$eq": ["$centre.x", "$centre.y"] });
    is(
        written(|i| i.name().ne(i.note()) & !i.qty().lte(i.ratio())),
        doc! { "$and": [{ "$ne": ["$name", "$note"] }, { "$not": [{ "$lte": ["$qty", "$ratio"] }] }] },
    );
    is(written(|i| i.points().eq(i.points())), doc! { "$eq": ["$points", "$points"] });
    is(written(|i| i.qty().in_([1, 2])), doc! { "$in": ["$qty", [1, 2]] });
}

#[test]
fn both_sides_of_none_are_made_null() {
    is(
        written(|i| i.note().eq(None::<String>)),
        doc! { "$eq": [{ "$ifNull": ["$note", null] }, null] },
    );
    is(
        written(|i| i.note().ne(i.tags().at(0))),
        doc! { "$ne": [
            { "$ifNull": ["$note", null] },
            { "$ifNull": [{ "$arrayElemAt": ["$tags", 0] }, null] },
        ] },
    );
    is(written(|i| i.note().eq("a")), doc! { "$eq": ["$note", "a"] });
}

#[test]
fn arithmetic() {
    is(
        written(|i| {
            let sum = i.qty() + 1 - i.limit().if_null(2);
            let product = (i.ratio() * 2).div(0.5).rem(7_i64);
            sum.gte(product)
        }),
        doc! { "$gte": [
            { "$subtract": [{ "$add": ["$qty", 1] }, { "$ifNull": ["$limit", 2_i64] }] },
            { "$mod": [{ "$divide": [{ "$multiply": ["$ratio", 2] }, 0.5] }, 7_i64] },
        ] },
    );
}

#[test]
fn a_chain_of_one_operator_is_one_list() {
    is(
        written(|i| (i.qty() + 1 + i.id() + i.qty() * 2 * 3).eq(0)),
        doc! { "$eq": [{ "$add": ["$qty", 1, "$_id", { "$multiply": ["$qty", 2, 3] }] }, 0] },
    );
    is(
        written(|i| (i.qty() - 1 - 2).eq(0)),
        doc! { "$eq": [{ "$subtract": [{ "$subtract": ["$qty", 1] }, 2] }, 0] },
    );
    is(
        written(|i| i.qty().eq(1) | i.qty().eq(2) | i.qty().eq(3)),
        doc! { "$or": [{ "$eq": ["$qty", 1] }, { "$eq": ["$qty", 2] }, { "$eq": ["$qty", 3] }] },
    );
    let many = written(|i| (1..1000).fold(i.qty().eq(0), |all, n| all | i.qty().eq(n)));
    assert_eq!(many.as_document().unwrap().get_array("$or").unwrap().len(), 1000);
}

#[test]
fn references_to_fields_are_computed_with() {
    is(
        written(|i| {
            let qty = i.qty();
            (&qty * &qty + 1).gt(&qty * 2)
        }),
        doc! { "$gt": [{ "$add": [{ "$multiply": ["$qty", "$qty"] }, 1] }, { "$multiply": ["$qty", 2] }] },
    );
}

#[test]
fn functions_of_numbers() {
    is(written(|i| i.qty().abs().eq(1)), doc! { "$eq": [{ "$abs": "$qty" }, 1] });
    is(written(|i| i.ratio().ceil().eq(1)), doc! { "$eq": [{ "$ceil": "$ratio" }, 1] });
    is(written(|i| i.ratio().floor().eq(1)), doc! { "$eq": [{ "$floor": "$ratio" }, 1] });
    is(written(|i| i.ratio().round(2).eq(1)), doc! { "$eq": [{ "$round": ["$ratio", 2] }, 1] });
    is(written(|i| i.ratio().trunc(-1).eq(1)), doc! { "$eq": [{ "$trunc": ["$ratio", -1] }, 1] });
    is(written(|i| i.qty().sqrt().eq(1)), doc! { "$eq": [{ "$sqrt": "$qty" }, 1] });
    is(written(|i| i.qty().min_of(3).eq(1)), doc! { "$eq": [{ "$min": ["$qty", 3] }, 1] });
    is(written(|i| i.id().max_of(3).eq(1)), doc! { "$eq": [{ "$max": ["$_id", 3_i64] }, 1] });
    is(written(|i| i.ratio().to_long().eq(1)), doc! { "$eq": [{ "$toLong": "$ratio" }, 1] });
    is(written(|i| i.qty().to_double().eq(1)), doc! { "$eq": [{ "$toDouble": "$qty" }, 1] });
    is(written(|i| i.qty().to_decimal().eq(1)), doc! { "$eq": [{ "$toDecimal": "$qty" }, 1] });
    assert_eq!(
        mistake(|i| i.ratio().round(101).eq(1)),
        "`$round` takes -20 to 100 places, and this is 101",
    );
}

#[test]
fn functions_of_text() {
    is(
        written(|i| i.name().concat(i.note()).eq("a")),
        doc! { "$eq": [{ "$concat": ["$name", "$note"] }, "a"] },
    );
    is(written(|i| i.name().to_upper().eq("A")), doc! { "$eq": [{ "$toUpper": "$name" }, "A"] });
    is(written(|i| i.name().to_lower().eq("a")), doc! { "$eq": [{ "$toLower": "$name" }, "a"] });
    is(
        written(|i| i.note().trim().eq("a")),
        doc! { "$eq": [{ "$trim": { "input": "$note" } }, "a"] },
    );
    is(written(|i| i.name().char_count().eq(1)), doc! { "$eq": [{ "$strLenCP": "$name" }, 1] });
    is(
        written(|i| i.name().split("$a").eq(["b", "c"].map(str::to_owned))),
        doc! { "$eq": [{ "$split": ["$name", { "$literal": "$a" }] }, { "$literal": ["b", "c"] }] },
    );
    assert_eq!(mistake(|i| i.name().split("").eq([String::new()])), "`$split` needs a separator",);
}

#[test]
fn closures_see_what_is_around_them() {
    is(
        written(|i| i.grid().map(|row| row.filter(|n| n.gt(i.qty())).len()).total().gt(1)),
        doc! { "$gt": [
            { "$sum": { "$map": { "input": "$grid", "as": "v1", "in": { "$size": {
                "$filter": { "input": "$$v1", "as": "v2", "cond": { "$gt": ["$$v2", "$qty"] } },
            } } } } },
            1,
        ] },
    );
    is(
        written(|i| i.nums().map(|n| n + 1).contains(5)),
        doc! { "$in": [5, { "$map": { "input": "$nums", "as": "v1", "in": { "$add": ["$$v1", 1] } } }] },
    );
    let beside = written(|i| i.nums().contains(1) & i.nums().filter(|n| n.gt(1)).len().gt(0));
    assert!(beside.to_string().contains("$$v1"), "{beside}");
}

#[test]
fn an_array_without_elements_is_empty() {
    is(written(|i| i.nums().is_empty()), doc! { "$eq": [{ "$size": "$nums" }, 0] });
}

#[test]
fn a_panic_in_a_closure_leaves_the_names_as_they_were() {
    let panicked = std::panic::catch_unwind(|| {
        Item::expr(|i| i.nums().map(|_| -> i32 { panic!("on purpose") }).len().gt(1))
    });
    assert!(panicked.is_err());
    let after = written(|i| i.nums().map(|n| n * 2).len().gt(1)).to_string();
    assert!(after.contains("\"v1\""), "{after}");
}

#[test]
fn expressions_of_ones_own_have_the_type_that_is_stated() {
    is(
        written(|_| Expr::<_, bool>::raw(doc! { "$in": ["a", "$tags"] })),
        doc! { "$in": ["a", "$tags"] },
    );
}

#[test]
fn what_is_nested_too_deep_is_refused() {
    let deep = mistake(|i| (0..200).fold(i.qty().abs(), |number, _| number.abs()).gt(1));
    assert_eq!(deep, "the expression is nested deeper than 100 levels");
}

#[test]
fn one_expression_joins_other_conditions() {
    let filter = Item::fields().qty().gt(3) & Item::expr(|i| i.centre().eq(Point { x: 1, y: 2 }));
    assert_eq!(
        filter.as_document().unwrap(),
        doc! {
            "qty": { "$gt": 3 },
            "$expr": { "$eq": ["$centre", { "$literal": { "x": 1, "y": 2 } }] },
        },
    );
}
