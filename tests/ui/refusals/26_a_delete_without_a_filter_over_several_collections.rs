include!("../support/series.rs");

async fn run(db: &Database) {
    let _ = odm::bulk().delete_many(Series::delete()).run(db).await;
}

fn main() {}
