include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| s.note().to_upper().eq("A"));
}
