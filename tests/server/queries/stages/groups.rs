//! Groups, ranges and counts.

use std::collections::BTreeMap;

use odm::prelude::*;

use super::{Thing, filled, kind, rows};

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
}

#[tokio::test]
async fn counts_of_values_and_of_rows() {
    let db = &filled("stages_counts").await;
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
