include!("../support/series.rs");

fn main() {
    let _ = Series::find().sort(|_| Other::fields().name().asc());
}
