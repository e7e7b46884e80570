include!("../support/series.rs");

fn main() {
    let _ = Series::expr(|s| s.count().to_object_id().type_().eq("objectId"));
}
