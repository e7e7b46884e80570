include!("../support/series.rs");

fn main() {
    let _ = Point::find();
}
