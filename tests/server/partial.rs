//! Partial updates against the real server.

use odm::{Database, bson::Document, prelude::*};
use tests::database;

#[tokio::test]
async fn scratch() {
    let db = database("partial_scratch").await;
    let raw = db.as_driver().collection::<Document>("c");
    raw.insert_one(doc! {"_id": 1, "a": 1, "old": 1}).await.unwrap();
    let d = db.as_driver();
    for u in [
        odm::bson::bson!([]),
        odm::bson::bson!([{"$set": {}}]),
        odm::bson::bson!({"$set": {}}),
        odm::bson::bson!([{"$replaceWith": {"$mergeObjects": [{"$literal": {"b": 1, "$x": 1}}, {"v": {"$ifNull": [{"$add": ["$v", 1]}, 7]}, "gone": "$gone"}]}}]),
        odm::bson::bson!([{"$replaceWith": {"$mergeObjects": [{"$literal": {"b": 1}}, {"v": {"$ifNull": [{"$add": ["$v", 1]}, 7]}, "gone": "$gone"}]}}]),
    ] {
        let r = d
            .run_command(doc! {"update": "c", "updates": [{"q": {"_id": 1}, "u": u.clone()}]})
            .await;
        println!("{u} => {r:?}\n   {:?}", raw.find_one(doc! {}).await);
        let r = d
            .run_command(
                doc! {"findAndModify": "c", "query": {"_id": 1}, "update": u.clone(), "new": true},
            )
            .await;
        println!("  fam => {r:?}");
        let r = d.run_command(doc! {"update": "c", "updates": [{"q": {"_id": 2}, "u": u.clone(), "upsert": true}]}).await;
        println!("  upsert => {r:?} {:?}", raw.find_one(doc! {"_id": 2}).await);
        raw.delete_one(doc! {"_id": 2}).await.unwrap();
    }
    // union
    for i in 10..30 {
        raw.insert_one(doc! {"_id": i, "a": i % 3}).await.unwrap();
    }
    let r = d.run_command(doc! {"aggregate": "c", "pipeline": [
        {"$match": {"a": {"$gte": 1}}}, {"$sort": {"a": -1}}, {"$skip": 2}, {"$limit": 3}, {"$replaceWith": {"d": "$$ROOT"}},
        {"$unionWith": {"coll": "c", "pipeline": [{"$match": {"a": {"$gte": 1}, "$expr": {"$gt": ["$a", "$$k"]}}}, {"$count": "n"}]}}
    ], "cursor": {}, "let": {"k": 0}}).await;
    println!("{r:?}");
    panic!("scratch");
}
