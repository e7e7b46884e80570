//! Fields that attributes store in another way: renamed, flattened, with an encoding of their own.

use std::collections::BTreeMap;

use odm::{bson::Bson, prelude::*};

use crate::promise::{any::*, subject::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "attributes", rename_all = "camelCase")]
pub(in crate::promise) struct Attributes {
    #[model(id)]
    id: i64,
    long_name: i32,
    #[model(rename = "n")]
    short: Option<i32>,
    #[model(flatten)]
    audit: Audit,
    #[model(flatten)]
    kind: Kind,
    #[model(with = "seconds")]
    lasting: i64,
    #[model(with = "seconds", default)]
    pause: i64,
    #[model(serde)]
    foreign: Foreign,
    #[model(serde)]
    maybe_foreign: Option<Foreign>,
    #[model(default)]
    list: Vec<Part>,
    #[model(skip_serializing_if = "Option::is_none")]
    spare: Option<Part>,
    #[model(skip)]
    unsaved: Unsaved,
    anything: Bson,
    json: odm::bson::Document,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Audit {
    created_by: String,
    #[model(rename = "rev")]
    revision: i32,
    seen: Option<Part>,
    #[model(default)]
    marks: Vec<i32>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(tag = "kind", rename_all = "snake_case")]
enum Kind {
    Plain,
    WithSize {
        size: i32,
        #[model(rename = "w")]
        weight: Option<f64>,
    },
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
struct Part {
    part_number: i32,
    in_stock: Option<bool>,
    #[model(default)]
    tags: BTreeMap<String, String>,
}

#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
struct Foreign {
    a: i32,
    b: Option<String>,
}

/// A value that no document has.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
struct Unsaved {}

/// Seconds, stored as text.
mod seconds {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(value: &i64, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&format!("{value}s"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
        let text = String::deserialize(from)?;
        text.trim_end_matches('s').parse().map_err(D::Error::custom)
    }
}

any_of_fields! {
    struct Attributes {
        id, long_name, short, audit, kind, lasting, pause, foreign, maybe_foreign, list, spare,
        unsaved, anything, json,
    }
    struct Audit { created_by, revision, seen, marks }
    struct Part { part_number, in_stock, tags }
    struct Foreign { a, b }
}

any_of_fields! {
    enum Kind { Plain, WithSize { size, weight } }
}

impl Any for Unsaved {
    fn any(_: &mut tests::Random) -> Self {
        Self {}
    }
}

subject! {
    Attributes: |a, random|
    change {
        [value, number] a.long_name();
        [option, number] a.short();
        [value] a.audit().created_by();
        [value, number] a.audit().revision();
        [set, unset] a.audit().seen();
        [value] a.audit().seen().part_number();
        [option, array] a.audit().marks();
        [value, number] a.kind().as_with_size().size();
        [option] a.kind().as_with_size().weight();
        [value] a.lasting();
        [option] a.pause();
        [value] a.foreign();
        [option] a.maybe_foreign();
        [set, unset, array] a.list();
        [set] a.list().at(index(random)).part_number();
        [set] a.list().filtered(|p| p.part_number().gt(int(random))).in_stock();
        [set, unset] a.list().each().tags().key(key(random));
        [option] a.spare();
        [set] a.spare().part_number();
        [set] a.spare().tags().key(key(random));
        [value] a.anything();
        [value] a.json();
    }
    when {
        a.long_name().eq(int(random));
        a.short().eq(int(random)) & a.audit().created_by().eq(text(random));
        a.lasting().eq(any::<i64>(random));
        a.foreign().eq(any::<Foreign>(random));
        a.kind().as_with_size().size().gt(int(random));
        a.list().any().part_number().eq(int(random));
        a.audit().seen().part_number().eq(int(random));
        a.json().eq(any::<odm::bson::Document>(random));
    }
}
