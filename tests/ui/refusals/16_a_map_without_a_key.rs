include!("../support/series.rs");

fn main() {
    let _ = Series::find().filter(|s| s.labels().x().gt(5));
}
