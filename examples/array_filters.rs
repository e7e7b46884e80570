//! Array filters: change the elements of an array that satisfy a condition.
//!
//! The document is the one of the release notes that brought array filters to Motor, the Python
//! driver. Needs nothing: without `MONGODB_URI` it starts a replica set of its own.
//!
//! ```text
//! inserted  {"_id": 1, "points": [{"x": 0, "y": 0}, {"x": 1, "y": 0}, {"x": 2, "y": 0}]}
//! sent      {"q": {"_id": 1}, "u": {"$set": {"points.$[i].y": 5}}, "arrayFilters": [{"i.x": {"$gt": 0}}]}
//! matched 1, modified 1
//! read      y = 0, 5, 5
//! refused   array-filter identifier `i` stands for two conditions: { "i.x": { "$gt": 0 } } and { "i.x": { "$lt": 0 } }
//! ```

use odm::{bson::Document, prelude::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "series")]
struct Series {
    #[model(id)]
    id: i32,
    points: Vec<Point>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

#[tokio::main]
async fn main() -> odm::Result<()> {
    let server = examples::server("array_filters").await?;
    let db = &server.db;
    Series::delete().filter(|s| s.id().eq(1)).one(db).await?;

    let series = Series { id: 1, points: (0..3).map(|x| Point { x, y: 0 }).collect() };
    let insert = Series::insert(&series);
    println!("inserted  {}", json(insert.as_document()?));
    insert.run(db).await?;

    // `$i` in the path is this variable; path and condition travel together.
    let i = Point::array_filter("i", |p| p.x().gt(0));
    let update = Series::update().filter(|s| s.id().eq(1)).set(path!(points[$i].y), 5);
    println!("sent      {}", json(update.as_document()?));
    let updated = update.one(db).await?;
    println!("matched {}, modified {}", updated.matched, updated.modified);

    let read = Series::find().filter(|s| s.id().eq(1)).get(db).await?;
    let y: Vec<_> = read.points.iter().map(|point| point.y.to_string()).collect();
    println!("read      y = {}", y.join(", "));

    // Two conditions under one identifier: the mistake is found before anything is sent.
    let other = Point::array_filter("i", |p| p.x().lt(0));
    let refused = Series::update()
        .filter(|s| s.id().eq(1))
        .set(path!(points[$i].y), 5)
        .set(path!(points[$other].x), 0)
        .one(db)
        .await;
    if let Err(error) = refused {
        println!("refused   {error}");
    }
    Ok(())
}

/// The document as a shell shows it.
fn json(document: Document) -> String {
    document.to_string().replace("{ ", "{").replace(" }", "}")
}
