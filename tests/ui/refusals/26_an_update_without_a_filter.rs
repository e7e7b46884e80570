include!("../support/series.rs");

fn main() {
    let db: Database = todo!();
    let _ = Series::update().set(|s| s.count(), 5).many(&db);
}
