include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| s.id().eq((1, 2)));
}
