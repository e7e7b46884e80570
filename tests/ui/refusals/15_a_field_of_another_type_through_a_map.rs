include!("../support/series.rs");

fn main() {
    let _ = Series::find().filter(|s| s.labels().key("k").length().gt(5));
}
