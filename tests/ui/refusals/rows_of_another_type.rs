include!("../support/orders.rs");

fn main() {
    let rows = Order::find().select(|o| (o.id(), o.city()));
    let _: odm::operation::Selected<Order, (i64, i64)> = rows;
}
