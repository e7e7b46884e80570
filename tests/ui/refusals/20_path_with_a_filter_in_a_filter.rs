include!("../support/series.rs");

fn main() {
    let i = Point::array_filter("i", |p| p.x().gt(0));
    let _ = Series::find().filter(|s| s.points().filtered_by(&i).x().gt(0));
}
