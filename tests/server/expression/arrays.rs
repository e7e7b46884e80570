//! Arrays: parts, orders, places, and arrays of others.

use odm::{
    bson::{Bson, Document},
    expression::{Expr, range, range_by},
    prelude::*,
};

use super::rows::{Fields, Point, answer, filled, refusal};

fn found(place: Document) -> Document {
    doc! { "$let": {
        "vars": { "p": place }, "in": { "$cond": [{ "$lt": ["$$p", 0] }, null, "$$p"] },
    } }
}

#[tokio::test]
async fn elements_and_parts() {
    let db = &filled("expression_array_parts").await;
    let by_hand = doc! { "$arrayElemAt": ["$nums", { "$subtract": ["$count", 2] }] };
    let element = answer(db, |r| r.nums().element_at(r.count() - 2), by_hand).await;
    assert_eq!(element, [Some(3), None, None]);
    let last = answer(db, |r| r.nums().element_at(-1), doc! { "$arrayElemAt": ["$nums", -1] });
    assert_eq!(last.await, [Some(3), Some(3), None]);
    let none = answer(db, |r| r.maybe().element_at(5), Bson::Null);
    assert_eq!(none.await, [None; 3]);

    let two = answer(db, |r| r.nums().take(2), doc! { "$slice": ["$nums", 2] }).await;
    assert_eq!(two, [vec![1, 2], vec![1, 2], vec![]]);
    let last = answer(db, |r| r.maybe().take(-1), doc! { "$slice": ["$maybe", -1] }).await;
    assert_eq!(last, [Some(vec![9]), None, None]);
    let middle = answer(db, |r| r.nums().slice(1, 1), doc! { "$slice": ["$nums", 1, 1] }).await;
    assert_eq!(middle, [vec![2], vec![2], vec![]]);
    assert!(refusal(db, |r| r.nums().slice(0, 0)).await.contains("positive"));
    assert!(refusal(db, |r| r.nums().take(r.big())).await.contains("32-bit"));
    assert!(refusal(db, |r| r.nums().element_at(r.big())).await.contains("32-bit"));
}

#[tokio::test]
async fn several_elements() {
    let db = &filled("expression_several_elements").await;
    let of = |operator: &str| doc! { operator: { "input": "$nums", "n": 2 } };
    let first = answer(db, |r| r.nums().first_n(2), of("$firstN")).await;
    assert_eq!(first, [vec![1, 2], vec![1, 2], vec![]]);
    let last = answer(db, |r| r.nums().last_n(2), of("$lastN")).await;
    assert_eq!(last, [vec![2, 3], vec![2, 3], vec![]]);
    let most = answer(db, |r| r.nums().max_n(2), of("$maxN")).await;
    assert_eq!(most, [vec![3, 2], vec![3, 2], vec![]]);
    let least = answer(db, |r| r.nums().min_n(2), of("$minN")).await;
    assert_eq!(least, [vec![1, 2], vec![1, 2], vec![]]);
    let there = |r: Fields<i32>| r.points().map(|p| p.y()).min_n(5);
    let by_hand = doc! { "$minN": {
        "input": { "$map": { "input": "$points", "as": "p", "in": "$$p.y" } }, "n": 5,
    } };
    assert_eq!(answer(db, there, by_hand).await, [vec![3], vec![], vec![]]);
    let kept = |r: Fields<i32>| r.points().map(|p| p.y()).first_n(5);
    let by_hand = doc! { "$map": { "input": "$points", "as": "p", "in": "$$p.y" } };
    assert_eq!(answer(db, kept, by_hand).await, [vec![Some(3), None], vec![], vec![None]]);
    let doubled = |r: Fields<i32>| r.nums().map(|n| n * r.small()).max_n(1);
    assert_eq!(
        answer(
            db,
            doubled,
            doc! { "$map": {
                "input": { "$lastN": { "input": "$nums", "n": 1 } }, "as": "n",
                "in": { "$toLong": { "$multiply": ["$$n", "$small"] } },
            } }
        )
        .await,
        [vec![9], vec![9], vec![]]
    );
    assert!(refusal(db, |r| r.nums().first_n(0)).await.contains("greater than 0"));
}

#[tokio::test]
async fn orders_and_places() {
    let db = &filled("expression_array_orders").await;
    let by_hand = doc! { "$reverseArray": "$nums" };
    let reversed = answer(db, |r| r.nums().reverse(), by_hand).await;
    assert_eq!(reversed, [vec![3, 2, 1], vec![3, 2, 1], vec![]]);
    assert_eq!(
        answer(db, |r| r.maybe().reverse(), doc! { "$reverseArray": "$maybe" }).await,
        [Some(vec![9]), None, None]
    );
    let by_hand = doc! { "$sortArray": { "input": "$ratios", "sortBy": -1 } };
    let sorted = answer(db, |r| r.ratios().sorted_desc(), by_hand).await;
    assert_eq!(sorted[0], [2.0, 1.0]);
    let by_hand = doc! { "$sortArray": { "input": "$maybe", "sortBy": 1 } };
    assert_eq!(answer(db, |r| r.maybe().sorted(), by_hand).await, [Some(vec![9]), None, None]);
    let by_hand = doc! { "$sortArray": { "input": "$points", "sortBy": { "y": 1, "x": -1 } } };
    let by_y = |r: Fields<i32>| r.points().sort_by(|p| p.y().asc().then(p.x().desc()));
    let sorted: Vec<Vec<Point>> = answer(db, by_y, by_hand).await;
    assert_eq!(sorted[0].iter().map(|p| p.x).collect::<Vec<_>>(), [2, 1]);

    let place = found(doc! { "$indexOfArray": ["$nums", "$small"] });
    let third = answer(db, |r| r.nums().position_of(r.small()), place).await;
    assert_eq!(third, [Some(2), Some(2), None]);
    let place = found(doc! { "$indexOfArray": ["$maybe", 9] });
    assert_eq!(answer(db, |r| r.maybe().position_of(9), place).await, [Some(0), None, None]);
    let place = found(doc! { "$indexOfArray": ["$nums", 1, 1, 9] });
    assert_eq!(answer(db, |r| r.nums().position_of_between(1, 1, 9), place).await, [None; 3]);
    let absent = |r: Fields<i32>| r.points().map(|p| p.y()).position_of(r.left().year());
    assert_eq!(
        answer(
            db,
            absent,
            found(doc! { "$indexOfArray": [
                { "$map": { "input": "$points", "as": "p", "in": { "$ifNull": ["$$p.y", null] } } },
                { "$ifNull": [{ "$year": "$left" }, null] },
            ] })
        )
        .await,
        [None, None, Some(0)]
    );
    let contained = |r: Fields<i32>| r.points().map(|p| p.y()).contains(r.inner().n());
    assert_eq!(answer(db, contained, doc! { "$eq": ["$_id", 2] }).await, [false, false, true]);
    assert!(refusal(db, |r| r.nums().position_of_between(1, -1, 2)).await.contains("nonneg"));
}

#[tokio::test]
async fn elements_up_to_a_limit() {
    let db = &filled("expression_filter_limit").await;
    let by_hand = doc! { "$filter": {
        "input": "$nums", "as": "n", "cond": { "$gt": ["$$n", 1] }, "limit": 1,
    } };
    let found = answer(db, |r| r.nums().filter_limit(1, |n| n.gt(1)), by_hand).await;
    assert_eq!(found, [vec![2], vec![2], vec![]]);
    let none =
        answer(db, |r| r.maybe().filter_limit(1, |n| n.gt(10)), doc! { "$slice": ["$maybe", 0] });
    assert_eq!(none.await, [Some(vec![]), None, None]);
    assert!(refusal(db, |r| r.nums().filter_limit(0, |_| true)).await.contains("greater than 0"));
}

#[tokio::test]
async fn arrays_are_reduced() {
    let db = &filled("expression_reduce").await;
    let by_hand = doc! { "$toLong": { "$reduce": {
        "input": "$nums", "initialValue": 1_i64, "in": { "$multiply": ["$$value", "$$this", 10] },
    } } };
    let product = |r: Fields<i32>| r.nums().reduce(1_i64, |product, n| product * n * 10);
    assert_eq!(answer(db, product, by_hand).await, [6000, 6000, 1]);
    let text = |r: Fields<i32>| r.maybe().reduce("", |all, _| all.concat("x"));
    let by_hand = doc! { "$cond": [{ "$isArray": "$maybe" }, "x", null] };
    assert_eq!(answer(db, text, by_hand).await, [Some("x".to_owned()), None, None]);
    let nested = |r: Fields<i32>| {
        r.grid().reduce(0_i64, |all, row| {
            row.reduce(0_i64, |sum, p| sum + p.x() * r.small() + all.clone())
        })
    };
    let by_hand = doc! { "$switch": { "branches": [
        { "case": { "$eq": ["$_id", 0] }, "then": 3 + (6 + 3) + (9 + 3) - 3 },
    ], "default": 0 } };
    assert_eq!(answer(db, nested, by_hand).await, [21_i64, 0, 0]);
    let nullable = |r: Fields<i32>| r.nums().reduce(None::<i64>, |last, n| last.if_null(0) + n);
    let by_hand = doc! { "$cond": [{ "$eq": ["$nums", []] }, null, { "$sum": "$nums" }] };
    assert_eq!(answer(db, nullable, by_hand).await, [Some(6), Some(6), None]);
    let beyond = |r: Fields<i32>| r.nums().reduce(r.big(), |all, n| all * n);
    assert!(refusal(db, beyond).await.contains("overflow"));
}

#[tokio::test]
async fn arrays_are_joined() {
    let db = &filled("expression_joined_arrays").await;
    let by_hand = doc! { "$concatArrays": ["$nums", "$nums"] };
    let both = answer(db, |r| r.nums().concat_arrays(r.nums()), by_hand).await;
    assert_eq!(both[0], [1, 2, 3, 1, 2, 3]);
    let by_hand = doc! { "$concatArrays": ["$nums", "$maybe"] };
    let none = answer(db, |r| r.nums().concat_arrays(r.maybe()), by_hand).await;
    assert_eq!(none, [Some(vec![1, 2, 3, 9]), None, None]);

    let by_hand = doc! { "$zip": { "inputs": ["$nums", "$ratios"] } };
    let pairs = answer(db, |r| r.nums().zip(r.ratios()), by_hand).await;
    assert_eq!(pairs, [vec![(1, 1.0), (2, 2.0)], vec![(1, 1.0), (2, 2.0)], vec![]]);
    let by_hand = doc! { "$zip": { "inputs": ["$nums", "$maybe"], "useLongestLength": true } };
    let pairs = answer(db, |r| r.nums().zip_longest(r.maybe()), by_hand).await;
    assert_eq!(pairs[0], Some(vec![(Some(1), Some(9)), (Some(2), None), (Some(3), None)]));
    assert_eq!(pairs[1..], [None, None]);
    let settled = |r: Fields<i32>| r.nums().map(|n| n * 2).zip(r.nums());
    let pairs: Vec<Vec<(i64, i32)>> = answer(
        db,
        settled,
        doc! { "$map": {
            "input": "$nums", "as": "n", "in": [{ "$toLong": { "$multiply": ["$$n", 2] } }, "$$n"],
        } },
    )
    .await;
    assert_eq!(pairs[0], [(2, 1), (4, 2), (6, 3)]);

    let by_hand = doc! { "$range": [0, "$small"] };
    assert_eq!(answer(db, |r| range(0, r.small()), by_hand).await[0], [0, 1, 2]);
    let by_hand = doc! { "$range": ["$large", 0, -2] };
    assert_eq!(answer(db, |r| range_by(r.large(), 0, -2), by_hand).await[0], [5, 3, 1]);
    let empty = answer(db, |_| range(5, 0), doc! { "$literal": [] }).await;
    assert_eq!(empty, vec![Vec::<i32>::new(); 3]);
    assert!(refusal(db, |r| range_by(0, r.small(), 0)).await.contains("non-zero"));
    let literal = |_: Fields<i32>| Expr::literal(&vec![1, 2]).concat_arrays(vec![3]);
    assert_eq!(answer(db, literal, doc! { "$literal": [1, 2, 3] }).await[0], [1, 2, 3]);
}

#[tokio::test]
async fn arrays_are_sets() {
    let db = &filled("expression_sets").await;
    let sorted = |operator: &str, other: &str| {
        doc! { "$sortArray": { "input": { operator: ["$nums", other] }, "sortBy": 1 } }
    };
    let union = |r: Fields<i32>| r.nums().set_union(r.maybe()).sorted();
    let all = answer(db, union, sorted("$setUnion", "$maybe")).await;
    assert_eq!(all, [Some(vec![1, 2, 3, 9]), None, None]);
    let both = |r: Fields<i32>| r.nums().set_intersection(r.nums()).sorted();
    assert_eq!(answer(db, both, sorted("$setIntersection", "$nums")).await[0], [1, 2, 3]);
    let rest = |r: Fields<i32>| r.maybe().set_difference(r.nums());
    let by_hand = doc! { "$setDifference": ["$maybe", "$nums"] };
    assert_eq!(answer(db, rest, by_hand).await, [Some(vec![9]), None, None]);

    let by_hand = doc! { "$setEquals": ["$nums", "$nums"] };
    assert_eq!(answer(db, |r| r.nums().set_equals(r.nums().reverse()), by_hand).await, [true; 3]);
    let by_hand = doc! { "$setIsSubset": ["$ratios", "$nums"] };
    assert_eq!(answer(db, |r| r.ratios().set_is_subset(r.nums()), by_hand).await, [true; 3]);
    let any = |r: Fields<i32>| r.nums().map(|n| n.gt(2)).any_element_true();
    let by_hand = doc! { "$gt": [{ "$max": "$nums" }, 2] };
    assert_eq!(answer(db, any, by_hand).await, [true, true, false]);
    let all = |r: Fields<i32>| {
        r.points().map(|p| cond(p.x().gt(1), true, None::<bool>)).all_elements_true()
    };
    assert_eq!(answer(db, all, doc! { "$ne": ["$_id", 0] }).await, [false, true, true]);
}
