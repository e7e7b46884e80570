include!("../support/series.rs");

fn main() {
    let _ = Series::update().pop(|s| s.count(), Pop::Last);
}
