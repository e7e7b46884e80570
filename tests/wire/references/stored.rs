//! What is stored and sent.
// References are borrowed and cloned on purpose.
#![allow(clippy::needless_borrows_for_generic_args, clippy::clone_on_copy)]

use std::collections::{BTreeMap, BTreeSet, HashSet};

use odm::{
    Id,
    bson::{Bson, Document, RawDocument},
    codec::{decode_document, encode_document},
    prelude::*,
};

use super::{Customer, Employee, Line, Order, Product, Profile};

fn document<T: odm::codec::Encode>(value: &T) -> Document {
    let bytes = encode_document(value).expect("a document");
    Document::try_from(RawDocument::from_bytes(&bytes).expect("bytes")).expect("a document")
}

fn order() -> Order {
    let product = Id::from(ObjectId::from_bytes([2; 12]));
    Order {
        id: ObjectId::from_bytes([1; 12]),
        customer: Ref::new(7),
        gift_of: None,
        lines: vec![Line { product: Ref::new(product), quantity: 3 }],
        seen_by: vec![Ref::new(7), Ref::new(8_i64)],
        notes: BTreeMap::from([(Ref::new(8), "late".to_owned())]),
        by_role: BTreeMap::from([("buyer".to_owned(), Ref::new(7))]),
    }
}

#[test]
fn a_reference_is_stored_as_the_id_in_its_own_type() {
    let expected = doc! {
        "_id": ObjectId::from_bytes([1; 12]),
        "customer": 7_i64,
        "lines": [{ "product": ObjectId::from_bytes([2; 12]), "quantity": 3 }],
        "seen_by": [7_i64, 8_i64],
        "notes": { "8": "late" },
        "by_role": { "buyer": 7_i64 },
    };
    assert_eq!(document(&order()), expected);
    let bytes = encode_document(&order()).expect("a document");
    assert_eq!(decode_document::<Order>(&bytes).expect("an order"), order());
}

#[test]
fn a_model_refers_to_itself_and_two_to_each_other() {
    let boss = Employee { id: "ann".into(), boss: None, reports: vec![Ref::new("ben")] };
    let ben = Employee { id: "ben".into(), boss: Some(Ref::to(&boss)), reports: vec![] };
    assert_eq!(document(&boss), doc! { "_id": "ann", "reports": ["ben"] });
    assert_eq!(document(&ben), doc! { "_id": "ben", "boss": "ann", "reports": [] });
    let customer = Customer { id: 7, favourite: Some(Ref::to(&order())) };
    assert_eq!(document(&customer), doc! { "_id": 7_i64, "favourite": order().id });
}

#[test]
fn a_reference_can_be_the_id() {
    let ann = Customer { id: 7, favourite: None };
    let profile = Profile { customer: Ref::to(&ann), text: "hello".into() };
    assert_eq!(document(&profile), doc! { "_id": 7_i64, "text": "hello" });
    assert_eq!(Ref::to(&profile).id(), &Ref::to(&ann));
    let find = Profile::find_by_id(Ref::to(&ann)).as_document().expect("a find");
    assert_eq!(find, doc! { "find": "profile", "filter": { "_id": 7_i64 } });
}

#[test]
fn an_id_that_is_not_set_gives_no_reference() {
    assert_eq!(Ref::try_to(&Product { id: None }), None);
    let id = Id::new();
    assert_eq!(Ref::try_to(&Product { id: Some(id) }), Some(Ref::new(id)));
}

#[test]
fn a_missing_typed_id_is_made_as_an_object_id_is() {
    let insert = Product::insert(&Product { id: None }).as_document().expect("an insert");
    assert!(matches!(insert.get("_id"), Some(Bson::ObjectId(_))), "{insert}");
}

#[test]
fn conditions_take_references_by_value_and_borrowed() {
    let ann = Ref::<Customer>::new(7);
    let one = [
        Order::fields().customer().eq(&ann),
        Order::fields().customer().eq(ann),
        Order::fields().customer().eq(Ref::new(7)),
    ];
    for filter in one {
        assert_eq!(filter.as_document().expect("a filter"), doc! { "customer": 7_i64 });
    }
    let cases = [
        (
            Order::fields().customer().in_([Ref::new(7), Ref::new(8)]),
            doc! {
                "customer": { "$in": [7_i64, 8_i64] },
            },
        ),
        (Order::fields().customer().in_(&[ann]), doc! { "customer": { "$in": [7_i64] } }),
        (Order::fields().gift_of().eq(&ann), doc! { "gift_of": 7_i64 }),
        (Order::fields().gift_of().eq(None), doc! { "gift_of": null }),
        (Order::fields().seen_by().any().ne(&ann), doc! { "seen_by": { "$ne": 7_i64 } }),
        (Order::fields().by_role().key("buyer").eq(ann), doc! { "by_role.buyer": 7_i64 }),
        (Order::fields().notes().key(ann).eq("late"), doc! { "notes.7": "late" }),
    ];
    for (filter, expected) in cases {
        assert_eq!(filter.as_document().expect("a filter"), expected);
    }
}

#[test]
fn updates_set_and_push_references() {
    let ann = Ref::<Customer>::new(7);
    let update = Order::update()
        .all_documents()
        .set(|o| o.customer(), &ann)
        .set(|o| o.gift_of(), Ref::new(8))
        .push(|o| o.seen_by(), ann)
        .as_document()
        .expect("an update");
    let expected = doc! {
        "$set": { "customer": 7_i64, "gift_of": 8_i64 },
        "$push": { "seen_by": { "$each": [7_i64] } },
    };
    assert_eq!(update.get_document("u").expect("an update"), &expected);
}

#[test]
fn references_are_compared_by_their_ids() {
    let (one, two) = (Ref::<Customer>::new(1), Ref::<Customer>::new(2));
    assert!(one < two && one == one.clone());
    assert_eq!(BTreeSet::from([two, one, two]).into_iter().collect::<Vec<_>>(), [one, two]);
    assert_eq!(HashSet::from([one, one]).len(), 1);
    assert_eq!(format!("{one:?}"), "Ref(1)");
    assert_eq!(one.into_id(), 1);
}
