//! Someone who writes, for those who have no deployment at hand.

use std::time::Duration;

use odm::{Collection, prelude::*};

use crate::{
    log,
    model::{Order, State},
    stop::Stop,
};

const PAUSE: Duration = Duration::from_millis(800);
const CUSTOMERS: [&str; 4] = ["Anna", "Bert", "Clara", "Dan <dan@example.org>"];

/// Inserts orders, has them paid and shipped, and deletes them, until it is stopped.
pub(crate) async fn write(orders: &Collection<Order>, stop: &Stop) {
    for number in 1.. {
        let step = async {
            if let Err(error) = trade(orders, number).await {
                log::info(error);
            }
        };
        tokio::select! {
            () = step => {}
            () = stop.requested() => return,
        }
    }
}

async fn trade(orders: &Collection<Order>, number: i64) -> odm::Result<()> {
    let customer = CUSTOMERS[number as usize % CUSTOMERS.len()].to_owned();
    let quantity = (number % 7 + 1) as i32;
    let note = (number % 3 == 0).then(|| "a present".to_owned());
    let order = Order { id: number, customer, quantity, state: State::Open, note };
    Order::insert(&order).run(orders).await?;
    tokio::time::sleep(PAUSE).await;
    let paid = Order::update().filter(|o| o.id().eq(number)).set(|o| o.state(), State::Paid);
    paid.one(orders).await?;
    tokio::time::sleep(PAUSE).await;
    let before = number - 1;
    let shipped = Order::update().filter(|o| o.id().eq(before)).set(|o| o.state(), State::Shipped);
    shipped.unset(|o| o.note()).one(orders).await?;
    tokio::time::sleep(PAUSE).await;
    Order::delete().filter(|o| o.id().eq(number - 2)).one(orders).await?;
    Ok(())
}
