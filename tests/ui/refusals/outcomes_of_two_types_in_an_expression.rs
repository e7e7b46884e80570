include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| cond(s.count().gt(1), "many", s.count()).eq("many"));
}
