//! What is refused before anything is sent, and plans.

use odm::{Result, bson::Document, geo::Point, prelude::*};

use super::{Thing, filled};

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
