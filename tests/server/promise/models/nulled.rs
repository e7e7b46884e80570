//! Optional fields that are stored as null.

use std::collections::BTreeMap;

use odm::prelude::*;

use crate::promise::{any::*, subject::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "nulled")]
pub(in crate::promise) struct Nulled {
    #[model(id)]
    id: i64,
    #[model(null)]
    number: Option<i64>,
    #[model(null)]
    text: Option<String>,
    #[model(null)]
    point: Option<Point>,
    #[model(null)]
    spare: Option<Spare>,
    #[model(null)]
    list: Option<Vec<i32>>,
    #[model(null)]
    points: Option<Vec<Point>>,
    #[model(null)]
    map: Option<BTreeMap<String, Spare>>,
    #[model(null)]
    shape: Option<Shape>,
    #[model(default = "one")]
    standard: Option<i32>,
    held: Vec<Spare>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    #[model(null)]
    y: Option<i32>,
}

/// A type whose `None`s are all stored.
#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(null)]
struct Spare {
    a: Option<i32>,
    b: Option<Point>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(tag = "type")]
enum Shape {
    Empty,
    Circle {
        #[model(null)]
        size: Option<i32>,
    },
}

fn one() -> Option<i32> {
    Some(1)
}

any_of_fields! {
    struct Nulled { id, number, text, point, spare, list, points, map, shape, standard, held }
    struct Point { x, y }
    struct Spare { a, b }
}

any_of_fields! {
    enum Shape { Empty, Circle { size } }
}

subject! {
    Nulled: |n, random|
    change {
        [option, number] n.number();
        [option] n.text();
        [set, set_on_insert, unset] n.point();
        [value, number] n.point().x();
        [option, number] n.point().y();
        [set, unset] n.spare();
        [option, number] n.spare().a();
        [set, unset] n.spare().b();
        [set, number] n.spare().b().x();
        [option, array] n.list();
        [set] n.list().at(index(random));
        [set, unset, array] n.points();
        [set] n.points().at(index(random)).x();
        [option] n.points().each().y();
        [set, unset] n.map();
        [set, unset] n.map().key(key(random));
        [option] n.map().key(key(random)).a();
        [set, unset] n.shape();
        [option, number] n.shape().as_circle().size();
        [option, number] n.standard();
        [set, array] n.held();
        [set] n.held().at(index(random)).a();
        [set] n.held().filtered(|s| s.a().is_null()).b();
    }
    when {
        n.number().eq(any::<Option<i64>>(random));
        n.text().is_null();
        n.point().x().eq(int(random));
        n.point().y().is_null();
        n.spare().b().eq(any::<Option<Point>>(random));
        n.list().any().gt(int(random));
        n.shape().as_circle().size().eq(int(random));
        n.held().elem_match(|s| s.a().gt(int(random)));
    }
}
