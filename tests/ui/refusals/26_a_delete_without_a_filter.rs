include!("../support/series.rs");

async fn run(db: &Database) {
    let _ = Series::delete().one(db).await;
}

fn main() {}
