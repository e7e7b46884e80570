include!("../support/series.rs");

fn main() {
    let _ = Point::find().filter(|p| p.x().gt(1));
}
