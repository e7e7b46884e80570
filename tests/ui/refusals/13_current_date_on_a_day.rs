use odm::prelude::*;

#[derive(Model)]
#[model(collection = "bookings")]
struct Booking {
    #[model(id)]
    id: i64,
    day: chrono::NaiveDate,
}

fn main() {
    let _ = Booking::update().current_date(|b| b.day());
}
