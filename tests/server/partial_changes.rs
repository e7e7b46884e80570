//! The changes between two states of a document, written to the real server.

use std::collections::BTreeMap;

use odm::{
    Database,
    bson::Document,
    codec::{decode_document, encode_document},
    prelude::*,
};
use tests::{Random, database};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    id: i64,
    note: Option<String>,
    #[model(null)]
    seen: Option<bool>,
    ratio: f64,
    items: Vec<Item>,
    marks: Vec<Option<i32>>,
    ship: Option<Ship>,
    labels: BTreeMap<String, i32>,
    shape: Shape,
    number: Number,
    #[model(flatten)]
    pay: Pay,
    #[model(flatten)]
    extra: Option<Extra>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Item {
    sku: String,
    qty: Option<i32>,
    shape: Shape,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Ship {
    city: String,
    zip: Option<String>,
}

/// `v` is of another type in each variant.
#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(tag = "t")]
enum Shape {
    Circle {
        v: i32,
        w: i32,
    },
    Square {
        v: String,
        w: i32,
    },
    #[model(other)]
    Other,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
enum Number {
    Whole(i32),
    Text(String),
    Pair { v: i32, w: i32 },
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(tag = "by", content = "data")]
enum Pay {
    Card { last: i32 },
    Cash { last: String },
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Extra {
    left: i32,
    right: i32,
}

/// Small values, so that two orders are often alike in parts.
struct Orders(Random);

impl Orders {
    fn small(&mut self) -> i32 {
        self.0.below(3) as i32
    }

    fn text(&mut self) -> String {
        ["a", "$a", "a.b"][self.0.below(3) as usize].to_owned()
    }

    fn perhaps<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.0.below(2) == 0).then(|| make(self))
    }

    fn several<T>(&mut self, make: impl Fn(&mut Self) -> T) -> Vec<T> {
        (0..self.0.below(4)).map(|_| make(self)).collect()
    }

    fn shape(&mut self) -> Shape {
        match self.0.below(4) {
            0 => Shape::Other,
            1 => Shape::Square { v: self.text(), w: self.small() },
            _ => Shape::Circle { v: self.small(), w: self.small() },
        }
    }

    fn number(&mut self) -> Number {
        match self.0.below(4) {
            0 => Number::Whole(self.small()),
            1 => Number::Text(self.text()),
            _ => Number::Pair { v: self.small(), w: self.small() },
        }
    }

    fn order(&mut self) -> Order {
        Order {
            id: 1,
            note: self.perhaps(Self::text),
            seen: self.perhaps(|it| it.small() == 0),
            ratio: [0.0, -0.0, f64::INFINITY][self.0.below(3) as usize],
            items: self.several(|it| Item {
                sku: it.text(),
                qty: it.perhaps(Self::small),
                shape: it.shape(),
            }),
            marks: self.several(|it| it.perhaps(Self::small)),
            ship: self.perhaps(|it| Ship { city: it.text(), zip: it.perhaps(Self::text) }),
            labels: self.several(|it| (it.text(), it.small())).into_iter().collect(),
            shape: self.shape(),
            number: self.number(),
            pay: match self.0.below(2) {
                0 => Pay::Card { last: self.small() },
                _ => Pay::Cash { last: self.text() },
            },
            extra: self.perhaps(|it| Extra { left: it.small(), right: it.small() }),
        }
    }

    /// Another order, which has some of its parts of this one.
    fn changed(&mut self, order: &Order) -> Order {
        let mut new = self.order();
        let keep = self.0.below(1 << 10);
        let kept = |bit: u32| keep & (1 << bit) != 0;
        if kept(0) {
            new.items.clone_from(&order.items);
            if let Some(item) = new.items.last_mut() {
                item.qty = self.perhaps(Self::small);
                item.shape = self.shape();
            }
        }
        if kept(1) {
            new.marks.clone_from(&order.marks);
            new.marks.iter_mut().take(1).for_each(|mark| *mark = Some(9));
        }
        if kept(2) {
            new.ship.clone_from(&order.ship);
        }
        if kept(3) {
            new.shape = order.shape.clone();
        }
        if let (true, Shape::Circle { w, .. }) = (kept(4), &mut new.shape) {
            *w = 7;
        }
        if kept(5) {
            new.pay = order.pay.clone();
        }
        if kept(6) {
            new.extra.clone_from(&order.extra);
        }
        new
    }
}

/// The stored form, in which equal values are equal whatever the order of their fields.
fn bytes(order: &Order) -> Vec<u8> {
    encode_document(order).expect("an encoded order")
}

async fn store(db: &Database, order: &Order) {
    Order::replace(order).upsert().run(db).await.expect("a replacement");
}

async fn stored(db: &Database) -> Result<Order, String> {
    let raw = db.as_driver().collection::<Document>("orders");
    let document = raw.find_one(doc! {}).await.expect("a find").expect("an order");
    let bytes = odm::bson::serialize_to_vec(&document).expect("bytes");
    decode_document(&bytes).map_err(|error| format!("{error}: {document}"))
}

const ROUNDS: usize = 400;

#[tokio::test]
async fn the_changes_make_one_state_the_other() {
    let db = database("partial_changes_alone").await;
    let mut orders = Orders(Random(7));
    for round in 0..ROUNDS {
        let old = orders.order();
        let new = orders.changed(&old);
        store(&db, &old).await;
        let changes = new.changes_from(&old);
        let statement = changes.as_document().unwrap_or_else(|error| panic!("{error}: {new:?}"));
        let updated = changes.update().one(&db).await.unwrap_or_else(|error| {
            panic!("{round}: {error} {:?}: {statement}", error.server_message())
        });
        assert_eq!(updated.matched, 1, "{round}: {old:?} {statement}");
        let left = stored(&db).await.unwrap_or_else(|error| panic!("{round}: {error} {statement}"));
        assert_eq!(bytes(&left), bytes(&new), "{round}: {old:?} {statement}");
    }
}

#[tokio::test]
async fn what_others_wrote_meanwhile_is_never_half_overwritten() {
    let db = database("partial_changes_others").await;
    let mut orders = Orders(Random(11));
    let mut written = 0;
    for round in 0..ROUNDS {
        let old = orders.order();
        let (new, other) = (orders.changed(&old), orders.changed(&old));
        store(&db, &other).await;
        let changes = new.changes_from(&old);
        let statement = changes.as_document().unwrap();
        written += changes.update().one(&db).await.unwrap().matched;
        let left = stored(&db).await;
        assert!(left.is_ok(), "{round}: {other:?} {statement} {left:?}");
    }
    assert!(written > 0 && written < ROUNDS as u64, "{written}");
}

#[tokio::test]
async fn changes_of_different_fields_are_both_kept() {
    let db = database("partial_changes_both").await;
    let loaded = Order {
        ship: Some(Ship { city: "Rome".into(), zip: None }),
        shape: Shape::Other,
        ..Orders(Random(3)).order()
    };
    store(&db, &loaded).await;
    let (mut one, mut other) = (loaded.clone(), loaded.clone());
    one.ship.as_mut().unwrap().city = "Oslo".into();
    other.ship.as_mut().unwrap().zip = Some("1".into());
    other.note = Some("other".into());
    let (one, other) = tokio::join!(
        one.changes_from(&loaded).update().one(&db),
        other.changes_from(&loaded).update().one(&db),
    );
    assert_eq!((one.unwrap().matched, other.unwrap().matched), (1, 1));
    let left = stored(&db).await.unwrap();
    assert_eq!(left.ship, Some(Ship { city: "Oslo".into(), zip: Some("1".into()) }));
    assert_eq!(left.note.as_deref(), Some("other"));
}

#[tokio::test]
async fn an_element_that_is_another_one_now_is_not_written() {
    let db = database("partial_changes_element").await;
    let item = |sku: &str| Item { sku: sku.into(), qty: Some(1), shape: Shape::Other };
    let base = Orders(Random(3)).order();
    let loaded = Order { items: vec![item("x"), item("y")], ..base };
    let mut mine = loaded.clone();
    mine.items[1].qty = None;
    let changes = mine.changes_from(&loaded);
    assert!(changes.may_race());
    store(&db, &Order { items: vec![item("z"), item("x"), item("y")], ..loaded.clone() }).await;
    assert_eq!(changes.clone().update().one(&db).await.unwrap().matched, 0);
    store(&db, &Order { items: vec![item("z"), item("y"), item("x")], ..loaded }).await;
    assert_eq!(changes.update().one(&db).await.unwrap().matched, 1);
    let quantities: Vec<_> = stored(&db).await.unwrap().items.iter().map(|it| it.qty).collect();
    assert_eq!(quantities, [Some(1), None, Some(1)]);
}

#[tokio::test]
async fn fields_that_the_model_does_not_know_stay() {
    let db = database("partial_changes_unknown").await;
    let loaded = Order {
        items: vec![Item { sku: "a".into(), qty: Some(1), shape: Shape::Other }],
        ..Orders(Random(3)).order()
    };
    store(&db, &loaded).await;
    let raw = db.as_driver().collection::<Document>("orders");
    let unknown = doc! { "$set": { "items.0.unknown": 5, "unknown": 5 } };
    raw.update_one(doc! {}, unknown).await.unwrap();
    let mut new = loaded.clone();
    new.items[0].sku = "b".into();
    assert_eq!(new.changes_from(&loaded).update().one(&db).await.unwrap().matched, 1);
    let left = raw.find_one(doc! {}).await.unwrap().unwrap();
    assert_eq!(left.get_i32("unknown").unwrap(), 5);
    let item = left.get_array("items").unwrap()[0].as_document().unwrap();
    assert_eq!((item.get_i32("unknown").unwrap(), item.get_str("sku").unwrap()), (5, "b"));
}
