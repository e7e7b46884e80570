include!("../support/series.rs");

fn main() {
    let _ = Other::expr(|o| {
        let _ = Series::expr(|s| s.count().eq(o.count()));
        true
    });
}
