//! Enums in all forms.

use std::collections::BTreeMap;

use odm::prelude::*;

use crate::promise::{any::*, subject::*};

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
    note: Option<String>,
}

/// A document with only optional fields.
#[derive(Embedded, Clone, Debug, PartialEq)]
struct Spare {
    a: Option<i32>,
}

any_of_fields! {
    struct Point { x, y, note }
    struct Spare { a }
}

/// A model of one form of an enum, wherever it can stand.
macro_rules! model_of_enums {
    ($model:ident, $form:ident, $collection:literal, [$($attribute:tt)*], { $($variants:tt)* }) => {
        #[derive(Model, Clone, Debug, PartialEq)]
        #[model(collection = $collection)]
        pub(in crate::promise) struct $model {
            #[model(id)]
            id: i64,
            one: $form,
            maybe: Option<$form>,
            list: Vec<$form>,
            holes: Vec<Option<$form>>,
            map: BTreeMap<String, $form>,
            held: Held<$form>,
        }

        #[derive(Embedded, Clone, Debug, PartialEq)]
        $($attribute)*
        enum $form {
            $($variants)*
        }

        any_of_fields! {
            struct $model { id, one, maybe, list, holes, map, held }
        }
    };
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Held<T> {
    value: T,
    other: Option<T>,
}

impl<T: Any> Any for Held<T> {
    fn any(random: &mut tests::Random) -> Self {
        Self { value: any(random), other: any(random) }
    }
}

model_of_enums! { Externals, External, "externals", [], {
    Empty,
    Circle { size: i32, note: Option<String>, tags: Vec<String> },
    Square { size: i32, other: i64 },
    Points(Vec<Point>),
    At(Point),
    Extra(Spare),
    Number(i64),
    Pair(i32, String),
}}

model_of_enums! { Internals, Internal, "internals", [#[model(tag = "type")]], {
    Empty,
    Circle { size: i32, note: Option<String>, tags: Vec<String> },
    Square { size: i32, other: i64 },
    At(Point),
    Extra(Spare),
}}

model_of_enums! { Adjacents, Adjacent, "adjacents", [#[model(tag = "type", content = "data")]], {
    Empty,
    Circle { size: i32, note: Option<String>, tags: Vec<String> },
    Square { size: i32, other: i64 },
    Points(Vec<Point>),
    At(Point),
    Extra(Spare),
    Number(i64),
    Pair(i32, String),
}}

any_of_fields! {
    // Most changes are of circles.
    enum External {
        Empty, Circle { size, note, tags }, Circle { size, note, tags }, Circle { size, note, tags }, Square { size, other }, Points(a), At(a), Extra(a),
        Number(a), Pair(a, b)
    }
    enum Internal { Empty, Circle { size, note, tags }, Circle { size, note, tags }, Square { size, other }, At(a), Extra(a) }
    enum Adjacent {
        Empty, Circle { size, note, tags }, Circle { size, note, tags }, Circle { size, note, tags }, Square { size, other }, Points(a), At(a), Extra(a),
        Number(a), Pair(a, b)
    }
}

/// What all three forms have, with the changes that only some have.
macro_rules! subject_of_enums {
    ($model:ident, $form:ident, |$m:ident, $random:ident| $($more:tt)*) => {
        subject! {
            $model: |$m, $random|
            change {
                [value] $m.one();
                [value, number] $m.one().as_circle().size();
                [option] $m.one().as_circle().note();
                [set, array] $m.one().as_circle().tags();
                [set] $m.one().as_circle().tags().at(index($random));
                [value, number] $m.one().as_square().other();
                [value] $m.one().as_at().x();
                [option] $m.one().as_at().note();
                [option, number] $m.one().as_extra().a();
                [option] $m.maybe();
                [value, number] $m.maybe().as_circle().size();
                [option] $m.maybe().as_circle().note();
                [option] $m.maybe().as_extra().a();
                [array] $m.maybe().as_circle().tags();
                [
                    set, array, pull(|e| e.as_circle().size().gt(int($random))),
                    pull(|e| e.is_empty()), pull(|e| e.eq(any::<$form>($random)))
                ] $m.list();
                [set] $m.list().at(index($random));
                [set, number] $m.list().at(index($random)).as_circle().size();
                [option] $m.list().at(index($random)).as_circle().note();
                [set] $m.list().each().as_square().size();
                [set] $m.list().matched();
                [set] $m.list().matched().as_square().size();
                [set, number] $m.list().filtered(|e| e.as_circle().size().gt(int($random))).as_circle().size();
                [set] $m.list().filtered(|e| e.is_square()).as_circle().size();
                [set] $m.list().filtered(|e| e.is_at() | e.is_circle()).as_at().x();
                [option] $m.list().filtered(|e| e.is_extra()).as_extra().a();
                [array] $m.list().filtered(|e| e.is_circle()).as_circle().tags();
                [set, array] $m.holes();
                [set, unset] $m.holes().at(index($random));
                [set] $m.holes().at(index($random)).as_circle().size();
                [set] $m.holes().each().as_square().other();
                [set] $m.holes().filtered(|e| e.is_circle()).as_circle().size();
                [set] $m.map();
                [set, unset] $m.map().key(key($random));
                [set, number] $m.map().key(key($random)).as_circle().size();
                [option] $m.map().key(key($random)).as_extra().a();
                [array] $m.map().key(key($random)).as_circle().tags();
                [set] $m.held();
                [set] $m.held().value();
                [set] $m.held().value().as_circle().size();
                [option] $m.held().other();
                [option] $m.held().other().as_circle().note();
                $($more)*
            }
            when {
                $m.one().is_circle();
                $m.one().as_circle().size().eq(int($random));
                $m.one().eq(any::<$form>($random));
                $m.maybe().as_square().other().eq(any::<i64>($random));
                $m.maybe().is_null();
                $m.list().any().as_circle().size().gt(int($random));
                $m.list().elem_match(|e| e.is_square());
                $m.list().contains(any::<$form>($random));
                $m.list().at(0).as_circle().size().eq(int($random));
                $m.map().key(key($random)).as_circle().size().eq(int($random));
                $m.held().value().as_at().x().eq(int($random));
            }
        }
    };
}

/// The enums whose variants may hold any value.
macro_rules! subject_of_any_data {
    ($($models:ident, $form:ident;)*) => {$(
        subject_of_enums! { $models, $form, |e, random|
            [set, array, pull(|p| p.x().gt(int(random)))] e.one().as_points();
            [set] e.one().as_points().at(index(random)).x();
            [set] e.one().as_points().filtered(|p| p.x().gt(int(random))).y();
            [set, number] e.one().as_number();
            [set] e.one().as_at();
            [set] e.one().as_pair();
            [set] e.maybe().as_extra();
            [set, number] e.list().at(index(random)).as_number();
            [array] e.list().filtered(|e| e.is_points()).as_points();
            [set] e.map().key(key(random)).as_points();
        }
    )*};
}

subject_of_any_data! { Externals, External; Adjacents, Adjacent; }

subject_of_enums! { Internals, Internal, |e, random| }
