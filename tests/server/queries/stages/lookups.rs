//! Documents of other collections.

use odm::{Result, prelude::*};

use super::{
    super::models::{Customer, Order, Product, Shop, Status},
    rows,
};

#[tokio::test]
async fn references_are_joined() -> Result<()> {
    let (db, _) = Shop::stored("stages_joins", 11, 40).await;
    // A reference to nothing.
    Order::update().by_id(0).set(|o| o.customer(), Ref::new(-1)).one(&db).await?;
    let join = [
        doc! { "$lookup": {
            "from": "customers", "localField": "customer", "foreignField": "_id", "as": "_c0",
        } },
        doc! { "$unwind": "$_c0" },
    ];
    let joined = rows(&db, Order::aggregate().join(|o| o.customer()), join.to_vec()).await;
    assert_eq!(joined.len(), 39);
    assert!(joined.iter().all(|(order, customer)| order.customer == Ref::to(customer)));
    let left = [
        join[0].clone(),
        doc! { "$unwind": { "path": "$_c0", "preserveNullAndEmptyArrays": true } },
    ];
    let joined = rows(&db, Order::aggregate().left_join(|o| o.customer()), left.to_vec()).await;
    assert_eq!(joined.len(), 40);
    assert_eq!(joined.iter().filter(|(_, customer)| customer.is_none()).count(), 1);
    Ok(())
}

#[tokio::test]
async fn rows_are_looked_up_by_equality() -> Result<()> {
    let (db, shop) = Shop::stored("stages_lookup_equal", 11, 40).await;
    let names: Vec<(Order, Vec<(String, i64)>)> = rows(
        &db,
        Order::aggregate().lookup(
            Product::aggregate().select(|p| (p.name(), p.id())),
            |o| o.lines().each().product(),
            |p| p.id(),
        ),
        vec![
            doc! { "$lookup": {
                "from": "products",
                "localField": "lines.product",
                "foreignField": "_id",
                "pipeline": [{ "$replaceWith": { "_id": "$name", "_1": "$_id" } }],
                "as": "_c0",
            } },
            doc! { "$addFields": { "_c0": { "$map": {
                "input": "$_c0", "as": "row", "in": ["$$row._id", "$$row._1"],
            } } } },
        ],
    )
    .await;
    for (order, mut names) in names {
        names.sort();
        names.dedup();
        let expected = order.lines.iter().map(|line| {
            (shop.products[*line.product.id() as usize].name.clone(), *line.product.id())
        });
        let mut expected: Vec<_> = expected.collect();
        expected.sort();
        expected.dedup();
        assert_eq!(names, expected);
    }
    Ok(())
}

#[tokio::test]
async fn rows_are_looked_up_by_a_pipeline_with_values() -> Result<()> {
    let (db, shop) = Shop::stored("stages_lookup_let", 11, 40).await;
    let others: Vec<(Customer, Vec<(i64,)>)> = rows(
        &db,
        Customer::aggregate().lookup_with(
            |c| (c.id(), c.country()),
            |(id, country)| {
                Order::aggregate()
                    .match_expr(|o| o.customer().eq(&id) & o.status().eq(Status::Paid))
                    .add_field(move |_| country)
                    .count_rows()
            },
        ),
        vec![
            doc! { "$lookup": {
                "from": "orders",
                "let": { "row1_0": "$_id", "row1_1": "$country" },
                "pipeline": [
                    { "$match": { "$expr": { "$and": [
                        { "$eq": ["$customer", "$$row1_0"] }, { "$eq": ["$status", "Paid"] },
                    ] } } },
                    { "$addFields": { "_c0": "$$row1_1" } },
                    { "$count": "count" },
                    { "$replaceWith": { "_id": "$count" } },
                ],
                "as": "_c0",
            } },
            doc! { "$addFields": { "_c0": { "$map": {
                "input": "$_c0", "as": "row", "in": ["$$row._id"],
            } } } },
        ],
    )
    .await;
    for (customer, counts) in others {
        let own =
            |order: &&Order| order.customer == Ref::to(&customer) && order.status == Status::Paid;
        let expected = shop.orders.iter().filter(own).count() as i64;
        assert_eq!(counts.first().map_or(0, |(count,)| *count), expected);
    }
    Ok(())
}
