include!("../support/series.rs");

fn main() {
    let _ = Series::find().filter(|s| s.name().is_null());
}
