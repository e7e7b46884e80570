include!("../support/series.rs");

fn main() {
    let _ = Series::update().set(path!(points[0 + 1].y), 5);
}
