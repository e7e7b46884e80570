include!("../support/series.rs");

fn main() {
    let i = Point::array_filter("i", |p| p.x().gt(0));
    let _ = Series::update().set(path!(points[$Bad-Id].y), 5);
}
