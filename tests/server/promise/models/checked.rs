//! Numbers at the ends of their ranges, changed by the operators that keep them there.

use odm::prelude::*;
use rust_decimal::Decimal;
use tests::Random;

use crate::promise::{any::*, edge::edge, subject::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "checked")]
pub(in crate::promise) struct Checked {
    #[model(id)]
    id: i64,
    i8: i8,
    i16: i16,
    i32: i32,
    i64: i64,
    u8: u8,
    u16: u16,
    u32: u32,
    u64: u64,
    f32: f32,
    f64: f64,
    decimal: Decimal,
    maybe: Option<u8>,
    #[model(default)]
    counted: u32,
    list: Vec<i16>,
    points: Vec<Point>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: u8,
    y: Option<i8>,
}

impl Any for Checked {
    fn any(random: &mut Random) -> Self {
        Self {
            id: 0,
            i8: edge(random),
            i16: edge(random),
            i32: edge(random),
            i64: edge(random),
            u8: edge(random),
            u16: edge(random),
            u32: edge(random),
            u64: edge(random),
            f32: edge(random),
            f64: edge(random),
            decimal: edge(random),
            maybe: any::<Option<bool>>(random).map(|_| edge(random)),
            counted: edge(random),
            list: (0..random.below(4)).map(|_| edge(random)).collect(),
            points: any(random),
        }
    }
}

impl Any for Point {
    fn any(random: &mut Random) -> Self {
        Self { x: edge(random), y: any::<Option<bool>>(random).map(|_| edge(random)) }
    }
}

subject! {
    Checked: |c, random|
    change {
        [checked] c.i8();
        [checked] c.i16();
        [checked] c.i32();
        [checked] c.i64();
        [checked] c.u8();
        [checked] c.u16();
        [checked] c.u32();
        [checked] c.u64();
        [checked, unset] c.maybe();
        [checked, unset] c.counted();
        [checked] c.list().at(index(random));
        [checked] c.list().each();
        [checked] c.list().matched();
        [checked] c.list().filtered(|n| n.gt(edge::<i16>(random)));
        [checked] c.points().at(index(random)).x();
        [checked, unset] c.points().each().y();
        [checked] c.points().filtered(|p| p.y().is_null()).x();
        [set, push] c.points();
    }
    when {
        c.u8().gt(edge::<u8>(random));
        c.list().any().lt(edge::<i16>(random));
        c.points().elem_match(|p| p.x().gt(edge::<u8>(random)));
        c.maybe().is_null();
    }
}
