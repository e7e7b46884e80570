include!("../support/series.rs");

async fn run(db: &Database, other: Other) {
    let _ = Series::bulk().replace(&other).run(db).await;
}

fn main() {}
