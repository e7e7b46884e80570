//! Models that are enums, where nothing of the prelude is there and names are taken.
#![allow(dead_code, non_camel_case_types)]

mod bare {
    #![no_implicit_prelude]

    use ::odm::{Embedded, Model};

    struct Box;
    struct Vec;
    struct Option;
    struct ShapeOnly;
    struct Q;
    struct Variant;
    struct Narrow;

    #[derive(Model, ::std::fmt::Debug, ::std::cmp::PartialEq)]
    #[model(collection = "shapes", tag = "kind")]
    pub(super) enum Shape {
        Circle(Circle),
        Square {
            #[model(id)]
            id: ::std::option::Option<i64>,
            value: i32,
            rules: i32,
            model: i32,
            query: i32,
        },
        r#Type(::std::boxed::Box<Circle>),
        #[model(other)]
        Other,
    }

    #[derive(Embedded, ::std::fmt::Debug, ::std::cmp::PartialEq)]
    pub(super) struct Circle {
        #[model(id)]
        pub(super) value: ::std::option::Option<i64>,
    }

    #[derive(Model, ::std::fmt::Debug)]
    #[model(tag = "kind")]
    pub(super) enum Kept {
        One {
            #[model(id)]
            id: i64,
            #[model(version)]
            version: i32,
            #[model(on_delete = "restrict")]
            other: ::odm::Ref<Shape>,
        },
        Two(Two),
    }

    #[derive(Model, ::std::fmt::Debug)]
    pub(super) struct Two {
        #[model(id)]
        id: i64,
        #[model(version)]
        version: i32,
        #[model(on_delete = "cascade")]
        shape: ::odm::Ref<Shape>,
    }
}

/// Parameters of every kind.
pub(crate) mod generic {
    use odm::prelude::*;

    /// A document of one of two kinds.
    #[derive(Model, Debug, PartialEq)]
    #[model(collection = "either", tag = "side")]
    pub(crate) enum Either<L, I, Q, const N: usize>
    where
        Q: Clone,
    {
        /// One.
        Left(Side<L, I>),
        /// The other.
        Right {
            /// Of both.
            #[model(id)]
            id: I,
            /// Data.
            right: Q,
            /// More.
            array: [i32; N],
        },
    }

    /// Data.
    #[derive(Embedded, Debug, PartialEq)]
    pub(crate) struct Side<L, I> {
        /// Of both.
        #[model(id)]
        pub(crate) id: I,
        /// Data.
        pub(crate) left: L,
    }
}

use bare::{Circle, Kept, Shape};
use generic::{Either, Side};
use odm::prelude::*;

type Two = Either<String, i64, i32, 2>;

#[test]
fn one_variant_is_read_from_another_module() {
    let circles = Shape::find().only_circle().filter(|c| c.value().eq(1));
    let filter = doc! { "kind": "Circle", "_id": 1_i64 };
    let command = doc! { "find": "shapes", "filter": filter };
    assert_eq!(circles.as_document().unwrap(), command);
    let boxed = Shape::find().only_type().as_document().unwrap();
    assert_eq!(boxed.get_document("filter").unwrap(), &doc! { "kind": "Type" });
    assert_eq!(Shape::Circle(Circle { value: Some(3) }).document_id(), Some(&3));
    assert_eq!(super::path(&Shape::fields().id()), "_id");
    assert_eq!(Kept::aggregate().only_two().stages().unwrap().len(), 2);
}

#[test]
fn parameters_are_those_of_the_enum() {
    let left = Two::Left(Side { id: 1, left: "a".into() });
    assert_eq!(left.document_id(), Some(&1));
    assert_eq!(super::there_and_back(&left), left);
    let sides = Two::find().only_left().filter(|l| l.left().eq("a")).as_document().unwrap();
    assert_eq!(sides.get_document("filter").unwrap(), &doc! { "side": "Left", "left": "a" });
    assert_eq!(super::path(&Two::fields().id()), "_id");
    let right = Two::find().only_right().as_document().unwrap();
    assert_eq!(right.get_document("filter").unwrap(), &doc! { "side": "Right" });
}
