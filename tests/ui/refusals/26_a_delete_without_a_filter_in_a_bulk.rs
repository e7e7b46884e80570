include!("../support/series.rs");

async fn run(db: &Database) {
    let _ = Series::bulk().delete_one(Series::delete()).run(db).await;
}

fn main() {}
