include!("../support/series.rs");

fn main() {
    let i = Line::array_filter("i", |l| l.length().gt(0));
    let _ = Series::update().set(path!(points[$i].y), 5);
}
