include!("../support/series.rs");

fn main() {
    let _ = Series::update().set(|s| s.points().any().y(), 5);
}
