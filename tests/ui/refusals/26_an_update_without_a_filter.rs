include!("../support/series.rs");

async fn run(db: &Database) {
    let _ = Series::update().set(|s| s.count(), 5).many(db).await;
}

fn main() {}
