include!("../support/series.rs");

async fn run(session: odm::Session) {
    let _ = session.end().await;
    let _ = Series::find().all(&session).await;
}

fn main() {}
