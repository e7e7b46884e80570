//! Arrays of arrays: MongoDB looks into an inner array only when it is told to.

use odm::{ErrorKind, prelude::*};
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "grids")]
struct Grid {
    #[model(id)]
    id: i64,
    rows: Vec<Vec<i32>>,
}

async fn filled(name: &str) -> Database {
    let db = database(name).await;
    let grids = [
        Grid { id: 1, rows: vec![vec![1], vec![2, 3]] },
        Grid { id: 2, rows: vec![vec![4], vec![5, 6]] },
    ];
    Grid::insert_many(&grids).run(&db).await.expect("an insert");
    db
}

type Fields = odm::path::Fields<Grid, odm::path::Filtering>;

async fn found(db: &Database, filter: impl FnOnce(Fields) -> Filter<Grid>) -> Vec<i64> {
    let found = Grid::find().filter(filter).all(db).await.expect("a find");
    found.into_iter().map(|grid| grid.id).collect()
}

#[tokio::test]
async fn conditions_reach_the_elements_of_inner_arrays() {
    let db = filled("conditions_reach_inner_arrays").await;
    assert_eq!(found(&db, |g| g.rows().elem_match(|row| row.contains(3))).await, [1]);
    assert_eq!(found(&db, |g| g.rows().elem_match(|row| row.all([2, 3]))).await, [1]);
    let greater = |g: Fields| g.rows().elem_match(|row| row.elem_match(|n| n.gt(5)));
    assert_eq!(found(&db, greater).await, [2]);
    assert_eq!(found(&db, |g| g.rows().at(1).contains(2)).await, [1]);
    assert_eq!(found(&db, |g| g.rows().at(1).all([5, 6])).await, [2]);
    assert_eq!(found(&db, |g| g.rows().at(1).elem_match(|n| n.gt(5))).await, [2]);
    assert_eq!(found(&db, |g| g.rows().at(0).at(0).eq(4)).await, [2]);
    let both = |g: Fields| g.rows().all_match(|row| [row.contains(1), row.contains(2)]);
    assert_eq!(found(&db, both).await, [1]);
}

#[tokio::test]
async fn a_pull_of_inner_arrays_finds_them() {
    let db = filled("a_pull_of_inner_arrays").await;
    let pull = Grid::update().all_documents().pull(|g| g.rows(), |row| row.contains(3));
    assert_eq!(pull.many(&db).await.unwrap().modified, 1);
    let grid = Grid::find().filter(|g| g.id().eq(1)).get(&db).await.unwrap();
    assert_eq!(grid.rows, [[1]]);
}

#[tokio::test]
async fn any_element_of_an_inner_array_is_a_local_error() {
    let db = filled("any_element_of_an_inner_array").await;
    for filter in [
        Grid::fields().rows().at(1).any().eq(2),
        Grid::fields().rows().elem_match(|row| row.any().eq(2)),
    ] {
        let error = Grid::find().filter(|_| filter).all(&db).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{error:?}");
        assert!(error.to_string().contains("`.elem_match(…)` in place of `.any()`"), "{error}");
    }
}
