include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| s.note().split("a").set_equals([String::new()]));
}
