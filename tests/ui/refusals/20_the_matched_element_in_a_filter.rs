include!("../support/series.rs");

fn main() {
    let _ = Series::find().filter(|s| s.points().matched().x().gt(0));
}
