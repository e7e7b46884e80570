//! Arrays of everything; an `_id` that is a UUID.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use odm::prelude::*;

use crate::promise::{any::*, subject::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "arrays")]
pub(in crate::promise) struct Arrays {
    #[model(id)]
    id: uuid::Uuid,
    numbers: Vec<i32>,
    texts: Vec<String>,
    points: Vec<Point>,
    grid: Vec<Vec<i32>>,
    fields: Vec<Vec<Point>>,
    colours: Vec<Colour>,
    shapes: Vec<Shape>,
    holes: Vec<Option<Point>>,
    gaps: Vec<Option<i32>>,
    three: [i32; 3],
    two: [Point; 2],
    pairs: Vec<[i32; 2]>,
    set: BTreeSet<i32>,
    queue: VecDeque<f64>,
    maps: Vec<BTreeMap<String, i32>>,
    tuple: (i32, String),
    #[model(default)]
    standard: Vec<Point>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
    tags: Vec<String>,
    note: Option<String>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
enum Colour {
    Red,
    Green,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
enum Shape {
    Empty,
    Circle { radius: f64 },
    Square(i32),
    Route(Vec<i32>),
}

any_of_fields! {
    struct Arrays {
        id, numbers, texts, points, grid, fields, colours, shapes, holes, gaps, three, two, pairs,
        set, queue, maps, tuple, standard,
    }
    struct Point { x, y, tags, note }
}

any_of_fields! {
    enum Colour { Red, Green }
    enum Shape { Empty, Circle { radius }, Square(a), Route(a) }
}

subject! {
    Arrays: |a, random|
    change {
        [value, array, pull(|n| n.gt(int(random)))] a.numbers();
        [value, number, bit] a.numbers().at(index(random));
        [value, number, bit] a.numbers().each();
        [value, number] a.numbers().matched();
        [value, number] a.numbers().filtered(|n| n.gt(int(random)));
        [set, array, pull(|t| t.eq(text(random)))] a.texts();
        [set] a.texts().at(index(random));
        [
            set, array, sorted(|p| p.x().asc()), sorted(|p| p.note().desc().then(p.y().asc())),
            pull(|p| p.x().gt(int(random)) & p.y().lt(int(random))),
            pull(|p| p.note().is_null())
        ] a.points();
        [set] a.points().at(index(random));
        [value, number] a.points().at(index(random)).x();
        [option] a.points().at(index(random)).note();
        [array] a.points().at(index(random)).tags();
        [value, number] a.points().each().y();
        [set] a.points().matched();
        [value, number] a.points().matched().x();
        [set] a.points().filtered(|p| p.x().gt(int(random)));
        [value, number] a.points().filtered(|p| p.x().gt(int(random)) | p.note().is_null()).y();
        [option] a.points().filtered(|p| p.y().eq(int(random))).note();
        [set, array] a.points().filtered(|p| p.y().eq(int(random))).tags();
        [set] a.points().filtered(|p| p.y().eq(int(random))).tags().filtered(|t| t.eq(text(random)));
        [set, array, pull(|row| row.contains(int(random)))] a.grid();
        [set, array] a.grid().at(index(random));
        [set, number] a.grid().at(index(random)).at(index(random));
        [array] a.grid().each();
        [set, number] a.grid().each().filtered(|n| n.lt(int(random)));
        [set] a.grid().filtered(|row| row.contains(int(random)));
        [set] a.fields().at(index(random)).at(index(random)).x();
        [set] a.fields().each().filtered(|p| p.x().eq(int(random))).y();
        [set, array, pull(|c| c.eq(any::<Colour>(random)))] a.colours();
        [set] a.colours().at(index(random));
        [set, array, pull(|s| s.as_circle().radius().gt(any::<f64>(random)))] a.shapes();
        [set] a.shapes().at(index(random));
        [set, number] a.shapes().at(index(random)).as_circle().radius();
        [set] a.shapes().each().as_circle().radius();
        [set] a.shapes().filtered(|s| s.is_circle()).as_circle().radius();
        [set] a.shapes().filtered(|s| s.as_square().gt(int(random)));
        [set] a.shapes().filtered(|s| s.is_square()).as_circle().radius();
        [array] a.shapes().filtered(|s| s.is_route()).as_route();
        [array] a.shapes().matched().as_route();
        [set, array, pull(|p| p.x().gt(int(random)))] a.holes();
        [set, unset] a.holes().at(index(random));
        [set, number] a.holes().at(index(random)).x();
        [set] a.holes().each().y();
        [set] a.holes().filtered(|p| p.x().gt(int(random))).note();
        [set] a.holes().filtered(|p| p.is_null()).x();
        [set, array] a.gaps();
        [option, number] a.gaps().at(index(random));
        [set, number] a.gaps().each();
        [set] a.three();
        [set, number] a.three().at(index(random));
        [set, number] a.three().each();
        [set] a.two();
        [set, number] a.two().at(index(random)).x();
        [set] a.two().filtered(|p| p.x().gt(int(random))).y();
        [set, array] a.pairs();
        [set] a.pairs().at(index(random));
        [set] a.pairs().at(index(random)).at(index(random));
        [set, array] a.set();
        [set] a.set().at(index(random));
        [set, array] a.queue();
        [set, array] a.maps();
        [set, number] a.maps().at(index(random)).key(key(random));
        [set, unset] a.maps().each().key(key(random));
        [set] a.maps().filtered(|m| m.key("a").exists()).key(key(random));
        [set] a.tuple();
        [set, unset, array] a.standard();
        [set] a.standard().at(index(random)).x();
    }
    when {
        a.numbers().any().gt(int(random));
        a.numbers().contains(int(random));
        a.numbers().size(2);
        a.points().any().x().eq(int(random));
        a.points().elem_match(|p| p.x().gt(int(random)) & p.y().gt(int(random)));
        a.points().at(0).x().eq(int(random));
        a.points().contains(any::<Point>(random));
        a.shapes().any().as_route().contains(int(random));
        a.shapes().elem_match(|s| s.is_circle());
        a.holes().any().x().eq(int(random));
        a.three().at(1).eq(int(random));
        a.grid().at(0).contains(int(random));
        a.numbers().eq(any::<Vec<i32>>(random));
        a.numbers().all([int(random), int(random)]);
        a.maps().any().key(key(random)).eq(int(random));
    }
}
