//! Functions of numbers, statistics, and what the server knows.

use odm::{
    bson::{Bson, Decimal128, Timestamp},
    expression::{
        average_of, cluster_time, index_key, largest_of, rand, record_id, root, search_score,
        smallest_of, std_dev_pop_of, std_dev_samp_of, text_score, total_of,
    },
    prelude::*,
};

use super::rows::{Fields, Plain, answer, filled, refusal};

#[tokio::test]
async fn trigonometry() {
    let db = &filled("expression_trigonometry").await;
    for angles in [
        answer(db, |r| r.count().div(8).sin(), doc! { "$sin": { "$divide": ["$count", 8] } }).await,
        answer(db, |r| r.count().div(8).cos(), doc! { "$cos": { "$divide": ["$count", 8] } }).await,
        answer(db, |r| r.count().div(8).tan(), doc! { "$tan": { "$divide": ["$count", 8] } }).await,
        answer(db, |r| r.count().div(8).asin(), doc! { "$asin": { "$divide": ["$count", 8] } })
            .await,
        answer(db, |r| r.count().div(8).acos(), doc! { "$acos": { "$divide": ["$count", 8] } })
            .await,
        answer(db, |r| r.count().div(8).atan(), doc! { "$atan": { "$divide": ["$count", 8] } })
            .await,
        answer(db, |r| r.count().div(8).sinh(), doc! { "$sinh": { "$divide": ["$count", 8] } })
            .await,
        answer(db, |r| r.count().div(8).cosh(), doc! { "$cosh": { "$divide": ["$count", 8] } })
            .await,
        answer(db, |r| r.count().div(8).tanh(), doc! { "$tanh": { "$divide": ["$count", 8] } })
            .await,
        answer(db, |r| r.count().div(8).asinh(), doc! { "$asinh": { "$divide": ["$count", 8] } })
            .await,
        answer(db, |r| r.count().div(8).atanh(), doc! { "$atanh": { "$divide": ["$count", 8] } })
            .await,
        answer(
            db,
            |r| r.count().div(8).to_radians(),
            doc! { "$degreesToRadians": { "$divide": ["$count", 8] } },
        )
        .await,
        answer(
            db,
            |r| r.count().div(8).to_degrees(),
            doc! { "$radiansToDegrees": { "$divide": ["$count", 8] } },
        )
        .await,
    ] {
        assert!(angles[0].is_some());
        assert_eq!(angles[1..], [None, None]);
    }
    let by_hand = doc! { "$acosh": "$count" };
    assert_eq!(answer(db, |r| r.count().acosh(), by_hand).await[1..], [None, None]);
    let by_hand = doc! { "$atan2": ["$small", "$count"] };
    assert_eq!(answer(db, |r| r.small().atan2(r.count()), by_hand).await[1..], [None, None]);
    let exact: Vec<Decimal128> = answer(db, |r| r.price().sin(), doc! { "$sin": "$price" }).await;
    assert!(exact[0].to_string().len() > 30, "{exact:?}");
    for refused in [
        refusal(db, |r| r.small().asin()).await,
        refusal(db, |r| (r.ratio() * f64::INFINITY).sin()).await,
        refusal(db, |r| (r.small() * 0).acosh()).await,
    ] {
        assert!(refused.contains("must be in"), "{refused}");
    }
}

#[tokio::test]
async fn powers_and_logarithms() {
    let db = &filled("expression_powers").await;
    let powers = answer(db, |r| r.small().pow(2), doc! { "$pow": ["$small", { "$toDouble": 2 }] });
    assert_eq!(powers.await, [9.0; 3]);
    let powers = answer(
        db,
        |r| r.small().pow(r.count() - 5),
        doc! { "$pow": [
            "$small", { "$subtract": ["$count", 5] },
        ] },
    );
    assert_eq!(powers.await, [Some(1.0 / 3.0), None, None]);
    let exact = answer(db, |r| r.small().pow(39).to_long(), doc! { "$pow": ["$small", 39] }).await;
    assert_eq!(exact, [3_i64.pow(39); 3]);
    let by_hand = doc! { "$exp": "$count" };
    assert_eq!(answer(db, |r| r.count().exp(), by_hand).await[1..], [None, None]);
    answer(db, |r| r.price().exp(), doc! { "$exp": "$price" }).await;
    answer(db, |r| r.small().ln(), doc! { "$ln": "$small" }).await;
    let two = answer(db, |r| (r.small() * 0 + 100).log10(), doc! { "$log10": 100 }).await;
    assert_eq!(two, [2.0; 3]);
    let logs = answer(db, |r| r.small().log(r.count()), doc! { "$log": ["$small", "$count"] });
    assert_eq!(logs.await[1..], [None, None]);
    for refused in [
        refusal(db, |r| (r.small() * 0).ln()).await,
        refusal(db, |r| r.small().log(1)).await,
        refusal(db, |r| (r.small() * 0).pow(-1)).await,
    ] {
        assert!(refused.contains('$'), "{refused}");
    }
    let order = answer(db, |r| r.small().cmp(r.large()), doc! { "$cmp": ["$small", "$large"] });
    assert_eq!(order.await, [-1; 3]);
}

#[tokio::test]
async fn statistics_of_arrays() {
    let db = &filled("expression_statistics").await;
    let by_hand = doc! { "$stdDevPop": "$nums" };
    assert_eq!(answer(db, |r| r.nums().std_dev_pop(), by_hand).await[2], None);
    let by_hand = doc! { "$stdDevSamp": "$nums" };
    assert_eq!(
        answer(db, |r| r.nums().std_dev_samp(), by_hand).await,
        [Some(1.0), Some(1.0), None]
    );
    let by_hand = doc! { "$stdDevPop": "$maybe" };
    assert_eq!(answer(db, |r| r.maybe().std_dev_pop(), by_hand).await, [Some(0.0), None, None]);
    assert_eq!(answer(db, |r| r.maybe().std_dev_samp(), Bson::Null).await, [None; 3]);
    let by_hand = doc! { "$stdDevPop": "$prices" };
    assert_eq!(answer(db, |r| r.prices().std_dev_pop(), by_hand).await[2], None);
}

#[tokio::test]
async fn statistics_of_several_values() {
    let db = &filled("expression_several_values").await;
    let by_hand = doc! { "$toLong": { "$sum": ["$count", "$count"] } };
    assert_eq!(answer(db, |r| total_of([r.count(), r.count()]), by_hand).await, [8, 0, 0]);
    let by_hand = doc! { "$avg": ["$small", "$wide"] };
    answer(db, |r| average_of([r.small(), r.wide()]), by_hand).await;
    let by_hand = doc! { "$avg": ["$count", { "$literal": null }] };
    let none = |r: Fields<i32>| average_of([r.count().expr(), Expr::literal(&None)]);
    assert_eq!(answer(db, none, by_hand).await, [Some(4.0), None, None]);
    let by_hand = doc! { "$min": ["$left", "$at"] };
    let least = |r: Fields<i32>| {
        smallest_of([
            r.left().expr(),
            r.at().let_in(|at| cond(r.small().gt(0), at, None::<odm::bson::DateTime>)),
        ])
    };
    assert_eq!(
        answer(db, least, by_hand).await[0].map(|at| at.timestamp_millis()),
        Some(1_700_000_000_000)
    );
    let by_hand = doc! { "$max": ["$note", "$note"] };
    let most = answer(db, |r| largest_of([r.note(), r.note()]), by_hand).await;
    assert_eq!(most, [Some("b".to_owned()), None, None]);
    let whole = answer(db, |r| largest_of([r.nums()]), "$nums").await;
    assert_eq!(whole[0], [1, 2, 3]);
    let by_hand = doc! { "$stdDevPop": ["$small", "$wide"] };
    answer(db, |r| std_dev_pop_of([r.small(), r.wide()]), by_hand).await;
    assert_eq!(answer(db, |r| std_dev_samp_of([r.small()]), 0.0).await, [Some(0.0); 3]);
}

#[tokio::test]
async fn what_the_server_knows() {
    let db = &filled("expression_server").await;
    let chance = |_: Fields<i32>| rand().gte(0.0) & rand().lt(1.0);
    assert_eq!(answer(db, chance, true).await, [true; 3]);
    let rows: Vec<Plain> = answer(db, |_| root::<Plain>(), "$$ROOT").await;
    assert_eq!(rows.len(), 3);
    let time = |_: Fields<i32>| cluster_time().ts_second().gt(1_700_000_000_i64);
    assert_eq!(answer(db, time, true).await, [true; 3]);
    let stamp = || Expr::literal(&Timestamp { time: 7, increment: 2 });
    let second = answer(db, move |_| stamp().ts_second(), 7_i64).await;
    assert_eq!(second, [7; 3]);
    let increment = answer(db, move |_| stamp().ts_increment(), 2_i64).await;
    assert_eq!(increment, [2; 3]);
    let none = |_: Fields<i32>| Expr::literal(&None::<Timestamp>).ts_increment();
    assert_eq!(answer(db, none, Bson::Null).await, [None; 3]);
    let by_hand = doc! { "$toHashedIndexKey": "$note" };
    assert_eq!(answer(db, |r| r.note().to_hashed_index_key(), by_hand).await.len(), 3);
    assert_eq!(answer(db, |_| search_score(), Bson::Null).await, [None; 3]);
    let by_hand = doc! { "$meta": "indexKey" };
    assert_eq!(answer(db, |_| index_key(), by_hand).await[0], Some(doc! { "_id": 0_i64 }));
    assert_eq!(answer(db, |_| record_id(), Bson::Null).await.len(), 3);
    assert!(refusal(db, |_| text_score()).await.contains("text score"));
}
