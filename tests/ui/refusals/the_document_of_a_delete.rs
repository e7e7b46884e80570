include!("../support/series.rs");

fn main() {
    let event: Option<ChangeEvent<Series>> = None;
    if let Some(ChangeEvent::Delete(e)) = event {
        let _ = e.document;
    }
}
