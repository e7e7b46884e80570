include!("../support/series.rs");

fn main() {
    let _ = Series::find().filter(|s| s.count().gt(1) && s.name().eq("a"));
}
