include!("../support/series.rs");

fn main() {
    let i = Point::array_filter("i", |p| p.x().gt(0));
    let _ = Series::update_pipeline([doc! {}]).set(path!(points[$i].y), 5);
}
