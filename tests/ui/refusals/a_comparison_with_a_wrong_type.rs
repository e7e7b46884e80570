include!("../support/series.rs");

fn main() {
    let _ = Series::find().filter(|s| s.points().at(0).x().gt(1.5));
}
