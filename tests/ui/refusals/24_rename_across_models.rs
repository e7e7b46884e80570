include!("../support/series.rs");

fn main() {
    let _ = Series::update().rename(|s| s.note(), |_| Other::update_fields().note());
}
