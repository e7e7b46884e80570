include!("../support/series.rs");

fn main() {
    let _ = Series::update().set(path!(points[x + 1].y), 5);
}
