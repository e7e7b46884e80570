use odm::prelude::*;

#[derive(Model)]
struct Series {
    id: i64,
    name: String,
}

fn main() {
    let _ = Series::fields().name().eq("a");
    let _ = Series::COLLECTION;
    let _ = |series: &Series| series.document_id().is_some();
}
