include!("../support/series.rs");

fn main() {
    let _ = Point::array_filter("i", |p| p.x().gt("zero"));
}
