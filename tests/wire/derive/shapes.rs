//! Structs, newtypes, tuples, generics.

use std::{borrow::Cow, collections::BTreeMap, marker::PhantomData};

use odm::prelude::*;
use serde::{Deserialize, Serialize};

use super::{agrees, agrees_inside, read, read_inside, written};

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Empty {}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Meters(f64);

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Pair(i32, String);

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Nothing();

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
#[serde(transparent)]
struct Only {
    inside: Vec<Meters>,
    #[serde(skip)]
    seen: bool,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Embedded, Serialize, Deserialize)]
#[model(map_key)]
#[serde(transparent)]
struct Code(String);

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct All {
    empty: Empty,
    meters: Meters,
    pair: Pair,
    nothing: Nothing,
    only: Only,
    by_code: BTreeMap<Code, Option<Meters>>,
    r#type: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Box<Self>>,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Generic<'a, T: Clone, U, const N: usize = 2>
where
    U: Copy,
{
    name: Cow<'a, str>,
    many: Vec<T>,
    one: Option<U>,
    #[serde(skip)]
    count: PhantomData<[u8; N]>,
}

#[derive(Debug, PartialEq, Model, Serialize, Deserialize)]
struct Account {
    balance: i64,
    #[serde(rename = "_id")]
    id: i64,
}

#[derive(Debug, PartialEq, Model)]
struct OrderItem {
    #[model(id)]
    number: Option<ObjectId>,
    name: String,
}

fn all() -> All {
    All {
        empty: Empty {},
        meters: Meters(1.5),
        pair: Pair(3, "three".into()),
        nothing: Nothing(),
        only: Only { inside: vec![Meters(2.0)], seen: false },
        by_code: BTreeMap::from([(Code("a".into()), None), (Code("b".into()), Some(Meters(4.0)))]),
        r#type: 7,
        parent: None,
    }
}

#[test]
fn structs_of_every_shape_agree_with_serde() {
    agrees(&all());
    agrees(&All { parent: Some(Box::new(all())), ..all() });
    agrees(&Empty {});
}

#[test]
fn newtypes_are_stored_as_what_they_hold() {
    agrees_inside(Meters(1.0));
    agrees_inside(Some(Meters(1.0)));
    agrees_inside(Only { inside: Vec::new(), seen: false });
}

#[test]
fn tuple_structs_are_arrays_of_their_length() {
    agrees_inside(Pair(1, "a".into()));
    assert_eq!(read_inside::<Pair>(vec![1]), Err("value: expected 2 items, found 1".to_owned()));
    assert_eq!(
        read_inside::<Pair>(odm::bson::bson!([1, 2])),
        Err("value[1]: expected string, found int32".to_owned())
    );
}

#[test]
fn generic_types_agree_with_serde() {
    agrees(&Generic::<'_, i32, bool> {
        name: "a".into(),
        many: vec![1, 2],
        one: Some(true),
        count: PhantomData,
    });
}

#[test]
fn a_renamed_field_is_the_id_in_any_position() {
    agrees(&Account { balance: 5, id: 1 });
    let stored = doc! { "_id": 1_i64, "balance": 5_i64 };
    assert_eq!(read(&stored), Ok(Account { balance: 5, id: 1 }));
    assert_eq!(Account { balance: 5, id: 1 }.document_id(), Some(&1));
}

#[test]
fn an_id_that_is_none_is_not_written() {
    let mut item = OrderItem { number: None, name: "a".into() };
    assert_eq!(written(&item), doc! { "name": "a" });
    assert_eq!(item.document_id(), None);
    let id = ObjectId::new();
    item.number = Some(id);
    assert_eq!(written(&item), doc! { "_id": id, "name": "a" });
    assert_eq!(item.document_id(), Some(&id));
}

#[test]
fn a_collection_is_named_after_its_model() {
    assert_eq!(OrderItem::COLLECTION, "order_item");
    assert_eq!(Account::COLLECTION, "account");
}

#[test]
fn a_missing_field_and_a_repeated_one_are_errors() {
    assert_eq!(read::<Meter>(&doc! {}), Err("at: the field is missing".to_owned()));
    let bytes = b"\x15\0\0\0\x10at\0\x01\0\0\0\x10at\0\x02\0\0\0\0";
    let error = odm::codec::decode_document::<Meter>(bytes).expect_err("twice");
    assert_eq!(error.to_string(), "at: the field is there twice");
}

#[derive(Debug, PartialEq, Embedded)]
struct Meter {
    at: i32,
}
