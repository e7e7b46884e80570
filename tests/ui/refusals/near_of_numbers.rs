include!("../support/series.rs");

fn main() {
    let _ = Series::find().filter(|s| s.nums().near(odm::geo::Point::new(1.0, 2.0)));
}
