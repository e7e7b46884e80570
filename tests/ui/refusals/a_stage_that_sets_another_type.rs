include!("../support/series.rs");

fn main() {
    let _ = Series::stages().set(|s| s.count(), |s| s.name().field());
}
