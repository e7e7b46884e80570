include!("../support/series.rs");

fn main() {
    let _ = Series::find().filter(|s| s.count() > 5);
}
