include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| s.nums().element_at(s.ratio()).if_null(0).eq(1));
}
