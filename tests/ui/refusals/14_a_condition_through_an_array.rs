include!("../support/series.rs");

fn main() {
    let _ = Series::find().filter(|s| s.points().x().gt(0));
}
