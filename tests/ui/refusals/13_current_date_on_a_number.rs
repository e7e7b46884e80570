include!("../support/series.rs");

fn main() {
    let _ = Series::update().current_date(|s| s.count());
}
