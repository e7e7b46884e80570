//! Every stage gives what the same stage gives that is written by hand, in the promised type.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use odm::{
    Result,
    aggregation::{Densify, Pipeline, WhenMatched, WhenNotMatched},
    bson::Document,
    expression::Unit,
    geo::Point,
    object,
    prelude::*,
    row::Readable,
};
use tests::database;

use super::models::{Customer, Order, Product, Shop, Status};

/// Mixed and missing values, as other programs leave them.
#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "things")]
struct Thing {
    #[model(id)]
    id: i32,
    kind: Option<String>,
    qty: Option<i64>,
    price: f64,
    at: odm::bson::DateTime,
    tags: Vec<String>,
    place: Option<Point>,
    parts: Option<Vec<Piece>>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Piece {
    name: String,
    level: i32,
}

const MINUTE: i64 = 60_000;

/// Absent, null, `int32`, `int64` and whole doubles side by side.
fn stored() -> Vec<Document> {
    let date = |minutes: i64| odm::bson::DateTime::from_millis(minutes * MINUTE);
    vec![
        doc! { "_id": 1, "kind": "a", "qty": 1, "price": 1.5, "at": date(0), "tags": ["x", "y"],
        "place": { "type": "Point", "coordinates": [7.0, 46.0] },
        "parts": [{ "name": "p", "level": 1 }, { "name": "q", "level": 5 }] },
        doc! { "_id": 2, "kind": "a", "qty": 2_i64, "price": 2, "at": date(2), "tags": [],
        "place": { "type": "Point", "coordinates": [7.001, 46.0] } },
        doc! { "_id": 3, "kind": null, "qty": null, "price": 3_i64, "at": date(5), "tags": ["x"] },
        doc! { "_id": 4, "price": 4.25, "at": date(5), "tags": ["z"], "parts": [] },
        doc! { "_id": 5, "kind": "b", "qty": 7.0, "price": -1, "at": date(9), "tags": ["y", "z"],
        "parts": null },
    ]
}

async fn filled(name: &str) -> Database {
    let db = database(name).await;
    db.as_driver().collection("things").insert_many(stored()).await.expect("an insert");
    let index = doc! { "createIndexes": "things", "indexes": [
        { "key": { "place": "2dsphere" }, "name": "place" },
    ] };
    db.as_driver().run_command(index).await.expect("an index");
    db
}

/// The rows of a pipeline, whose stages are those written by hand, and as many as they give.
async fn rows<M: Model, D: Readable>(
    db: &Database,
    typed: Pipeline<M, D>,
    by_hand: Vec<Document>,
) -> Vec<D::Output> {
    assert_eq!(typed.stages().expect("a valid pipeline"), by_hand);
    let collection: mongodb::Collection<Document> = db.as_driver().collection(M::COLLECTION);
    let documents = collection.aggregate(by_hand).await.expect("an aggregation");
    let documents: Vec<_> = documents.try_collect().await.expect("documents");
    let rows = typed.all(db).await.expect("rows of the type");
    assert_eq!(rows.len(), documents.len());
    rows
}

fn ids(things: &[Thing]) -> Vec<i32> {
    things.iter().map(|thing| thing.id).collect()
}

fn kind(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn conditions_orders_and_limits() {
    let db = &filled("stages_conditions").await;
    let found = rows(
        db,
        Thing::aggregate().match_(|t| t.kind().eq("a")).sort(|t| t.id().desc()).skip(1).limit(5),
        vec![
            doc! { "$match": { "kind": "a" } },
            doc! { "$sort": { "_id": -1 } },
            doc! { "$skip": 1_i64 },
            doc! { "$limit": 5 },
        ],
    );
    assert_eq!(ids(&found.await), [1]);
    let found = rows(
        db,
        Thing::aggregate().match_expr(|t| (t.price() * 2).gt(t.id())).sort(|t| t.id().asc()),
        vec![
            doc! { "$match": { "$expr": { "$gt": [{ "$multiply": ["$price", 2] }, "$_id"] } } },
            doc! { "$sort": { "_id": 1 } },
        ],
    );
    assert_eq!(ids(&found.await), [1, 2, 3, 4]);
    let found = rows(db, Thing::aggregate().sample(3), vec![doc! { "$sample": { "size": 3 } }]);
    assert_eq!(found.await.len(), 3);
    assert_eq!(Thing::aggregate().match_(|t| t.kind().eq("a")).count(db).await.unwrap(), 2);
    assert_eq!(Thing::aggregate().match_(|t| t.kind().eq("c")).count(db).await.unwrap(), 0);
    let first = Thing::aggregate().sort(|t| t.price().desc()).first(db).await.unwrap();
    assert_eq!(first.map(|thing| thing.id), Some(4));
    let streamed: Vec<_> = Thing::aggregate()
        .sort(|t| t.id().asc())
        .batch_size(2)
        .stream(db)
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids(&streamed), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn columns_and_documents() {
    let db = &filled("stages_columns").await;
    let found = rows(
        db,
        Thing::aggregate()
            .add_field(|t| t.qty().if_null(0) + 1_i64)
            .match_(|(_, more)| more.gt(1))
            .unset(|(t, _)| t.place())
            .sort(|(t, _)| t.id().asc()),
        vec![
            doc! { "$addFields": { "_c0": { "$toLong": { "$add": [
                { "$ifNull": ["$qty", 0_i64] }, 1_i64,
            ] } } } },
            doc! { "$match": { "_c0": { "$gt": 1_i64 } } },
            doc! { "$unset": "place" },
            doc! { "$sort": { "_id": 1 } },
        ],
    );
    let found: Vec<_> = found.await.into_iter().map(|(t, more)| (t.id, t.place, more)).collect();
    assert_eq!(found, [(1, None, 2), (2, None, 3), (5, None, 8)]);

    let found = rows(
        db,
        Thing::aggregate()
            .unwind(|t| t.parts())
            .replace_with(|(_, part)| part)
            .sort(|p| p.level().asc()),
        vec![
            doc! { "$unwind": "$parts" },
            doc! { "$replaceWith": "$parts" },
            doc! { "$sort": { "level": 1 } },
        ],
    );
    let piece = |name: &str, level| Piece { name: name.to_owned(), level };
    assert_eq!(found.await, [piece("p", 1), piece("q", 5)]);

    let redacted = rows(
        db,
        Thing::aggregate()
            .match_(|t| t.id().eq(1))
            .stage_as::<Leveled>(doc! { "$set": { "level": 0 } })
            .redact(|t| t.level().lt(3)),
        vec![
            doc! { "$match": { "_id": 1 } },
            doc! { "$set": { "level": 0 } },
            doc! { "$redact": { "$cond": [{ "$lt": ["$level", 3] }, "$$DESCEND", "$$PRUNE"] } },
        ],
    );
    assert_eq!(redacted.await[0].parts, [piece("p", 1)]);
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Leveled {
    level: i32,
    parts: Vec<Piece>,
}

#[tokio::test]
async fn arrays_become_rows() {
    let db = &filled("stages_unwind").await;
    let found = rows(
        db,
        Thing::aggregate().unwind(|t| t.tags()).select(|(t, tag)| (t.id(), tag)),
        vec![
            doc! { "$unwind": "$tags" },
            doc! { "$replaceWith": { "_id": "$_id", "_1": "$tags" } },
        ],
    );
    let mut found = found.await;
    found.sort();
    let tag = |id: i32, tag: &str| (id, tag.to_owned());
    assert_eq!(
        found,
        [tag(1, "x"), tag(1, "y"), tag(3, "x"), tag(4, "z"), tag(5, "y"), tag(5, "z")]
    );
    let found = rows(
        db,
        Thing::aggregate()
            .unwind_with_index(|t| t.parts())
            .select(|((t, part), at)| (t.id(), part.name(), at)),
        vec![
            doc! { "$unwind": { "path": "$parts", "includeArrayIndex": "_c1" } },
            doc! { "$replaceWith": { "_id": "$_id", "_1": "$parts.name", "_2": "$_c1" } },
        ],
    );
    assert_eq!(found.await, [(1, "p".to_owned(), 0), (1, "q".to_owned(), 1)]);
    let found = rows(
        db,
        Thing::aggregate()
            .sort(|t| t.id().asc())
            .unwind_or_none(|t| t.parts())
            .select(|(t, part)| (t.id(), part.name())),
        vec![
            doc! { "$sort": { "_id": 1 } },
            doc! { "$unwind": { "path": "$parts", "preserveNullAndEmptyArrays": true } },
            doc! { "$replaceWith": { "_id": "$_id", "_1": "$parts.name" } },
        ],
    );
    let (p, q) = (Some("p".to_owned()), Some("q".to_owned()));
    assert_eq!(found.await, [(1, p), (1, q), (2, None), (3, None), (4, None), (5, None)]);
}

#[tokio::test]
async fn groups_ranges_and_counts() {
    let db = &filled("stages_groups").await;
    let found = rows(
        db,
        Thing::aggregate()
            .group(|t, g| (t.kind(), g.count(), g.sum(t.qty())))
            .sort(|(kind, _, _)| kind.asc()),
        vec![
            doc! { "$group": { "_id": "$kind", "_1": { "$sum": 1 }, "_2": { "$sum": "$qty" } } },
            doc! { "$sort": { "_id": 1 } },
        ],
    );
    assert_eq!(found.await, [(None, 2, 0), (kind("a"), 2, 3), (kind("b"), 1, 7)]);
    let found = rows(
        db,
        Thing::aggregate().bucket(
            |t| t.price(),
            [-5.0, 2.0, 10.0],
            |t, g| (g.count(), g.max(t.id())),
        ),
        vec![doc! { "$bucket": {
            "groupBy": "$price",
            "boundaries": [-5.0, 2.0, 10.0],
            "output": { "_1": { "$sum": 1 }, "_2": { "$max": "$_id" } },
        } }],
    );
    assert_eq!(found.await, [(-5.0, 2, 5), (2.0, 3, 4)]);
    let found = rows(
        db,
        Thing::aggregate().bucket_or_rest(|t| t.qty(), [0, 2], |_, g| (g.count(),)),
        vec![doc! { "$bucket": {
            "groupBy": "$qty",
            "boundaries": [0_i64, 2_i64],
            "default": null,
            "output": { "_1": { "$sum": 1 } },
        } }],
    );
    assert_eq!(found.await, [(None, 4), (Some(0), 1)]);
    let found = rows(
        db,
        Thing::aggregate().bucket_auto(|t| t.id(), 2, |_, g| (g.count(),)),
        vec![
            doc! { "$bucketAuto": {
                "groupBy": "$_id", "buckets": 2, "output": { "_2": { "$sum": 1 } },
            } },
            doc! { "$replaceWith": { "_id": "$_id.min", "_1": "$_id.max", "_2": "$_2" } },
        ],
    );
    assert_eq!(found.await.iter().map(|(_, _, count)| count).sum::<i64>(), 5);
    let found = rows(
        db,
        Thing::aggregate().sort_by_count(|t| t.kind()),
        vec![
            doc! { "$sortByCount": "$kind" },
            doc! { "$replaceWith": { "_id": "$_id", "_1": "$count" } },
        ],
    );
    let counts: BTreeMap<_, _> = found.await.into_iter().collect();
    assert_eq!(counts, BTreeMap::from([(None, 2), (kind("a"), 2), (kind("b"), 1)]));
    let found = rows(
        db,
        Thing::aggregate().count_rows(),
        vec![doc! { "$count": "count" }, doc! { "$replaceWith": { "_id": "$count" } }],
    );
    assert_eq!(found.await, [(5,)]);
}

#[tokio::test]
async fn joins_and_lookups() -> Result<()> {
    let (db, shop) = Shop::stored("stages_joins", 11, 40).await;
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
        let own = |order: &&Order| {
            order.id != 0 && order.customer == Ref::to(&customer) && order.status == Status::Paid
        };
        let expected = shop.orders.iter().filter(own).count() as i64;
        assert_eq!(counts.first().map_or(0, |(count,)| *count), expected);
    }
    Ok(())
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Minute {
    at: odm::bson::DateTime,
    price: Option<f64>,
}

#[tokio::test]
async fn places_and_what_is_missing() {
    let db = &filled("stages_places").await;
    let near = rows(
        db,
        Thing::aggregate().geo_near(
            |t| t.place(),
            Point::new(7.0, 46.0),
            |near| near.max_distance(500.0).min_distance(0.0).filter(|t| t.kind().eq("a")),
        ),
        vec![doc! { "$geoNear": {
            "near": { "type": "Point", "coordinates": [7.0, 46.0] },
            "key": "place",
            "distanceField": "_c0",
            "spherical": true,
            "minDistance": 0.0,
            "maxDistance": 500.0,
            "query": { "kind": "a" },
        } }],
    );
    let near: Vec<_> = near.await.into_iter().map(|(thing, metres)| (thing.id, metres)).collect();
    assert!(matches!(near[..], [(1, 0.0), (2, 77.0..78.0)]), "{near:?}");

    let dense = rows(
        db,
        Thing::aggregate()
            .match_(|t| t.id().lte(3))
            .densify::<Minute, _>(|t| t.at(), Densify::every_time(1, Unit::Minute))
            .sort(|m| m.at().asc()),
        vec![
            doc! { "$match": { "_id": { "$lte": 3 } } },
            doc! { "$densify": {
                "field": "at", "range": { "step": 1_i64, "unit": "minute", "bounds": "full" },
            } },
            doc! { "$sort": { "at": 1 } },
        ],
    );
    let dense: Vec<_> = dense.await.into_iter().map(|minute| minute.price).collect();
    assert_eq!(dense, [Some(1.5), None, Some(2.0), None, None, Some(3.0)]);
    let wrong = Thing::aggregate().densify::<Thing, _>(|t| t.price(), Densify::every(1));
    let error = wrong.all(db).await.unwrap_err().to_string();
    assert!(error.contains("`$densify` makes rows that have only `price`"), "{error}");

    let filled = rows(
        db,
        Thing::aggregate()
            .fill(|t| t.id().asc(), |t, fill| fill.locf(t.kind()).linear(t.qty()))
            .select(|t| (t.id(), t.kind(), t.qty().to_double())),
        vec![
            doc! { "$fill": {
                "sortBy": { "_id": 1 },
                "output": { "kind": { "method": "locf" }, "qty": { "method": "linear" } },
            } },
            doc! { "$replaceWith": { "_id": "$_id", "_1": "$kind", "_2": { "$toDouble": "$qty" } } },
        ],
    );
    let filled: Vec<_> = filled.await.into_iter().map(|(_, kind, qty)| (kind, qty)).collect();
    assert_eq!(filled[2].0, kind("a"));
    assert_eq!(filled[3].0, kind("a"));
    assert!((filled[2].1.unwrap() - 3.666).abs() < 0.01, "{filled:?}");
    let zero = rows(
        db,
        Thing::aggregate()
            .fill(|_| Sort::none(), |t, fill| fill.by(t.kind()).value(t.qty(), 0))
            .match_(|t| t.qty().eq(0)),
        vec![
            doc! { "$fill": { "partitionBy": { "by": "$kind" }, "output": { "qty": { "value": 0_i64 } } } },
            doc! { "$match": { "qty": 0_i64 } },
        ],
    );
    assert_eq!(zero.await.len(), 2);
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "kinds")]
struct Kind {
    #[model(id)]
    name: Option<String>,
    things: i64,
    dear: Option<bool>,
}

#[tokio::test]
async fn rows_are_merged_into_a_collection_or_become_it() -> Result<()> {
    let db = &filled("stages_writes").await;
    let kinds = || {
        Thing::aggregate().match_(|t| t.kind().exists()).match_(|t| t.kind().ne(None)).group(
            |t, g| object!(Kind { name: t.kind(), things: g.count(), dear: g.first(None::<bool>) }),
        )
    };
    let all = async || Kind::find().sort(|k| k.name().asc()).all(db).await;
    let of = |name: &str, things, dear| Kind { name: kind(name), things, dear };
    Kind::insert(&of("a", 100, Some(true))).run(db).await?;
    let merge = || kinds().merge_into::<Kind>();
    merge().when_matched(WhenMatched::KeepExisting).run(db).await?;
    assert_eq!(all().await?, [of("a", 100, Some(true)), of("b", 1, None)]);
    merge()
        .when_matched(WhenMatched::Pipeline(vec![
            doc! { "$set": { "things": { "$add": ["$things", "$$new.things"] } } },
        ]))
        .run(db)
        .await?;
    assert_eq!(all().await?, [of("a", 102, Some(true)), of("b", 2, None)]);
    merge().when_matched(WhenMatched::Replace).run(db).await?;
    assert_eq!(all().await?, [of("a", 2, None), of("b", 1, None)]);
    Kind::delete().by_id("b").one(db).await?;
    merge().on(|k| k.name()).when_not_matched(WhenNotMatched::Discard).run(db).await?;
    assert_eq!(all().await?, [of("a", 2, None)]);
    let error = merge().when_matched(WhenMatched::Fail).run(db).await.unwrap_err();
    assert_eq!(error.code(), Some(11000), "{error:?}");
    Kind::insert(&of("z", 9, None)).run(db).await?;
    kinds().out_to::<Kind>().run(db).await?;
    assert_eq!(all().await?, [of("a", 2, None), of("b", 1, None)]);

    let session = db.start_session().await?;
    let transaction = session.start_transaction().await?;
    let error = merge().run(&transaction).await.unwrap_err().to_string();
    assert!(error.contains("`$merge` cannot be used in a transaction"), "{error}");
    let both = kinds().union_with(Kind::aggregate()).all(&transaction).await;
    let error = both.unwrap_err().to_string();
    assert!(error.contains("`$unionWith` cannot be used in a transaction"), "{error}");
    assert_eq!(kinds().sort(|k| k.name().asc()).all(&transaction).await?.len(), 2);
    transaction.commit().await
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Sum {
    #[model(id)]
    x: i32,
    sum: i64,
}

#[tokio::test]
async fn pipelines_begin_at_no_collection_and_at_what_the_server_knows() -> Result<()> {
    let db = &filled("stages_databases").await;
    let given =
        [Piece { name: "$a".to_owned(), level: 1 }, Piece { name: "b".to_owned(), level: 2 }];
    let sums = odm::database_aggregate()
        .documents(&given)
        .match_(|p| p.level().gt(0))
        .select(|p| object!(Sum { x: p.level(), sum: p.level() + 1 }));
    assert_eq!(sums.all(db).await?, [Sum { x: 1, sum: 2 }, Sum { x: 2, sum: 3 }]);
    let operations = odm::database_aggregate().current_op(doc! { "idleConnections": true });
    assert!(!operations.all(db).await?.is_empty());
    let stats = Thing::index_stats().sort(|s| s.name().asc()).all(db).await?;
    let names: Vec<_> = stats.iter().map(|index| index.name.as_str()).collect();
    assert_eq!(names, ["_id_", "place"]);
    let size = Thing::coll_stats().first(db).await?.expect("one row");
    assert_eq!((size.ns.as_str(), size.storage.count), ("stages_databases.things", 5));
    Ok(())
}

#[tokio::test]
async fn a_stage_in_the_wrong_place_is_refused_before_anything_is_sent() -> Result<()> {
    let (db, commands) = tests::recorded("stages_refused").await;
    let here = Point::new(0.0, 0.0);
    let not_first = Thing::aggregate().limit(1).geo_near(|t| t.place(), here, |near| near);
    let nested = Thing::aggregate().facet(|all| (all().facet(|all| (all().count_rows(),)),));
    let text = Thing::aggregate().limit(1).match_(|_| Filter::text("a"));
    let search = Thing::aggregate().limit(1).search(doc! { "text": {} });
    let unwound = Thing::aggregate().unwind(|t| t.tags()).select(|(t, _)| (t.tags(),));
    let through =
        Thing::aggregate().unwind(|t| t.parts()).match_(|(t, _)| t.parts().any().level().gt(1));
    let unordered = Thing::aggregate().window(|_| (), |_| Sort::none(), |_, w| w.rank());
    let by_two = Thing::aggregate().window(
        |_| (),
        |t| t.price().asc().then(t.id().asc()),
        |_, w| w.document_number(),
    );
    let empty = Thing::aggregate().window(
        |_| (),
        |t| t.id().asc(),
        |t, w| w.sum(t.id()).documents(-2..=-1),
    );
    for (error, expected) in [
        (not_first.all(&db).await.map(drop), "`$geoNear` belongs into the first stage"),
        (nested.all(&db).await.map(drop), "`$facet` cannot be used inside `$facet`"),
        (text.all(&db).await.map(drop), "`$text` belongs into the first stage"),
        (search.all(&db).await.map(drop), "`$search` belongs into the first stage"),
        (unwound.all(&db).await.map(drop), "`tags` was unwound: it is one element"),
        (through.count(&db).await.map(drop), "`parts` was unwound: it is one element"),
        (unordered.all(&db).await.map(drop), "`$rank` needs its rows in an order"),
        (
            by_two.all(&db).await.map(drop),
            "`$documentNumber` needs an order by one field, and this",
        ),
        (empty.all(&db).await.map(drop), "a window holds the row that it is for"),
        (Thing::aggregate().limit(0).all(&db).await.map(drop), "`$limit` takes 1 row at least"),
        (Thing::aggregate().sample(0).all(&db).await.map(drop), "`$sample` takes 1 row at least"),
        (
            Thing::aggregate().sort(|_| Sort::none()).all(&db).await.map(drop),
            "a sort order without a field",
        ),
        (
            Thing::aggregate()
                .bucket(|t| t.id(), [1], |_, g| (g.count(),))
                .all(&db)
                .await
                .map(drop),
            "at least two boundaries",
        ),
        (
            Thing::aggregate().group(|t, g| (t.id(), g.min_n(0, t.id()))).all(&db).await.map(drop),
            "`$minN` takes at least 1 value",
        ),
    ] {
        let error = error.unwrap_err();
        assert_eq!(error.outcome(), Outcome::NotSent, "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(commands.named("aggregate"), Vec::<Document>::new());
    Ok(())
}

#[tokio::test]
async fn a_plan_tells_its_index_and_how_much_was_read() -> Result<()> {
    let db = &filled("stages_explained").await;
    let plan = Thing::find().by_id(1).explain(db).await?;
    assert_eq!((plan.keys_examined, plan.documents_examined, plan.returned), (1, 1, 1));
    assert!(plan.has_stage("IDHACK") && !plan.is_collection_scan(), "{plan:?}");
    let plan =
        Thing::find().filter(|t| t.price().gt(0.0)).sort(|t| t.price().asc()).explain(db).await?;
    assert!(plan.is_collection_scan() && plan.sorts() && plan.indexes.is_empty(), "{plan:?}");
    assert_eq!((plan.documents_examined, plan.returned), (5, 4));
    let plan = Thing::aggregate()
        .match_(|t| t.id().gte(2))
        .group(|t, g| (t.kind(), g.count()))
        .explain(db)
        .await?;
    assert_eq!(plan.indexes, ["_id_"]);
    assert_eq!(plan.keys_examined, 4);
    let covered = Thing::find().filter(|t| t.id().gt(0)).select(|t| (t.id(),));
    assert!(covered.explain(db).await?.is_covered());
    Ok(())
}
