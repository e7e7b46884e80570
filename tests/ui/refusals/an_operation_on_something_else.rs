include!("../support/series.rs");

fn main() {
    let _ = Series::find().all(&"db");
}
