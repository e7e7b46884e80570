include!("../support/series.rs");

fn main() {
    let _ = Series::update().push_all(|s| s.points(), [1, 2]);
}
