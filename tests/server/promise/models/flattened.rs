//! A flattened map: its entries stand among the fields. An `_id` made of several fields.

use std::collections::BTreeMap;

use odm::prelude::*;

use crate::promise::{any::*, subject::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "flattened")]
pub(in crate::promise) struct Flattened {
    #[model(id)]
    id: Compound,
    name: String,
    count: i32,
    place: Place,
    #[model(flatten)]
    others: BTreeMap<String, i32>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(in crate::promise) struct Compound {
    tenant: String,
    number: i64,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Place {
    x: i32,
    #[model(flatten)]
    points: BTreeMap<String, Option<i32>>,
}

impl Number for Compound {
    fn number(number: u32) -> Self {
        Self { tenant: "a".into(), number: number.into() }
    }
}

any_of_fields! {
    struct Flattened { id, name, count, place, others }
    struct Compound { tenant, number }
    struct Place { x, points }
}

subject! {
    Flattened: |f, random|
    change {
        [value] f.name();
        [value, number] f.count();
        [set] f.place();
        [value, number] f.place().x();
        [option, number] f.place().points().key(key(random));
        [option, number] f.others().key(key(random));
        [set, unset] f.others().key("name");
        [set, number] f.others().key("place");
        [set, unset] f.others().key("_id");
        [set] f.place().points().key("x");
        [rename(f.others().key("renamed"))] f.others().key(key(random));
    }
    when {
        f.name().eq(text(random));
        f.id().tenant().eq("b");
        f.id().number().gt(3);
        f.id().tenant().eq("b") & f.count().eq(int(random));
        f.others().key(key(random)).eq(int(random));
        f.place().points().key(key(random)).eq(int(random));
    }
}
