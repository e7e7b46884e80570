//! Every kind of update is described so that `Changes` answers right.

use odm::{
    bson::Document,
    change_stream::Changes,
    prelude::*,
    update::{Filtered, Update},
};
use tests::database;

use super::{Point, Raw, Series, next, series, watch};

/// A stream of the updates of one document after the other.
struct Updates {
    db: Database,
    stream: Raw,
    id: i64,
}

impl Updates {
    async fn of(name: &str) -> Self {
        let db = database(name).await;
        Series::insert(&series(0)).run(&db).await.expect("an insert");
        let stream = watch(&db).await;
        Self { db, stream, id: 0 }
    }

    /// What the update changes in a new document.
    async fn changes(
        &mut self,
        build: impl FnOnce(Update<Series, Filtered>) -> Update<Series, Filtered>,
    ) -> Changes<Series> {
        let id = self.insert().await;
        let update = build(Series::update().filter(|s| s.id().eq(id)));
        assert_eq!(update.one(&self.db).await.expect("an update").modified, 1);
        self.next(id).await
    }

    /// The same for an update by a pipeline.
    async fn changes_by(&mut self, stage: Document) -> Changes<Series> {
        let id = self.insert().await;
        let collection = self.db.as_driver().collection::<Document>("series");
        let updated = collection.update_one(doc! { "_id": id }, vec![stage]).await;
        assert_eq!(updated.expect("an update").modified_count, 1);
        self.next(id).await
    }

    async fn insert(&mut self) -> i64 {
        self.id += 1;
        Series::insert(&series(self.id)).run(&self.db).await.expect("an insert");
        let event = next(&mut self.stream).await;
        assert_eq!(event.document(), Some(&series(self.id)), "{event:?}");
        self.id
    }

    async fn next(&mut self, id: i64) -> Changes<Series> {
        match next(&mut self.stream).await {
            ChangeEvent::Update(e) if e.id == id => e.changes,
            other => panic!("{other:?} is no update of {id}"),
        }
    }
}

#[tokio::test]
async fn values_that_were_set_are_read_and_touched() {
    let mut updates = Updates::of("values_that_were_set").await;
    let set = updates.changes(|u| u.set(|s| s.name(), "b").inc(|s| s.count(), 4)).await;
    assert_eq!(set.get(|s| s.name()).unwrap().as_deref(), Some("b"));
    assert_eq!(set.get(|s| s.count()).unwrap(), Some(5));
    assert!(set.touches(|s| s.name()) && set.touches(|s| s.count()));
    assert!(!set.touches(|s| s.points()) && !set.touches(|s| s.note()));

    let nested = updates.changes(|u| u.set(|s| s.origin().y(), 3)).await;
    assert_eq!(nested.get(|s| s.origin().y()).unwrap(), Some(3));
    assert!(nested.touches(|s| s.origin()) && !nested.touches(|s| s.origin().x()));

    let whole = updates.changes(|u| u.set(|s| s.origin(), Point { x: 8, y: 9 })).await;
    assert_eq!(whole.get(|s| s.origin().y()).unwrap(), Some(9));
    assert!(whole.touches(|s| s.origin().x()));

    let key = updates.changes(|u| u.set(|s| s.labels().key("5"), 6)).await;
    assert_eq!(key.get(|s| s.labels().key("5")).unwrap(), Some(6));
    assert!(key.touches(|s| s.labels()) && !key.touches(|s| s.labels().key("k")));
}

#[tokio::test]
async fn elements_of_arrays_are_told_by_position() {
    let mut updates = Updates::of("elements_by_position").await;
    let at = updates.changes(|u| u.set(|s| s.points().at(2).y(), 5)).await;
    let filtered =
        updates.changes(|u| u.set(|s| s.points().filtered(|p| p.x().eq(2)).y(), 5)).await;
    for changes in [at, filtered] {
        assert_eq!(changes.get(|s| s.points().at(2).y()).unwrap(), Some(5));
        assert_eq!(changes.get(|s| s.points().at(1).y()).unwrap(), None);
        assert!(changes.touches(|s| s.points().any().y()));
        assert!(!changes.touches(|s| s.points().any().x()));
        assert!(!changes.touches(|s| s.points().at(1)));
    }

    let nested = updates.changes(|u| u.set(|s| s.grid().at(1).at(0), 7)).await;
    assert_eq!(nested.get(|s| s.grid().at(1).at(0)).unwrap(), Some(7));
    assert!(nested.touches(|s| s.grid().at(1)) && !nested.touches(|s| s.grid().at(0)));

    let each = updates.changes(|u| u.inc(|s| s.points().each().y(), 1)).await;
    assert_eq!(each.get(|s| s.points().at(3).y()).unwrap(), Some(1));
    assert!(each.touches(|s| s.points().at(0).y()));
}

#[tokio::test]
async fn fields_that_were_removed_are_told() {
    let mut updates = Updates::of("fields_that_were_removed").await;
    let unset = updates.changes(|u| u.unset(|s| s.note()).unset(|s| s.labels().key("k"))).await;
    assert!(unset.removed(|s| s.note()) && unset.removed(|s| s.labels().key("k")));
    assert!(!unset.removed(|s| s.labels()) && unset.touches(|s| s.labels()));
    assert_eq!(unset.get(|s| s.note()).unwrap(), None);

    let renamed = updates.changes(|u| u.rename(|s| s.note(), |s| s.memo())).await;
    assert!(renamed.removed(|s| s.note()));
    assert_eq!(renamed.get(|s| s.memo()).unwrap(), Some(Some("n".to_owned())));
}

#[tokio::test]
async fn arrays_that_grow_and_shrink_are_told() {
    let mut updates = Updates::of("arrays_that_grow_and_shrink").await;
    let pushed = updates.changes(|u| u.push(|s| s.points(), Point { x: 9, y: 9 })).await;
    assert_eq!(pushed.get(|s| s.points().at(4).y()).unwrap(), Some(9));
    assert!(pushed.touches(|s| s.points()) && !pushed.removed(|s| s.points().at(4)));
    assert_eq!(pushed.truncated(|s| s.points()), None);

    // An operator gives the array anew.
    let popped = updates.changes(|u| u.pop(|s| s.points(), Pop::Last)).await;
    assert_eq!(popped.get(|s| s.points()).unwrap().map(|points| points.len()), Some(3));
    assert!(popped.touches(|s| s.points().at(3)));

    // A pipeline only cuts it.
    let cut = doc! { "$set": { "points": { "$slice": ["$points", 2] } } };
    let cut = updates.changes_by(cut).await;
    assert_eq!(cut.truncated(|s| s.points()), Some(2));
    assert_eq!(cut.get(|s| s.points()).unwrap(), None);
    assert!(cut.touches(|s| s.points()) && cut.touches(|s| s.points().any().y()));
    assert!(cut.touches(|s| s.points().at(2)) && !cut.touches(|s| s.points().at(1)));
    assert!(cut.removed(|s| s.points().at(2).y()) && !cut.removed(|s| s.points().at(1)));
}
