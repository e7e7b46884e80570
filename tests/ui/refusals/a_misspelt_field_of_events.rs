include!("../support/series.rs");

fn main() {
    let _ = odm::change_stream::condition::<Series, _>(|e| e.touches(|s| s.pionts()));
}
