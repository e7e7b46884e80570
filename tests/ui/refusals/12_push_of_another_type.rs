include!("../support/series.rs");

fn main() {
    let _ = Series::update().push(|s| s.nums(), "a");
}
