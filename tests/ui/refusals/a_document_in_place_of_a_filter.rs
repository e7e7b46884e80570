include!("../support/series.rs");

fn main() {
    let _ = Series::find().filter(doc! { "count": 5 });
}
