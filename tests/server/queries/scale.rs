//! 60,000 documents: what the server computes equals a plain computation.

use std::collections::{BTreeMap, HashMap};

use odm::{Result, object, prelude::*};

use super::models::{Customer, Order, Product, Shop, Status};

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Sales {
    #[model(id)]
    key: Key,
    units: i64,
    revenue: f64,
    orders: i64,
    dearest: f64,
}

#[derive(Embedded, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    country: String,
    category: String,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Overview {
    by_status: Vec<(Status, i64, f64)>,
    discounts: Vec<(Option<f64>, i64)>,
    gifts: Vec<(String, i64)>,
}

fn total(order: &Order) -> f64 {
    order.lines.iter().map(|line| line.price * f64::from(line.qty)).sum()
}

#[tokio::test]
async fn reports_facets_windows_and_references_equal_a_plain_computation() -> Result<()> {
    let (db, shop) = Shop::stored("queries_scale", 99, 50_000).await;
    assert!(shop.customers.len() + shop.products.len() + shop.orders.len() > 60_000);
    report(&db, &shop).await?;
    facets(&db, &shop).await?;
    windows(&db, &shop).await?;
    references(&db, &shop).await
}

async fn report(db: &Database, shop: &Shop) -> Result<()> {
    let report: Vec<Sales> = Order::aggregate()
        .match_(|o| o.status().ne(Status::Open))
        .join(|o| o.customer())
        .unwind(|(o, _)| o.lines())
        .join(|(_, line)| line.product())
        .group(|(((_, customer), line), product), g| {
            object!(Sales {
                key: object!(Key { country: customer.country(), category: product.category() }),
                units: g.sum(line.qty()),
                revenue: g.sum(line.price() * line.qty()),
                orders: g.count(),
                dearest: g.max(line.price()),
            })
        })
        .sort(|s| s.key().country().asc().then(s.key().category().asc()))
        .all(db)
        .await?;
    let mut expected: BTreeMap<Key, Sales> = BTreeMap::new();
    for order in shop.orders.iter().filter(|o| o.status != Status::Open) {
        for line in &order.lines {
            let key = Key {
                country: shop.customers[*order.customer.id() as usize].country.clone(),
                category: shop.products[*line.product.id() as usize].category.clone(),
            };
            let none = Sales { key: key.clone(), units: 0, revenue: 0.0, orders: 0, dearest: 0.0 };
            let sales = expected.entry(key).or_insert(none);
            sales.units += i64::from(line.qty);
            sales.revenue += line.price * f64::from(line.qty);
            sales.orders += 1;
            sales.dearest = sales.dearest.max(line.price);
        }
    }
    assert_eq!(report, expected.into_values().collect::<Vec<_>>());
    Ok(())
}

async fn facets(db: &Database, shop: &Shop) -> Result<()> {
    let overview = Order::aggregate()
        .add_field(|o| o.lines().map(|l| l.price() * l.qty()).total())
        .facet(|all| {
            object!(Overview {
                by_status: all()
                    .group(|(o, total), g| (o.status(), g.count(), g.sum(total)))
                    .sort(|(status, _, _)| status.asc()),
                discounts: all()
                    .sort_by_count(|(o, _)| o.discount())
                    .sort(|(discount, _)| discount.asc()),
                gifts: all()
                    .unwind(|(o, _)| o.lines())
                    .match_(|(_, line)| line.gift().exists())
                    .group(|(_, line), g| (line.gift().text().if_null(""), g.count()))
                    .sort(|(text, _)| text.asc()),
            })
        })
        .all(db)
        .await?
        .remove(0);
    let mut by_status: BTreeMap<Status, (i64, f64)> = BTreeMap::new();
    let (mut discounts, mut gifts) = (BTreeMap::new(), BTreeMap::<String, i64>::new());
    for order in &shop.orders {
        let sums = by_status.entry(order.status).or_default();
        *sums = (sums.0 + 1, sums.1 + total(order));
        *discounts.entry(order.discount.map(|it| (it * 4.0) as i64)).or_insert(0_i64) += 1;
        for gift in order.lines.iter().filter_map(|line| line.gift.as_ref()) {
            *gifts.entry(gift.text.clone()).or_default() += 1;
        }
    }
    let by_status: Vec<_> =
        by_status.into_iter().map(|(key, sums)| (key, sums.0, sums.1)).collect();
    assert_eq!(overview.by_status, by_status);
    let discounts = discounts.into_iter().map(|(key, n)| (key.map(|it| it as f64 / 4.0), n));
    assert_eq!(overview.discounts, discounts.collect::<Vec<_>>());
    assert_eq!(overview.gifts, gifts.into_iter().collect::<Vec<_>>());
    Ok(())
}

async fn windows(db: &Database, shop: &Shop) -> Result<()> {
    let rows: Vec<(i64, f64, i64)> = Order::aggregate()
        .add_field(|o| o.lines().map(|l| l.price() * l.qty()).total())
        .window(
            |(o, _)| o.customer(),
            |(o, _)| o.placed().asc().then(o.id().asc()),
            |(_, total), w| w.sum(total).so_far(),
        )
        .window(|((o, _), _)| o.customer(), |((o, _), _)| o.id().asc(), |_, w| w.document_number())
        .select(|(((o, _), running), number)| (o.id(), running, number))
        .sort(|(id, _, _)| id.asc())
        .allow_disk_use(true)
        .all(db)
        .await?;
    let mut orders: Vec<_> = shop.orders.iter().collect();
    orders.sort_by_key(|order| (order.placed, order.id));
    let mut sums: HashMap<i64, f64> = HashMap::new();
    let mut running = HashMap::new();
    for order in orders {
        let sum = sums.entry(*order.customer.id()).or_default();
        *sum += total(order);
        running.insert(order.id, *sum);
    }
    let mut counts: HashMap<i64, i64> = HashMap::new();
    let expected: Vec<_> = shop
        .orders
        .iter()
        .map(|order| {
            let count = counts.entry(*order.customer.id()).or_default();
            *count += 1;
            (order.id, running[&order.id], *count)
        })
        .collect();
    assert!(rows == expected, "{} rows and {}", rows.len(), expected.len());
    Ok(())
}

async fn references(db: &Database, shop: &Shop) -> Result<()> {
    let (orders, customers, products) = Order::find()
        .sort(|o| o.id().asc())
        .skip(20_000)
        .limit(5_000)
        .with(|o| o.customer())
        .with(|o| o.lines().each().product())
        .all(db)
        .await?;
    assert_eq!(orders, shop.orders[20_000..25_000]);
    for order in &orders {
        assert_eq!(customers[&order.customer], shop.customers[*order.customer.id() as usize]);
        for line in &order.lines {
            let product: &Product = &products[&line.product];
            assert_eq!(*product, shop.products[*line.product.id() as usize]);
        }
    }
    let all: odm::Loaded<Customer> =
        odm::load(shop.orders.iter().map(|order| &order.customer), db).await?;
    assert!(all.iter().all(|customer| shop.customers[customer.id as usize] == *customer));
    Ok(())
}
