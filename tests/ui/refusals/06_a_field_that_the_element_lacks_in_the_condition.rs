include!("../support/series.rs");

fn main() {
    let _ = Series::update().set(|s| s.points().filtered(|p| p.z().gt(0)).y(), 5);
}
