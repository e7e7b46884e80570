include!("../support/series.rs");

fn main() {
    let db: Database = todo!();
    let _ = Series::delete().one(&db);
}
