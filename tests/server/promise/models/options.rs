//! Optional documents, arrays and maps; an `_id` that is an `ObjectId`.

use std::collections::BTreeMap;

use odm::prelude::*;

use crate::promise::{any::*, subject::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "options")]
pub(in crate::promise) struct Options {
    #[model(id)]
    id: ObjectId,
    needs: Option<Needs>,
    spare: Option<Spare>,
    deep: Option<Deep>,
    list: Option<Vec<i32>>,
    documents: Option<Vec<Needs>>,
    map: Option<BTreeMap<String, i32>>,
    entries: Option<BTreeMap<String, Needs>>,
    certain: Deep,
    boxed: Option<Box<Needs>>,
    #[model(default)]
    standard: Spare,
}

/// A document that is nothing without its fields.
#[derive(Embedded, Clone, Debug, PartialEq)]
struct Needs {
    x: i32,
    y: i32,
    note: Option<String>,
}

/// A document that may be empty.
#[derive(Embedded, Clone, Debug, Default, PartialEq)]
struct Spare {
    x: Option<i32>,
    #[model(default)]
    y: i32,
    list: Option<Vec<String>>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Deep {
    needs: Option<Needs>,
    spare: Spare,
    list: Vec<i32>,
}

any_of_fields! {
    struct Options {
        id, needs, spare, deep, list, documents, map, entries, certain, boxed, standard,
    }
    struct Needs { x, y, note }
    struct Spare { x, y, list }
    struct Deep { needs, spare, list }
}

subject! {
    Options: |o, random|
    change {
        [set, set_on_insert, unset] o.needs();
        [value, number] o.needs().x();
        [option] o.needs().note();
        [set, set_on_insert, unset] o.spare();
        [option, number] o.spare().x();
        [option, number] o.spare().y();
        [option, array] o.spare().list();
        [set, set_on_insert, unset] o.deep();
        [set, unset] o.deep().needs();
        [value, number] o.deep().needs().y();
        [option] o.deep().needs().note();
        [set] o.deep().spare();
        [option, number] o.deep().spare().x();
        [set, array] o.deep().list();
        [set] o.deep().list().at(index(random));
        [option, array, pull(|x| x.gt(int(random)))] o.list();
        [set, number] o.list().at(index(random));
        [set, number] o.list().each();
        [set] o.list().filtered(|x| x.gt(int(random)));
        [option, array, sorted(|d| d.x().asc())] o.documents();
        [set] o.documents().at(index(random)).x();
        [option] o.documents().each().note();
        [set, unset] o.map();
        [option, number] o.map().key(key(random));
        [rename(o.map().key("renamed"))] o.map().key(key(random));
        [set, unset] o.entries();
        [set, unset] o.entries().key(key(random));
        [value, number] o.entries().key(key(random)).x();
        [option] o.entries().key(key(random)).note();
        [set] o.certain();
        [value, number] o.certain().needs().x();
        [option] o.certain().spare().y();
        [set, unset] o.boxed();
        [value] o.boxed().y();
        [set, unset] o.standard();
        [option, number] o.standard().y();
    }
    when {
        o.needs().is_null();
        o.needs().exists();
        o.needs().x().eq(int(random));
        o.needs().eq(any::<Needs>(random));
        o.spare().x().eq(int(random));
        o.list().any().gt(int(random));
        o.documents().any().x().eq(int(random));
        o.documents().elem_match(|d| d.x().gt(int(random)) & d.y().lt(int(random)));
        o.map().key(key(random)).eq(int(random));
        o.entries().key(key(random)).x().eq(int(random));
        o.certain().eq(any::<Deep>(random));
        o.deep().list().contains(int(random));
    }
}
