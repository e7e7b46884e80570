include!("../support/series.rs");

fn main() {
    let _ = Series::find().filter(|_| Series::update_fields().name().eq("a"));
}
