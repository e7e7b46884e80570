//! The crate under another name.

mod facade {
    pub(crate) use odm as mapper;
}

use facade::mapper;

#[derive(mapper::Model, Clone, Debug, PartialEq)]
#[model(crate = "facade::mapper")]
struct Renamed {
    #[model(id)]
    id: i32,
    shape: Shape,
}

#[derive(mapper::Embedded, Clone, Debug, PartialEq)]
#[model(crate = crate::renamed::facade::mapper)]
enum Shape {
    Circle(i32),
}

#[test]
fn the_crate_can_have_another_name() {
    let value = Renamed { id: 1, shape: Shape::Circle(2) };
    assert_eq!(super::there_and_back(&value), value);
}
