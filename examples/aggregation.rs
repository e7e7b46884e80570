//! Aggregation: a sales report, and a dashboard in one round trip.
//!
//! Needs nothing: without `MONGODB_URI` it starts a replica set of its own.
//!
//! ```text
//! 2026-01 tea: 7 sold, 12.60
//! 2026-01 coffee: 3 sold, 7.50
//! 2026-02 tea: 1 sold, 1.80
//! 3 orders are Paid, 1 order is Open
//! the largest: order 2 with 14.00
//! Ann has spent 6.10, then 7.90
//! ```

use odm::{bson::DateTime, object, prelude::*};

#[derive(Model, Clone, Debug)]
#[model(collection = "products")]
struct Product {
    #[model(id)]
    id: i32,
    name: String,
}

#[derive(Model, Clone, Debug)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    id: i32,
    customer: String,
    status: Status,
    placed: DateTime,
    lines: Vec<Line>,
}

#[derive(Embedded, Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Open,
    Paid,
}

#[derive(Embedded, Clone, Debug)]
struct Line {
    product: Ref<Product>,
    quantity: i32,
    price: f64,
}

/// A row of the group: its key is stored as `_id`.
#[derive(Embedded, Debug)]
struct Sales {
    #[model(id)]
    key: SalesKey,
    units: i64,
    revenue: f64,
}

#[derive(Embedded, Debug)]
struct SalesKey {
    year: i32,
    month: i32,
    product: Ref<Product>,
}

#[derive(Embedded, Debug)]
struct SalesRow {
    year: i32,
    month: i32,
    product: String,
    units: i64,
    revenue: f64,
}

#[derive(Embedded, Debug)]
struct Dashboard {
    by_status: Vec<(Status, i64)>,
    largest: Vec<(i32, f64)>,
}

/// Stages that several pipelines share, whatever comes before them.
fn paid<In>(orders: Pipeline<In, Order>) -> Pipeline<In, Order> {
    orders.match_(|o| o.status().eq(Status::Paid))
}

#[tokio::main]
async fn main() -> odm::Result<()> {
    let server = examples::server("aggregation").await?;
    let db = &server.db;
    fill(db).await?;

    let report: Vec<SalesRow> = paid(Order::aggregate())
        .unwind(|o| o.lines())
        .group(|(o, line), g| {
            object!(Sales {
                key: object!(SalesKey {
                    year: o.placed().year(),
                    month: o.placed().month(),
                    product: line.product(),
                }),
                units: g.sum(line.quantity()),
                revenue: g.sum(line.price() * line.quantity()),
            })
        })
        .join(|s| s.key().product())
        .sort(|(s, _)| s.key().year().asc().then(s.key().month().asc()).then(s.revenue().desc()))
        .select(|(s, product)| {
            object!(SalesRow {
                year: s.key().year(),
                month: s.key().month(),
                product: product.name(),
                units: s.units(),
                revenue: s.revenue().round(2),
            })
        })
        .all(db)
        .await?;
    for row in &report {
        let SalesRow { year, month, product, units, revenue } = row;
        println!("{year}-{month:02} {product}: {units} sold, {revenue:.2}");
    }

    let dashboard = Order::aggregate().facet(|all| {
        object!(Dashboard {
            by_status: all().sort_by_count(|o| o.status()),
            largest: all()
                .select(|o| (o.id(), o.lines().map(|l| l.price() * l.quantity()).total()))
                .sort(|(_, total)| total.desc())
                .limit(1),
        })
    });
    if let Some(Dashboard { by_status, largest }) = dashboard.first(db).await? {
        let orders = by_status.iter().map(|(status, count)| match count {
            1 => format!("1 order is {status:?}"),
            _ => format!("{count} orders are {status:?}"),
        });
        println!("{}", orders.collect::<Vec<_>>().join(", "));
        println!("the largest: order {} with {:.2}", largest[0].0, largest[0].1);
    }

    let spent: Vec<(i32, f64)> = paid(Order::aggregate())
        .match_(|o| o.customer().eq("Ann"))
        .add_field(|o| o.lines().map(|l| l.price() * l.quantity()).total())
        .window(|(o, _)| o.customer(), |(o, _)| o.id().asc(), |(_, total), w| w.sum(total).so_far())
        .select(|((o, _), spent)| (o.id(), spent))
        .all(db)
        .await?;
    let spent: Vec<_> = spent.iter().map(|(_, spent)| format!("{spent:.2}")).collect();
    println!("Ann has spent {}", spent.join(", then "));
    Ok(())
}

async fn fill(db: &Database) -> odm::Result<()> {
    Product::delete().all_documents().many(db).await?;
    Order::delete().all_documents().many(db).await?;
    let product = |id, name: &str| Product { id, name: name.into() };
    Product::insert_many(&[product(1, "tea"), product(2, "coffee")]).run(db).await?;
    let line = |product, quantity| Line {
        product: Ref::new(product),
        quantity,
        price: if product == 1 { 1.8 } else { 2.5 },
    };
    let day = |month, day| {
        let date = DateTime::builder().year(2026).month(month).day(day).build();
        date.expect("a date of the calendar")
    };
    let order = |id, customer: &str, status, placed, lines| Order {
        id,
        customer: customer.into(),
        status,
        placed,
        lines,
    };
    let orders = [
        order(1, "Ann", Status::Paid, day(1, 5), vec![line(2, 1), line(1, 2)]),
        order(2, "Ben", Status::Paid, day(1, 20), vec![line(2, 2), line(1, 5)]),
        order(3, "Ann", Status::Paid, day(2, 1), vec![line(1, 1)]),
        order(4, "Ben", Status::Open, day(2, 2), vec![line(2, 1)]),
    ];
    Order::insert_many(&orders).run(db).await?;
    Ok(())
}
