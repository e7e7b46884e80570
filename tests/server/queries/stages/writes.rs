//! Pipelines that write, and pipelines over no collection.

use odm::{
    Result,
    aggregation::{WhenMatched, WhenNotMatched},
    object,
    prelude::*,
};

use super::{Piece, Thing, filled, kind};

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
