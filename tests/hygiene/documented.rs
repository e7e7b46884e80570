//! Public items in a crate that wants all of them documented.
#![deny(missing_docs)]
#![allow(unreachable_pub)]

use odm::{Embedded, Model};

/// A model.
#[derive(Model, Clone, Debug, PartialEq)]
pub struct Documented {
    /// The number.
    #[model(id)]
    pub number: i32,
    /// The shape.
    pub shape: Shape,
    without: i32,
    #[doc = include_str!("documented.rs")]
    #[model(rename = "w")]
    pub with: bool,
}

/// A shape.
#[derive(Embedded, Clone, Debug, PartialEq)]
pub enum Shape {
    /// A circle.
    Circle {
        /// The radius.
        r: f64,
    },
    /// A square.
    Square(f64),
}

#[test]
fn everything_is_documented() {
    let shape = Shape::Circle { r: 1.0 };
    let value = Documented { number: 1, shape, without: 2, with: true };
    assert_eq!(super::there_and_back(&value), value);
    let other = Documented { shape: Shape::Square(1.0), ..value };
    assert_eq!(super::there_and_back(&other), other);
    assert_eq!(super::path(&Documented::fields().shape().as_circle().r()), "shape.Circle.r");
}
