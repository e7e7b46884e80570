include!("../support/series.rs");

fn main() {
    let _ = Series::stages().set(|s| s.labels().key("k").x(), 1);
}
