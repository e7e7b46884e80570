//! References: a page of orders, with the customers and products that they name.
//!
//! One query for each kind of document, however long the page is. And what becomes of references
//! when a customer is deleted. Needs nothing: without
//! `MONGODB_URI` it starts a replica set of its own.
//!
//! ```text
//! order 1: 2 of tea, 1 of coffee, for Ann
//! order 2: 5 of tea, for Ben, who was brought by Ann
//! order 3: 1 of something that is gone, for Ben, who was brought by Ann
//! Ann stays: cannot delete from references.customers: 1 document of references.orders refers to it
//! Ann goes, and 1 customer forgets who brought him
//! ```

use odm::{Id, prelude::*};

#[derive(Model, Clone, Debug)]
#[model(collection = "customers")]
struct Customer {
    #[model(id)]
    id: Id<Customer>,
    name: String,
    #[model(on_delete = "set_null")]
    brought_by: Option<Ref<Customer>>,
}

#[derive(Model, Clone, Debug)]
#[model(collection = "products")]
struct Product {
    #[model(id)]
    name: String,
    price: i64,
}

#[derive(Model, Clone, Debug)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    id: i32,
    #[model(on_delete = "restrict")]
    customer: Ref<Customer>,
    lines: Vec<Line>,
}

#[derive(Embedded, Clone, Debug)]
struct Line {
    product: Ref<Product>,
    quantity: i32,
}

#[tokio::main]
async fn main() -> odm::Result<()> {
    let server = examples::server("references").await?;
    let db = &server.db;
    let ann = fill(db).await?;

    let (orders, customers, products) = Order::find()
        .sort(|o| o.id().asc())
        .limit(50)
        .with(|o| o.customer())
        .with(|o| o.lines().each().product())
        .all(db)
        .await?;

    // The same by hand: the references may come from anywhere.
    let bringers = odm::load(customers.iter().flat_map(|c| &c.brought_by), db).await?;

    for order in &orders {
        let lines: Vec<_> = order
            .lines
            .iter()
            .map(|line| {
                let name = products.get(&line.product).map(|product| product.name.as_str());
                format!("{} of {}", line.quantity, name.unwrap_or("something that is gone"))
            })
            .collect();
        let customer = &customers[&order.customer];
        let brought_by = customer.brought_by.as_ref().map(|by| &bringers[by].name);
        let brought_by =
            brought_by.map_or(String::new(), |by| format!(", who was brought by {by}"));
        println!("order {}: {}, for {}{brought_by}", order.id, lines.join(", "), customer.name);
    }

    let delete = || Customer::delete_referenced(ann.id()).referrer::<Order>();
    if let Err(error) = delete().run(db).await {
        let name = ann.fetch(db).await?.map(|customer| customer.name).unwrap_or_default();
        println!("{name} stays: {error}");
    }
    Order::delete().filter(|o| o.customer().eq(ann)).many(db).await?;
    let deleted = delete().run(db).await?;
    println!("Ann goes, and {} customer forgets who brought him", deleted.set_null);
    Ok(())
}

/// Two customers and three orders; returns the first customer.
async fn fill(db: &Database) -> odm::Result<Ref<Customer>> {
    Customer::delete().all_documents().many(db).await?;
    Product::delete().all_documents().many(db).await?;
    Order::delete().all_documents().many(db).await?;

    let ann = Customer { id: Id::new(), name: "Ann".into(), brought_by: None };
    let ben = Customer { id: Id::new(), name: "Ben".into(), brought_by: Some(Ref::to(&ann)) };
    Customer::insert_many([&ann, &ben]).run(db).await?;

    let tea = Product { name: "tea".into(), price: 180 };
    let coffee = Product { name: "coffee".into(), price: 250 };
    Product::insert_many([&tea, &coffee]).run(db).await?;

    let line = |product: &str, quantity| Line { product: Ref::new(product), quantity };
    let order = |id, customer, lines| Order { id, customer: Ref::to(customer), lines };
    let orders = [
        order(1, &ann, vec![line("tea", 2), line("coffee", 1)]),
        order(2, &ben, vec![line("tea", 5)]),
        order(3, &ben, vec![line("cocoa", 1)]),
    ];
    Order::insert_many(&orders).run(db).await?;
    Ok(Ref::to(&ann))
}
