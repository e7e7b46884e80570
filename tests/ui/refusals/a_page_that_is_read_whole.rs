//! A page is fetched: `all` would say nothing of the next one.

use odm::prelude::*;

#[derive(Model)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    id: i64,
}

async fn run(db: odm::Database) {
    let _ = Order::find().page(20).all(&db).await;
}

fn main() {
    drop(run);
}
