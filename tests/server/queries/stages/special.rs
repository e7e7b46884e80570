//! Places, missing rows and missing values.

use odm::{aggregation::Densify, expression::Unit, geo::Point, prelude::*};

use super::{Thing, filled, kind, rows};

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
}

#[tokio::test]
async fn missing_values_are_filled() {
    let db = &filled("stages_fill").await;
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
