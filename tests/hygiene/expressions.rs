//! Fields that have the names of what expressions can do: the user's own names win.

use odm::prelude::*;

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(crate) struct Named {
    year: Inner,
    map: Inner,
    filter: Inner,
    eq: Inner,
    gt: Inner,
    expr: Inner,
    sum: Inner,
    with: Inner,
    r#type: Inner,
    to_expr: Inner,
    into_expr: Inner,
    concat: Inner,
    len: Inner,
    if_null: Inner,
    let_in: Inner,
    total: Inner,
    first: Inner,
    contains: Inner,
    add: Inner,
    div: Inner,
    round: Inner,
    trim: Inner,
    until: Inner,
    saturating: Inner,
    when: Inner,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(crate) struct Inner {
    eq: i32,
}

/// A generic document, whose handle has parameters of its own.
#[derive(Embedded, Clone, Debug, PartialEq)]
pub(crate) struct Pair<W: Clone, const N: usize> {
    left: W,
    right: [W; N],
}

macro_rules! paths {
    ($($field:ident)*) => {
        [$((Named::expr(|n| n.$field().eq().eq(1)), stringify!($field).trim_start_matches("r#")),)*]
    };
}

#[test]
fn a_field_of_any_name_is_reached() {
    let all = paths! {
        year map filter eq gt expr sum with r#type to_expr into_expr concat len if_null let_in total
        first contains add div round trim until saturating when
    };
    for (filter, name) in all {
        let expected = doc! { "$expr": { "$eq": [format!("${name}.eq"), 1] } };
        assert_eq!(filter.as_document().expect("a filter"), expected);
    }
}

#[test]
fn fields_of_one_name_stand_on_both_sides() {
    let filter = Named::expr(|n| Compare::eq(&n.map(), n.filter()));
    let expected = doc! { "$expr": { "$eq": ["$map", "$filter"] } };
    assert_eq!(filter.as_document().expect("a filter"), expected);
}

#[test]
fn a_generic_document_stands_in_an_expression() {
    let filter = Pair::<i64, 2>::expr(|p| p.left().gt(p.right().at(0).if_null(0)));
    let expected = doc! { "$expr": { "$gt": [
        "$left",
        { "$ifNull": [{ "$arrayElemAt": ["$right", 0] }, 0_i64] },
    ] } };
    assert_eq!(filter.as_document().expect("a filter"), expected);
}
