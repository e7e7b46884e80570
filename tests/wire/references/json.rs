//! serde: the `_id` alone.

use odm::{Id, bson, prelude::*};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Customer, Employee, Order, Product};

#[derive(Embedded, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Number(ObjectId);

#[derive(Model)]
struct Numbered {
    #[model(id)]
    #[allow(dead_code)]
    id: Number,
}

const HEX: &str = "65f0c1d2e3f4a5b6c7d8e9f0";

fn object_id() -> ObjectId {
    ObjectId::parse_str(HEX).expect("an ObjectId")
}

fn goes_through_json<T>(value: T, expected: Value)
where
    T: Serialize + for<'de> Deserialize<'de> + PartialEq + std::fmt::Debug,
{
    let json = serde_json::to_value(&value).expect("JSON");
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_value::<T>(json).expect("a value"), value);
}

#[test]
fn json_has_the_id_alone() {
    goes_through_json(Ref::<Customer>::new(7), json!(7));
    goes_through_json(Ref::<Employee>::new("ann"), json!("ann"));
    goes_through_json(vec![Some(Ref::<Customer>::new(7)), None], json!([7, null]));
}

#[test]
fn an_object_id_is_its_digits_in_json() {
    goes_through_json(Ref::<Order>::new(object_id()), json!(HEX));
    goes_through_json(Id::<Product>::from(object_id()), json!(HEX));
    goes_through_json(Ref::<Product>::new(Id::from(object_id())), json!(HEX));
    goes_through_json(Ref::<Numbered>::new(Number(object_id())), json!(HEX));
    let extended = json!({ "$oid": HEX });
    assert_eq!(
        serde_json::from_value::<Ref<Order>>(extended).expect("a reference").id(),
        &object_id()
    );
}

/// The driver's own serializer of documents.
#[test]
fn serde_in_bson_keeps_the_object_id() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Both {
        order: Ref<Order>,
        product: Id<Product>,
    }
    let both = Both { order: Ref::new(object_id()), product: Id::from(object_id()) };
    let bytes = bson::serialize_to_vec(&both).expect("BSON");
    let document: bson::Document = bson::deserialize_from_slice(&bytes).expect("a document");
    assert_eq!(document, doc! { "order": object_id(), "product": object_id() });
    assert_eq!(bson::deserialize_from_slice::<Both>(&bytes).expect("both"), both);
}

#[test]
fn digits_that_are_no_object_id_are_refused() {
    assert!("65f0".parse::<Id<Order>>().is_err());
    assert!(serde_json::from_value::<Ref<Order>>(json!("65f0")).is_err());
    assert!(serde_json::from_value::<Ref<Customer>>(json!("7")).is_err());
}
