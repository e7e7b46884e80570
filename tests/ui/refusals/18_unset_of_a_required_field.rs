include!("../support/series.rs");

fn main() {
    let _ = Series::update().unset(|s| s.name());
}
