//! No prelude, and its names mean other things here.
#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types)]

use ::odm::{Embedded, Model};

struct Result;
struct Option;
struct Vec;
struct String;
struct Box;
struct Default;
struct Clone;
struct Sized;
struct PhantomData;
struct Some;
struct None;
struct Ok;
struct Err;
struct Handle;
struct Spec;
struct Mode;
struct M;
struct Encoder;
struct Element;
mod odm {}
mod std {}
mod core {}
mod serde {}

/// A function whose name is that of a local variable in the generated code.
fn missing() -> i32 {
    1
}

/// The same.
fn slots() -> i32 {
    2
}

#[derive(Embedded)]
struct R {
    x: i32,
}

#[derive(Embedded)]
struct S(i32);

#[derive(Embedded)]
struct V(i32, bool);

#[derive(Embedded)]
enum Field {
    Some,
    None,
}

#[derive(Embedded)]
enum Value {
    Unit,
    Ok(R),
    Err { code: S },
    Pair(i32, i32),
}

#[derive(Embedded)]
#[model(tag = "tag")]
enum Tagged {
    Unit,
    Ok(R),
    Err { code: S },
}

#[derive(Model)]
struct Series {
    #[model(id)]
    key: ::std::option::Option<i64>,
    r: R,
    s: S,
    v: V,
    field: Field,
    value: ::std::vec::Vec<Value>,
    tagged: Tagged,
    #[model(default = "missing")]
    missing: i32,
    #[model(default = slots)]
    slots: i32,
    #[model(default)]
    text: ::std::string::String,
    #[model(flatten)]
    rest: ::std::collections::BTreeMap<::std::string::String, i32>,
    #[model(skip)]
    skipped: i32,
    #[model(serde)]
    by_serde: ::std::vec::Vec<u8>,
}

#[derive(Model)]
struct Kept {
    #[model(id)]
    id: i64,
    #[model(version, default)]
    version: u32,
    #[model(created_at)]
    created_at: ::odm::bson::DateTime,
    #[model(updated_at)]
    updated_at: ::std::option::Option<::odm::bson::DateTime>,
}

/// A getter has the name of its field.
impl Kept {
    fn version(&self) -> bool {
        true
    }
}

#[derive(Embedded)]
#[model(default)]
struct AllDefault {
    missing: i32,
    default: bool,
}

impl ::std::default::Default for AllDefault {
    fn default() -> Self {
        AllDefault { missing: 1, default: true }
    }
}

#[test]
fn paths_are_as_ever() {
    let fields = <Series as Embedded>::fields();
    ::std::assert_eq!(super::path(&fields.r().x()), "r.x");
    ::std::assert_eq!(super::path(&fields.key()), "_id");
}

#[test]
fn kept_fields_are_as_ever() {
    let at = ::odm::bson::DateTime::from_millis(1);
    let kept = Kept { id: 1, version: 3, created_at: at, updated_at: ::std::option::Option::None };
    let delete = <Kept as ::odm::Operations>::delete().by(&kept).as_document();
    let expected = ::odm::bson::doc! { "_id": 1_i64, "version": 3_i64 };
    ::std::assert_eq!(delete.unwrap().get_document("q").unwrap(), &expected);
    ::std::assert!(kept.version());
}

#[test]
fn defaults_are_those_of_the_functions() {
    let read: AllDefault = super::there_and_back(&AllDefault { missing: 5, default: false });
    ::std::assert_eq!((read.missing, read.default), (5, false));
}
