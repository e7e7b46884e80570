//! Maps of everything.

use std::collections::{BTreeMap, HashMap};

use odm::prelude::*;

use crate::promise::{any::*, subject::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "maps")]
pub(in crate::promise) struct Maps {
    #[model(id)]
    id: i64,
    numbers: BTreeMap<String, i32>,
    spare: BTreeMap<String, Option<i32>>,
    texts: HashMap<String, String>,
    points: BTreeMap<String, Point>,
    holes: BTreeMap<String, Option<Point>>,
    lists: BTreeMap<String, Vec<i32>>,
    layers: BTreeMap<String, Vec<Point>>,
    nested: BTreeMap<String, BTreeMap<String, Point>>,
    states: BTreeMap<State, i32>,
    objects: BTreeMap<ObjectId, Point>,
    #[model(default)]
    standard: BTreeMap<String, Point>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
    note: Option<String>,
}

#[derive(Embedded, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Open,
    Closed,
}

any_of_fields! {
    struct Maps {
        id, numbers, spare, texts, points, holes, lists, layers, nested, states, objects, standard,
    }
    struct Point { x, y, note }
}

any_of_fields! {
    enum State { Open, Closed }
}

impl AnyKey for State {
    fn any_key(random: &mut tests::Random) -> Self {
        any(random)
    }
}

subject! {
    Maps: |m, random|
    change {
        [set] m.numbers();
        [option, number, bit] m.numbers().key(key(random));
        [rename(m.numbers().key("renamed"))] m.numbers().key(key(random));
        [set] m.spare();
        [option, number] m.spare().key(key(random));
        [set] m.texts();
        [option] m.texts().key(key(random));
        [set] m.points();
        [set, set_on_insert, unset] m.points().key(key(random));
        [rename(m.points().key(key(random)))] m.points().key(key(random));
        [value, number] m.points().key(key(random)).x();
        [option] m.points().key(key(random)).note();
        [set] m.holes();
        [set, unset] m.holes().key(key(random));
        [value, number] m.holes().key(key(random)).y();
        [option] m.holes().key(key(random)).note();
        [set] m.lists();
        [set, unset, array] m.lists().key(key(random));
        [set, number] m.lists().key(key(random)).at(index(random));
        [set] m.lists().key(key(random)).each();
        [set, unset, array] m.layers().key(key(random));
        [set] m.layers().key(key(random)).filtered(|p| p.x().gt(int(random))).y();
        [set] m.layers().key(key(random)).at(index(random));
        [set] m.layers().key(key(random)).at(index(random)).x();
        [set] m.nested();
        [set, unset] m.nested().key(key(random));
        [set, unset] m.nested().key(key(random)).key(key(random));
        [set, number] m.nested().key(key(random)).key(key(random)).x();
        [set] m.states();
        [option, number] m.states().key(any::<State>(random));
        [set] m.objects();
        [set, unset] m.objects().key(any::<ObjectId>(random));
        [set] m.objects().key(any::<ObjectId>(random)).x();
        [set, unset] m.standard();
        [set, unset] m.standard().key(key(random));
        [set] m.standard().key(key(random)).x();
    }
    when {
        m.numbers().key(key(random)).eq(int(random));
        m.numbers().eq(any::<std::collections::BTreeMap<String, i32>>(random));
        m.points().key(key(random)).x().eq(int(random));
        m.points().key(key(random)).exists();
        m.points().key(key(random)).eq(any::<Point>(random));
        m.holes().key(key(random)).is_null();
        m.lists().key(key(random)).any().gt(int(random));
        m.layers().key(key(random)).any().x().eq(int(random));
        m.texts().key("a").ne(text(random));
    }
}
