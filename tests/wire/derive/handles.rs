//! The handles that the derive makes.

use odm::{bson::Document, prelude::*};

#[derive(Embedded)]
struct Circle {
    r: f64,
}

#[derive(Embedded)]
enum External {
    Dot,
    Circle(Circle),
    #[model(rename = "box")]
    Rect {
        width: f64,
    },
    Pair(i32, i32),
}

#[derive(Embedded)]
#[model(tag = "type", rename_all = "lowercase")]
enum Internal {
    Dot,
    Circle(Circle),
    Rect { width: f64 },
}

#[derive(Embedded)]
#[model(tag = "t", content = "c")]
enum Adjacent {
    Dot,
    Circle(Circle),
    Rect { width: f64 },
    Pair(i32, i32),
}

#[derive(Model)]
struct Drawing {
    #[model(id)]
    key: i32,
    a: External,
    b: Option<Internal>,
    c: Vec<Adjacent>,
    size: Size,
    r#type: String,
}

#[derive(Embedded, Clone, Copy)]
struct Size(i32);

fn text<R>(filter: odm::filter::Filter<R>) -> Document {
    filter.as_document().expect("a filter")
}

#[test]
fn fields_have_their_stored_names() {
    let d = Drawing::fields();
    assert_eq!(text(d.key().eq(1)), doc! { "_id": 1 });
    assert_eq!(text(d.r#type().eq("a")), doc! { "type": "a" });
}

#[test]
fn a_newtype_has_the_handle_of_what_it_holds_and_its_own_values() {
    assert_eq!(text(Drawing::fields().size().gt(Size(3))), doc! { "size": { "$gt": 3 } });
}

#[test]
fn paths_go_into_the_data_of_variants() {
    let d = Drawing::fields();
    assert_eq!(text(d.a().as_circle().r().eq(1.0)), doc! { "a.Circle.r": 1.0 });
    assert_eq!(text(d.a().as_rect().width().eq(1.0)), doc! { "a.box.width": 1.0 });
    assert_eq!(text(d.b().as_circle().r().eq(1.0)), doc! { "b.type": "circle", "b.r": 1.0 });
    assert_eq!(text(d.b().as_rect().width().eq(1.0)), doc! { "b.type": "rect", "b.width": 1.0 });
    let any = d.c().any();
    assert_eq!(text(any.as_circle().r().eq(1.0)), doc! { "c.t": "Circle", "c.c.r": 1.0 });
    assert_eq!(text(any.as_rect().width().eq(1.0)), doc! { "c.t": "Rect", "c.c.width": 1.0 });
}

#[test]
fn a_condition_asks_for_the_variant() {
    let d = Drawing::fields();
    assert_eq!(text(d.a().is_dot()), doc! { "a": "Dot" });
    assert_eq!(text(d.a().is_circle()), doc! { "a.Circle": { "$exists": true } });
    assert_eq!(text(d.a().is_pair()), doc! { "a.Pair": { "$exists": true } });
    assert_eq!(text(d.b().is_rect()), doc! { "b.type": "rect" });
    assert_eq!(text(d.c().any().is_dot()), doc! { "c.t": "Dot" });
    assert_eq!(text(Internal::fields().is_dot()), doc! { "type": "dot" });
}

#[test]
fn whole_variants_are_values() {
    let d = Drawing::fields();
    let circle = Circle { r: 1.0 };
    assert_eq!(text(d.a().as_circle().eq(circle)), doc! { "a.Circle": { "r": 1.0 } });
    let dot = text(d.a().eq(External::Dot));
    assert_eq!(dot, doc! { "a": "Dot" });
    let pair = External::Pair(1, 2);
    assert_eq!(text(d.a().eq(pair)), doc! { "a": { "Pair": [1, 2] } });
    let rect = External::Rect { width: 1.0 };
    assert_eq!(text(d.a().ne(rect)), doc! { "a": { "$ne": { "box": { "width": 1.0 } } } });
    let adjacent = Adjacent::Pair(1, 2);
    let expected = doc! { "c.0": { "t": "Pair", "c": [1, 2] } };
    assert_eq!(text(d.c().at(0).eq(adjacent)), expected);
}

#[test]
fn path_is_the_same_as_the_methods() {
    let i = Adjacent::array_filter("i", |a| a.is_dot());
    let update = Drawing::update().filter(|d| d.key().eq(1)).set(path!(c[$i].as_circle.r), 2.0);
    assert!(format!("{update:?}").contains("c.$[i].c.r"), "{update:?}");
    let filter = Drawing::find().filter(|d| d.c().at(0).as_rect().width().eq(1.0));
    assert!(format!("{filter:?}").contains("c.0.c.width"), "{filter:?}");
    let all = [Internal::Dot, Internal::Circle(Circle { r: 1.0 }), Internal::Rect { width: 1.0 }];
    let _ =
        (all, Adjacent::Dot, Adjacent::Circle(Circle { r: 1.0 }), Adjacent::Rect { width: 1.0 });
}
