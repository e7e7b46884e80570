include!("../support/series.rs");

fn main() {
    let _ = Series::stages().unset(|s| s.name());
}
