include!("../support/series.rs");

fn main() {
    let _ = Series::update().rename(|s| s.note(), |s| s.count());
}
