include!("../support/series.rs");

fn main() {
    let _ = Series::update().set(|s| s.points().y(), 5);
}
