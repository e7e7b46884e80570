include!("../support/series.rs");

fn main() {
    let _ = Series::find().filter(|s| s.count().near(odm::geo::Point::new(1.0, 2.0)));
}
