include!("../support/series.rs");

fn changes(changes: &odm::change_stream::Changes<Series>) {
    let _ = changes.get(|s| s.nmae());
}

fn main() {}
