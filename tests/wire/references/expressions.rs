//! References in expressions.
// References are borrowed and cloned on purpose.
#![allow(clippy::needless_borrows_for_generic_args)]

use odm::{
    filter::Filter,
    path::{Field, ReadingFields},
    prelude::*,
    reference::{References, RefersTo},
};

use super::{Customer, Order, Profile};

fn sent(filter: Filter<Order>) -> odm::bson::Document {
    filter.as_document().expect("a filter").get_document("$expr").expect("an expression").clone()
}

#[test]
fn references_to_one_model_are_compared() {
    let ann = Ref::<Customer>::new(7);
    let cases = [
        (Order::expr(|o| o.customer().eq(&ann)), doc! { "$eq": ["$customer", 7_i64] }),
        (Order::expr(|o| o.customer().eq(Ref::new(7))), doc! { "$eq": ["$customer", 7_i64] }),
        (Order::expr(|o| o.customer().ne(o.gift_of())), doc! { "$ne": ["$customer", "$gift_of"] }),
        (Order::expr(|o| o.customer().in_([&ann])), doc! { "$in": ["$customer", [7_i64]] }),
        (Order::expr(|o| o.seen_by().contains(&ann)), doc! { "$in": [7_i64, "$seen_by"] }),
    ];
    for (filter, expected) in cases {
        assert_eq!(sent(filter), expected);
    }
}

#[test]
fn a_reference_is_compared_with_the_id_of_its_model() {
    let filter = Order::expr(|o| o.customer().eq(7_i64) & cond(o.gift_of().eq(7), true, false));
    let expected = doc! { "$and": [
        { "$eq": ["$customer", 7_i64] },
        { "$cond": [{ "$eq": ["$gift_of", 7] }, true, false] },
    ] };
    assert_eq!(sent(filter), expected);
    let filter = Profile::expr(|p| p.customer().eq(Ref::new(7)));
    assert_eq!(
        filter.as_document().expect("a filter"),
        doc! { "$expr": { "$eq": ["$_id", 7_i64] } }
    );
}

/// The model that a path leads to.
fn target<H, V>(_: impl FnOnce(ReadingFields<Order>) -> H) -> &'static str
where
    H: odm::path::Handle<Value = V>,
    V: Field<Kind: RefersTo<V>>,
{
    <<V::Kind as RefersTo<V>>::Model as Model>::COLLECTION
}

/// The same for an array of references.
fn targets<H, V>(_: impl FnOnce(ReadingFields<Order>) -> H) -> &'static str
where
    H: odm::path::Handle<Value = V>,
    V: Field<Kind: References<V>>,
{
    <<V::Kind as References<V>>::Model as Model>::COLLECTION
}

#[test]
fn a_path_tells_the_model_that_its_references_are_to() {
    assert_eq!(target(|o| o.customer()), "customer");
    assert_eq!(target(|o| o.gift_of()), "customer");
    assert_eq!(target(|o| o.lines().each().product()), "product");
    assert_eq!(target(|o| o.seen_by().each()), "customer");
    assert_eq!(target(|o| o.by_role().key("buyer")), "customer");
    assert_eq!(targets(|o| o.seen_by()), "customer");
}
