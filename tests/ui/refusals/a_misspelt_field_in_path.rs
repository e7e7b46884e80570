include!("../support/series.rs");

fn main() {
    let _ = Series::update().set(path!(cuont), 5);
}
