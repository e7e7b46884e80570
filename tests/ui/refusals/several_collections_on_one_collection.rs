include!("../support/series.rs");

async fn run(collection: &Collection<Series>) {
    let _ = odm::bulk().delete_many(Series::delete().all_documents()).run(collection).await;
}

fn main() {}
