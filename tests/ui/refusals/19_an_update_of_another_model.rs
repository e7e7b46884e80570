include!("../support/series.rs");

fn main() {
    let _ = Series::update().set(|_| Other::update_fields().name(), "a");
}
