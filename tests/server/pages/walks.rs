//! Walks over random documents in random orders, while other documents come and go.
//!
//! Documents that stay are on one page, in the server's order, forwards and backwards.
//! `ODM_SEED=7` makes other walks, `ODM_WALKS=1000` more.

use futures::TryStreamExt;
use odm::bson::{DateTime, Regex, Timestamp, oid::ObjectId};
use tests::Random;

use super::*;

const WALKS: u64 = 30;
const SEED: u64 = 2_024;
/// Documents that stay.
const ROWS: i64 = 90;

fn given(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// One of a few, so that documents are equal often.
fn one<T: Clone>(random: &mut Random, of: &[T]) -> T {
    of[random.below(of.len() as u64) as usize].clone()
}

/// Sets the field, sets it to null, or leaves it out.
fn put(random: &mut Random, document: &mut Document, name: &str, values: &[Bson]) {
    match random.below(5) {
        0 => {}
        1 => drop(document.insert(name, Bson::Null)),
        _ => drop(document.insert(name, one(random, values))),
    }
}

/// Values in no order.
fn any() -> Vec<Bson> {
    let regex = Regex { pattern: "a".try_into().unwrap(), options: "".try_into().unwrap() };
    vec![
        Bson::MinKey,
        Bson::MaxKey,
        f64::NAN.into(),
        f64::INFINITY.into(),
        (-0.0).into(),
        0.into(),
        5.into(),
        5_i64.into(),
        5.5.into(),
        "".into(),
        "$level".into(),
        "b".into(),
        doc! {}.into(),
        doc! { "$gt": 1 }.into(),
        doc! { "a": [1] }.into(),
        ObjectId::from_bytes([7; 12]).into(),
        true.into(),
        DateTime::from_millis(0).into(),
        Timestamp { time: 1, increment: 1 }.into(),
        regex.into(),
        Bson::Null,
    ]
}

fn row(random: &mut Random, id: i64, stays: bool) -> Document {
    let nets = [f64::NAN, f64::NEG_INFINITY, -1.0, 0.0, 2.5];
    let mut row = doc! {
        "_id": id, "level": one(random, &[1, 2, 3]), "net": one(random, &nets), "stays": stays,
    };
    put(random, &mut row, "city", &["".into(), "Bern".into(), "Thun".into(), "Zug".into()]);
    put(random, &mut row, "any", &any());
    if random.below(4) > 0 {
        let mut place = Document::new();
        put(random, &mut place, "zip", &[1_i64.into(), 3.into(), 8_i64.into()]);
        row.insert("place", place);
    }
    row
}

/// An order of one to three fields, and the same by hand; the `_id` has the last direction.
fn order(random: &mut Random) -> (Sort<Row>, Document) {
    let (mut sort, mut by_hand) = (Sort::none(), Document::new());
    let r = Row::fields();
    for _ in 0..=random.below(3) {
        let (key, asc, desc) = match random.below(6) {
            0 => ("level", r.level().asc(), r.level().desc()),
            1 => ("city", r.city().asc(), r.city().desc()),
            2 => ("net", r.net().asc(), r.net().desc()),
            3 => ("any", r.any().asc(), r.any().desc()),
            4 => ("place.zip", r.place().zip().asc(), r.place().zip().desc()),
            _ => ("_id", r.id().asc(), r.id().desc()),
        };
        if !by_hand.contains_key(key) {
            let is_up = random.below(2) == 0;
            sort = sort.then(if is_up { asc } else { desc });
            by_hand.insert(key, if is_up { 1 } else { -1 });
        }
    }
    if !by_hand.contains_key("_id") {
        let last = by_hand.values().last().cloned().expect("a key");
        by_hand.insert("_id", last);
    }
    (sort, by_hand)
}

struct Walk {
    db: Database,
    random: Random,
    sort: Sort<Row>,
    by_hand: Document,
    is_filtered: bool,
    size: u32,
    /// The ids of those that come and go.
    others: i64,
}

impl Walk {
    async fn new(db: &Database, seed: u64) -> Self {
        // Neighbouring seeds begin alike.
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        db.drop().await.expect("an empty database");
        let mut rows: Vec<_> = (0..ROWS).map(|id| row(&mut random, id * 3, true)).collect();
        rows.extend((0..ROWS / 2).map(|id| row(&mut random, id * 6 + 1, false)));
        insert(db, &rows).await;
        let (sort, by_hand) = order(&mut random);
        // The index on `_id` is there.
        if random.below(2) == 0 && by_hand.len() > 1 {
            let index = doc! { "key": by_hand.clone(), "name": "order" };
            let index = doc! { "createIndexes": "rows", "indexes": [index] };
            db.as_driver().run_command(index).await.expect("an index");
        }
        let (is_filtered, size) = (random.below(2) == 0, 1 + random.below(12) as u32);
        let others = 10_000;
        Self { db: db.clone(), random, sort, by_hand, is_filtered, size, others }
    }

    fn query(&self) -> Find<Row> {
        let query = Row::find().sort(|_| self.sort.clone());
        match self.is_filtered {
            true => query.filter(|r| r.level().ne(2)),
            false => query,
        }
    }

    /// Documents come and go, among them the one where a page ended.
    async fn stir(&mut self) {
        for _ in 0..self.random.below(3) {
            self.others += 1;
            // Between the others, also by `_id`.
            let id = if self.random.below(2) == 0 { self.others } else { 2 - self.others };
            insert(&self.db, &[row(&mut self.random, id, false)]).await;
        }
        if self.random.below(2) == 0 {
            let gone = doc! { "stays": false, "level": 3 };
            stored(&self.db).delete_one(gone).await.expect("a delete");
        }
    }

    /// Goes from page to page until there is none; the pages as they come.
    async fn pages(
        &mut self,
        mut cursor: Option<PageCursor>,
        on: fn(&Page<Row>) -> &Option<PageCursor>,
    ) -> Vec<Page<Row>> {
        let mut pages = Vec::new();
        loop {
            let page = self.query().page(self.size).after(cursor).fetch(&self.db).await;
            let page = page.unwrap_or_else(|error| panic!("{:?}: {error}", self.sort));
            cursor = on(&page).clone();
            pages.push(page);
            if cursor.is_none() {
                return pages;
            }
            self.stir().await;
        }
    }

    /// What stays, as the server sorts it.
    async fn expected(&self) -> Vec<i64> {
        let mut filter = doc! { "stays": true };
        if self.is_filtered {
            filter.insert("level", doc! { "$ne": 2 });
        }
        let rows = stored(&self.db).find(filter).sort(self.by_hand.clone()).await.expect("a find");
        let rows: Vec<_> = rows.try_collect().await.expect("documents");
        rows.iter().map(|row| row.get_i64("_id").expect("an id")).collect()
    }
}

fn staying<'a>(pages: impl Iterator<Item = &'a Page<Row>>) -> Vec<i64> {
    let rows = pages.flat_map(|page| &page.items).filter(|row| row.stays);
    rows.map(|row| row.id).collect()
}

#[tokio::test]
async fn a_document_that_stays_is_on_one_page_forwards_and_backwards() {
    let db = database("pages_walks").await;
    let seed = given("ODM_SEED", SEED);
    for number in 0..given("ODM_WALKS", WALKS) {
        let mut walk = Walk::new(&db, seed + number).await;
        let expected = walk.expected().await;
        let about = format!("ODM_SEED={} {:?}", seed + number, walk.by_hand);
        let forwards = walk.pages(None, |page| &page.next).await;
        assert_eq!(staying(forwards.iter()), expected, "forwards: {about}");
        let last = forwards.last().expect("a page");
        let mut backwards = vec![last.clone()];
        if last.previous.is_some() {
            backwards.extend(walk.pages(last.previous.clone(), |page| &page.previous).await);
        }
        assert_eq!(staying(backwards.iter().rev()), expected, "backwards: {about}");
    }
}

/// Without changes, the way back shows the same pages.
#[tokio::test]
async fn the_way_back_shows_the_same_pages() {
    let db = database("pages_way_back").await;
    let seed = given("ODM_SEED", SEED);
    for number in 0..10 {
        let walk = Walk::new(&db, seed + 1_000 + number).await;
        let page = |cursor| walk.query().page(walk.size).after(cursor).fetch(&db);
        let mut page_before: Page<Row> = page(None).await.unwrap();
        while let Some(next) = page_before.next.clone() {
            let this = page(Some(next)).await.unwrap();
            let back = page(this.previous.clone()).await.unwrap();
            // Not all floats are equal to themselves.
            assert_eq!(ids(&back), ids(&page_before), "{:?}", walk.by_hand);
            assert_eq!(back.previous.is_some(), page_before.previous.is_some());
            assert_eq!(back.next, page_before.next);
            page_before = this;
        }
    }
}

/// Pages are read while a task writes, at no particular moments.
#[tokio::test]
async fn a_document_that_stays_is_on_one_page_while_others_are_written() {
    let db = database("pages_concurrent").await;
    let mut walk = Walk::new(&db, given("ODM_SEED", SEED) + 2_000).await;
    walk.size = 3;
    let expected = walk.expected().await;
    let writing = async {
        let mut random = Random(77);
        for id in 0.. {
            insert(&db, &[row(&mut random, 50_000 + id, false)]).await;
            stored(&db).delete_one(doc! { "stays": false }).await.expect("a delete");
        }
    };
    let reading = async {
        let page = |cursor| walk.query().page(walk.size).after(cursor).fetch(&db);
        let mut pages = vec![page(None).await.unwrap()];
        while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
            pages.push(page(Some(next)).await.unwrap());
        }
        pages
    };
    tokio::select! {
        pages = reading => assert_eq!(staying(pages.iter()), expected),
        () = writing => unreachable!("writes go on"),
    }
}
