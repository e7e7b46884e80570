include!("../support/series.rs");

fn main() {
    let _ = Series::update().set(|s| s.points().at(0).y(), 5_i64);
}
