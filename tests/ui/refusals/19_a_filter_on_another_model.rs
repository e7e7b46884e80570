include!("../support/series.rs");

fn main() {
    let _ = Series::find().filter(|_| Other::fields().name().eq("a"));
}
