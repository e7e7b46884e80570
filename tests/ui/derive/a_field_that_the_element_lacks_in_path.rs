use odm::prelude::*;

#[derive(Embedded)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    points: Vec<Point>,
}

fn main() {
    let i = Point::array_filter("i", |p| p.x().gt(0));
    let _ = Series::update().filter(|s| s.id().eq(1)).set(path!(points[$i].yy), 5);
}
