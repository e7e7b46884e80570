//! Projections: fewer fields, as a tuple, a struct or a type with a derive of its own.
//!
//! Needs nothing: without `MONGODB_URI` it starts a replica set of its own.
//!
//! ```text
//! book 1 costs 12.50, with tax 13.50
//! book 2 costs 30.00, with tax 32.40
//! Dune, by Frank Herbert, in 2 places
//! Emma, by Jane Austen, in 1 place
//! authors: Frank Herbert, Jane Austen
//! an index answered alone: true
//! ```

use odm::{object, prelude::*};

#[derive(Model, Clone, Debug)]
#[model(collection = "books")]
struct Book {
    #[model(id)]
    id: i32,
    title: String,
    author: Author,
    price: f64,
    stock: Vec<Stock>,
}

#[derive(Embedded, Clone, Debug)]
struct Author {
    name: String,
}

#[derive(Embedded, Clone, Debug)]
struct Stock {
    shop: String,
    count: i32,
}

/// What the server computes goes into a struct of the program's own.
#[derive(Embedded, Debug)]
struct Price {
    id: i32,
    net: f64,
    gross: f64,
}

/// Fields of the model, by name or by path; names and types are checked against it.
#[derive(Projection, Debug)]
#[projection(of = Book)]
struct Card {
    title: String,
    #[projection(path = author.name)]
    author: String,
    #[projection(path = stock[].shop)]
    shops: Vec<String>,
}

#[tokio::main]
async fn main() -> odm::Result<()> {
    let server = examples::server("projection").await?;
    let db = &server.db;
    fill(db).await?;

    let prices: Vec<Price> = Book::find()
        .sort(|b| b.id().asc())
        .select(|b| {
            object!(Price { id: b.id(), net: b.price(), gross: (b.price() * 1.08).round(2) })
        })
        .all(db)
        .await?;
    for Price { id, net, gross } in &prices {
        println!("book {id} costs {net:.2}, with tax {gross:.2}");
    }

    let cards: Vec<Card> = Book::find().project::<Card>().sort(|b| b.title().asc()).all(db).await?;
    for Card { title, author, shops } in &cards {
        let places = if shops.len() == 1 { "place" } else { "places" };
        println!("{title}, by {author}, in {} {places}", shops.len());
    }

    let mut authors: Vec<String> = Book::find().distinct(|b| b.author().name()).all(db).await?;
    authors.sort();
    println!("authors: {}", authors.join(", "));

    // A tuple needs no type, and a query of indexed fields reads no document.
    let dear = Book::find().filter(|b| b.id().gt(1)).select(|b| (b.id(),));
    println!("an index answered alone: {}", dear.explain(db).await?.is_covered());
    Ok(())
}

async fn fill(db: &Database) -> odm::Result<()> {
    Book::delete().all_documents().many(db).await?;
    let stock = |shops: &[&str]| {
        shops.iter().map(|shop| Stock { shop: (*shop).into(), count: 3 }).collect::<Vec<_>>()
    };
    let book = |id, title: &str, name: &str, price, shops: &[&str]| Book {
        id,
        title: title.into(),
        author: Author { name: name.into() },
        price,
        stock: stock(shops),
    };
    let books = [
        book(1, "Emma", "Jane Austen", 12.5, &["Bern"]),
        book(2, "Dune", "Frank Herbert", 30.0, &["Bern", "Wil"]),
    ];
    Book::insert_many(&books).run(db).await?;
    Ok(())
}
