include!("../support/series.rs");

async fn run(db: &Database) {
    let _ = Series::bulk().update_many(Series::update().set(|s| s.count(), 5)).run(db).await;
}

fn main() {}
