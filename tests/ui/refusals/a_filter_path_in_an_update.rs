include!("../support/series.rs");

fn main() {
    let _ = Series::update().set(|_| Series::fields().name(), "a");
}
