include!("../support/series.rs");

async fn run(moment: odm::SnapshotSession) {
    let _ = Series::find().all(&moment).await;
    let _ = Series::delete().all_documents().many(&moment).await;
}

fn main() {}
