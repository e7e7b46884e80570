include!("../support/series.rs");

fn main() {
    let _ = Series::find().sort(|s| s.points().filtered(|p| p.x().gt(0)).x().asc());
}
