include!("../support/series.rs");

fn main() {
    let _ = Series::update().add_to_set(|s| s.count(), 1);
}
