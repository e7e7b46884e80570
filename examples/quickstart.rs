//! The first five minutes: derive a model, insert, find, update, delete.
//!
//! Needs nothing: without `MONGODB_URI` it starts a replica set of its own.
//!
//! ```text
//! inserted coffee
//! found    coffee at 250, tea at 180
//! cheaper  coffee at 200
//! refused  cannot insert into quickstart.products: the unique index _id_ of quickstart.products has the same _id already
//! deleted  2, left 0
//! ```

use odm::prelude::*;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "products")]
struct Product {
    #[model(id)]
    name: String,
    price: i64,
    tags: Vec<String>,
    note: Option<String>,
}

#[tokio::main]
async fn main() -> odm::Result<()> {
    let server = examples::server("quickstart").await?;
    let db = &server.db;
    Product::delete().all_documents().many(db).await?;

    let coffee = Product {
        name: "coffee".into(),
        price: 250,
        tags: vec!["hot".into(), "beans".into()],
        note: None,
    };
    let tea = Product { name: "tea".into(), price: 180, tags: vec!["hot".into()], note: None };
    let inserted = Product::insert(&coffee).run(db).await?;
    println!("inserted {}", inserted.id);
    Product::insert_many([&tea]).run(db).await?;

    let hot = Product::find()
        .filter(|p| p.tags().contains("hot") & p.price().lt(300))
        .sort(|p| p.price().desc())
        .all(db)
        .await?;
    let list: Vec<_> = hot.iter().map(|p| format!("{} at {}", p.name, p.price)).collect();
    println!("found    {}", list.join(", "));

    let cheaper = Product::update()
        .filter(|p| p.name().eq("coffee"))
        .inc(|p| p.price(), -50)
        .push(|p| p.tags(), "sale")
        .set(|p| p.note(), "until Sunday")
        .fetch_after(db)
        .await?;
    if let Some(product) = cheaper {
        println!("cheaper  {} at {}", product.name, product.price);
    }

    if let Err(error) = Product::insert(&tea).run(db).await {
        println!("refused  {error}");
    }

    let deleted = Product::delete().filter(|p| p.price().lt(1_000)).many(db).await?;
    println!("deleted  {}, left {}", deleted.deleted, Product::find().count(db).await?);
    Ok(())
}
