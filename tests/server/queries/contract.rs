//! The programs that the documentation promises, as they stand.

use std::collections::{BTreeMap, BTreeSet};

use odm::{Result, object, prelude::*};

use super::models::{Customer, Employee, Order, Product, Shop, Status, employees};

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Brief {
    id: i64,
    city: Option<String>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Sales {
    #[model(id)]
    key: SalesKey,
    units: i64,
    revenue: f64,
    orders: i64,
}

#[derive(Embedded, Clone, Debug, PartialEq, PartialOrd)]
struct SalesKey {
    month: i32,
    product: Ref<Product>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct SalesRow {
    month: i32,
    product: String,
    revenue: f64,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct ByStatus {
    status: Status,
    orders: i64,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Top {
    id: i64,
    total: f64,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Dashboard {
    by_status: Vec<ByStatus>,
    top: Vec<Top>,
    counts: Vec<(Status, i64)>,
}

#[derive(Projection, Clone, Debug, PartialEq)]
#[projection(of = Order)]
struct Card {
    id: i64,
    status: Status,
    #[projection(path = lines[].price)]
    prices: Vec<f64>,
}

fn total(order: &Order) -> f64 {
    order.lines.iter().map(|line| line.price * f64::from(line.qty)).sum()
}

fn paid<In>(orders: Pipeline<In, Order>) -> Pipeline<In, Order> {
    orders.match_(|o| o.status().eq(Status::Paid))
}

fn month(order: &Order) -> i32 {
    use chrono::Datelike;
    order.placed.month().cast_signed()
}

#[tokio::test]
async fn fewer_fields_are_a_tuple_or_a_struct() -> Result<()> {
    let (db, shop) = Shop::stored("queries_fewer_fields", 1, 50).await;
    let rows: Vec<(i64, Vec<f64>, Option<String>)> = Order::find()
        .filter(|o| o.status().eq(Status::Paid))
        .select(|o| (o.id(), o.lines().each().price(), o.ship().city()))
        .sort(|o| o.id().asc())
        .all(&db)
        .await?;
    let expected = shop.orders.iter().filter(|o| o.status == Status::Paid).map(|o| {
        let city = o.ship.as_ref().map(|ship| ship.city.clone());
        (o.id, o.lines.iter().map(|line| line.price).collect(), city)
    });
    assert_eq!(rows, expected.collect::<Vec<_>>());

    let briefs: Vec<Brief> = Order::find()
        .sort(|o| o.id().asc())
        .select(|o| object!(Brief { id: o.id(), city: o.ship().city() }))
        .all(&db)
        .await?;
    let expected = shop
        .orders
        .iter()
        .map(|o| Brief { id: o.id, city: o.ship.as_ref().map(|ship| ship.city.clone()) });
    assert_eq!(briefs, expected.collect::<Vec<_>>());
    let cards: Vec<Card> = Order::find().project::<Card>().sort(|o| o.id().asc()).all(&db).await?;
    let expected = shop.orders.iter().map(|o| Card {
        id: o.id,
        status: o.status,
        prices: o.lines.iter().map(|line| line.price).collect(),
    });
    let expected: Vec<_> = expected.collect();
    assert_eq!(cards, expected);
    let cards: Vec<Card> =
        Order::aggregate().project::<Card>().sort(|c| c.id().asc()).all(&db).await?;
    assert_eq!(cards, expected);

    let mut cities: Vec<String> = Order::find().distinct(|o| o.ship().city()).all(&db).await?;
    cities.sort();
    assert_eq!(cities, ["Bern", "Genf", "Wil"]);
    let products = Order::find().distinct(|o| o.lines().each().product()).all(&db).await?;
    let expected: BTreeSet<_> =
        shop.orders.iter().flat_map(|o| o.lines.iter().map(|line| *line.product.id())).collect();
    assert_eq!(products.iter().map(|p: &Ref<Product>| *p.id()).collect::<BTreeSet<_>>(), expected);
    assert_eq!(Order::estimated_count(&db).await?, 50);
    let session = db.start_session().await?;
    assert_eq!(Order::estimated_count(&session).await?, 50);

    let first = Order::find().select(|o| (o.id(), 7, "$a", Some(true))).sort(|o| o.id().desc());
    assert_eq!(first.clone().first(&db).await?, Some((49, 7, "$a".to_owned(), Some(true))));
    assert_eq!(first.skip(3).get(&db).await?.0, 46);
    Ok(())
}

#[tokio::test]
async fn a_report_matches_unwinds_groups_joins_sorts_and_limits() -> Result<()> {
    let (db, shop) = Shop::stored("queries_report", 2, 300).await;
    let report: Vec<SalesRow> = Order::aggregate()
        .match_(|o| o.status().eq(Status::Paid))
        .unwind(|o| o.lines())
        .group(|(o, line), g| {
            object!(Sales {
                key: object!(SalesKey { month: o.placed().month(), product: line.product() }),
                units: g.sum(line.qty()),
                revenue: g.sum(line.price() * line.qty()),
                orders: g.count(),
            })
        })
        .join(|s| s.key().product())
        .sort(|(s, _)| s.revenue().desc().then(s.key().month().asc()))
        .limit(5)
        .select(|(s, product)| {
            object!(SalesRow {
                month: s.key().month(),
                product: product.name(),
                revenue: s.revenue().round(2),
            })
        })
        .all(&db)
        .await?;
    let mut sales: BTreeMap<(i32, i64), f64> = BTreeMap::new();
    for order in shop.orders.iter().filter(|o| o.status == Status::Paid) {
        for line in &order.lines {
            let key = (month(order), *line.product.id());
            *sales.entry(key).or_default() += line.price * f64::from(line.qty);
        }
    }
    let mut sales: Vec<_> = sales.into_iter().collect();
    sales.sort_by(|(a_key, a), (b_key, b)| b.total_cmp(a).then(a_key.cmp(b_key)));
    let expected = sales.into_iter().take(5).map(|((month, product), revenue)| SalesRow {
        month,
        product: format!("product {product}"),
        revenue,
    });
    assert_eq!(report, expected.collect::<Vec<_>>());
    Ok(())
}

#[tokio::test]
async fn a_tuple_is_a_row_too() -> Result<()> {
    let (db, shop) = Shop::stored("queries_tuples", 3, 200).await;
    let by_status: Vec<(Status, i64, Option<f64>)> = Order::aggregate()
        .group(|o, g| (o.status(), g.count(), g.avg(o.discount())))
        .sort(|(status, _, _)| status.asc())
        .all(&db)
        .await?;
    let expected = [Status::Open, Status::Paid, Status::Sent].map(|status| {
        let those: Vec<_> = shop.orders.iter().filter(|o| o.status == status).collect();
        let discounts: Vec<_> = those.iter().filter_map(|o| o.discount).collect();
        let mean = discounts.iter().sum::<f64>() / discounts.len() as f64;
        (status, those.len() as i64, Some(mean))
    });
    assert_eq!(by_status, expected);
    Ok(())
}

#[tokio::test]
async fn columns_windows_and_facets() -> Result<()> {
    let (db, shop) = Shop::stored("queries_windows", 4, 100).await;
    let rows: Vec<(i64, f64, f64)> = paid(Order::aggregate())
        .add_field(|o| o.lines().map(|l| l.price() * l.qty()).total())
        .window(
            |(o, _)| o.customer(),
            |(o, _)| o.placed().asc().then(o.id().asc()),
            |(_, total), w| w.sum(total).so_far(),
        )
        .select(|((o, total), running)| (o.id(), total, running))
        .sort(|(id, _, _)| id.asc())
        .all(&db)
        .await?;
    let all: Vec<_> = shop.orders.iter().filter(|o| o.status == Status::Paid).collect();
    let expected = all.iter().map(|order| {
        let until = |other: &&&Order| {
            other.customer == order.customer && (other.placed, other.id) <= (order.placed, order.id)
        };
        (order.id, total(order), all.iter().filter(until).map(|order| total(order)).sum())
    });
    assert_eq!(rows, expected.collect::<Vec<_>>());

    let dashboard = Order::aggregate()
        .facet(|all| {
            object!(Dashboard {
                by_status: all()
                    .group(|o, g| object!(ByStatus { status: o.status(), orders: g.count() }))
                    .sort(|b| b.status().asc()),
                top: all()
                    .select(|o| object!(Top {
                        id: o.id(),
                        total: o.lines().map(|l| l.price() * l.qty()).total(),
                    }))
                    .sort(|t| t.total().desc().then(t.id().asc()))
                    .limit(2),
                counts: all().sort_by_count(|o| o.status()).sort(|(status, _)| status.asc()),
            })
        })
        .all(&db)
        .await?
        .remove(0);
    let count = |status| shop.orders.iter().filter(|o| o.status == status).count() as i64;
    let statuses = [Status::Open, Status::Paid, Status::Sent];
    assert_eq!(
        dashboard.by_status,
        statuses.map(|status| ByStatus { status, orders: count(status) })
    );
    assert_eq!(dashboard.counts, statuses.map(|status| (status, count(status))));
    let mut top: Vec<_> = shop.orders.iter().map(|o| Top { id: o.id, total: total(o) }).collect();
    top.sort_by(|a, b| b.total.total_cmp(&a.total).then(a.id.cmp(&b.id)));
    assert_eq!(dashboard.top, top[..2]);
    Ok(())
}

#[tokio::test]
async fn lookups_walks_and_unions() -> Result<()> {
    let (db, shop) = Shop::stored("queries_lookups", 5, 60).await;
    let swiss: Vec<(Order, Vec<Customer>)> = Order::aggregate()
        .lookup(
            Customer::aggregate().match_(|c| c.country().eq("CH")),
            |o| o.customer(),
            |c| c.id(),
        )
        .sort(|(o, _)| o.id().asc())
        .all(&db)
        .await?;
    let expected = shop.orders.iter().map(|order| {
        let customer =
            shop.customers.iter().filter(|c| c.country == "CH" && order.customer == Ref::new(c.id));
        (order.clone(), customer.cloned().collect())
    });
    assert_eq!(swiss, expected.collect::<Vec<_>>());

    let staff = employees(&db).await;
    let bosses: Vec<(Employee, Vec<Employee>)> = Employee::aggregate()
        .graph_lookup(|e| e.boss(), Employee::walk(|e| e.boss(), |e| e.id()).max_depth(5))
        .sort(|(e, _)| e.id().asc())
        .all(&db)
        .await?;
    for (employee, mut found) in bosses {
        found.sort_by_key(|boss| boss.id);
        let mut expected = Vec::new();
        let mut next = employee.boss;
        while let Some(boss) = next {
            let boss = staff[*boss.id() as usize].clone();
            next = boss.boss;
            if expected.contains(&boss) {
                break;
            }
            expected.push(boss);
        }
        expected.sort_by_key(|boss| boss.id);
        assert_eq!(found, expected, "of {}", employee.id);
    }

    let mut names: Vec<(String, String)> = Customer::aggregate()
        .select(|c| (c.name(), c.country()))
        .union_with(Product::aggregate().select(|p| (p.name(), p.category())))
        .all(&db)
        .await?;
    names.sort();
    let customers = shop.customers.iter().map(|c| (c.name.clone(), c.country.clone()));
    let products = shop.products.iter().map(|p| (p.name.clone(), p.category.clone()));
    let mut expected: Vec<_> = customers.chain(products).collect();
    expected.sort();
    assert_eq!(names, expected);
    Ok(())
}
