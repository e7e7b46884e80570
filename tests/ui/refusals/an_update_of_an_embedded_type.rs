include!("../support/series.rs");

fn main() {
    let _ = Point::update().set(|p| p.x(), 1);
}
