include!("../support/orders.rs");

async fn read(db: odm::Database) {
    let _ = Order::aggregate().unwind(|o| o.lines()).all(&db).await;
}

fn main() {}
