//! Conditions on the data of a variant hold for that variant only.

use odm::prelude::*;
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "drawings")]
struct Drawing {
    #[model(id)]
    id: i64,
    external: External,
    internal: Internal,
    adjacent: Adjacent,
    all: Vec<Internal>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
enum External {
    Circle { size: i32 },
    Square { size: i32 },
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(tag = "type")]
enum Internal {
    Circle { size: i32 },
    Square { size: i32 },
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(tag = "type", content = "data")]
enum Adjacent {
    Circle { size: i32 },
    Square { size: i32 },
}

fn circle() -> Drawing {
    Drawing {
        id: 1,
        external: External::Circle { size: 5 },
        internal: Internal::Circle { size: 5 },
        adjacent: Adjacent::Circle { size: 5 },
        all: vec![Internal::Circle { size: 5 }, Internal::Square { size: 5 }],
    }
}

fn square() -> Drawing {
    Drawing {
        id: 2,
        external: External::Square { size: 5 },
        internal: Internal::Square { size: 5 },
        adjacent: Adjacent::Square { size: 5 },
        all: vec![Internal::Square { size: 5 }],
    }
}

async fn filled(name: &str) -> Database {
    let db = database(name).await;
    Drawing::insert_many(&[circle(), square()]).run(&db).await.expect("an insert");
    db
}

type Fields = odm::path::Fields<Drawing, odm::path::Filtering>;

async fn found(db: &Database, filter: impl FnOnce(Fields) -> Filter<Drawing>) -> Vec<i64> {
    let found = Drawing::find().filter(filter).sort(|d| d.id().asc()).all(db).await;
    found.expect("a find").into_iter().map(|drawing| drawing.id).collect()
}

#[tokio::test]
async fn a_find_asks_for_the_variant() {
    let db = filled("a_find_asks_for_the_variant").await;
    assert_eq!(found(&db, |d| d.external().as_circle().size().gt(1)).await, [1]);
    assert_eq!(found(&db, |d| d.internal().as_circle().size().gt(1)).await, [1]);
    assert_eq!(found(&db, |d| d.adjacent().as_circle().size().gt(1)).await, [1]);
    assert_eq!(found(&db, |d| d.internal().as_circle().exists()).await, [1]);
    assert_eq!(found(&db, |d| d.adjacent().as_circle().exists()).await, [1]);
    let between = |d: Fields| {
        let size = d.internal().as_circle().size();
        size.gt(1) & size.lt(9)
    };
    assert_eq!(found(&db, between).await, [1]);
    assert_eq!(found(&db, |d| d.internal().as_circle().size().gt(9)).await, [0_i64; 0]);
    let match_one = |d: Fields| d.all().elem_match(|shape| shape.as_circle().size().gt(1));
    assert_eq!(found(&db, match_one).await, [1]);
}

#[tokio::test]
async fn array_filters_and_pulls_ask_for_the_variant() {
    let db = filled("array_filters_and_pulls_ask").await;
    let update = Drawing::update()
        .all_documents()
        .inc(|d| d.all().filtered(|shape| shape.as_circle().size().gt(1)).as_circle().size(), 1);
    assert_eq!(update.many(&db).await.unwrap().modified, 1);
    let all = Drawing::find().filter(|d| d.id().eq(1)).get(&db).await.unwrap().all;
    assert_eq!(all, [Internal::Circle { size: 6 }, Internal::Square { size: 5 }]);

    let pull = Drawing::update().all_documents();
    let pull = pull.pull(|d| d.all(), |shape| shape.as_circle().size().gt(1));
    assert_eq!(pull.many(&db).await.unwrap().modified, 1);
    let all = Drawing::find().filter(|d| d.id().eq(1)).get(&db).await.unwrap().all;
    assert_eq!(all, [Internal::Square { size: 5 }]);
}
