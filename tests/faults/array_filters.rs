//! Array filters, by their numbers in the list of promises (D1 to D8).
//!
//! D4, array filters in a bulk write, is not here yet.

use odm::{
    Database, ErrorKind, Outcome,
    bson::{Bson, DateTime, Document},
    filter::Filter,
    options::{Acknowledgment, Collation, CollationStrength, WriteConcern},
    prelude::*,
    update::{Filtered, Update},
};
use tests::{database, recorded};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "series")]
struct Series {
    #[model(id)]
    id: i64,
    points: Vec<Point>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

fn series(id: i64) -> Series {
    Series { id, points: (0..3).map(|x| Point { x, y: 0 }).collect() }
}

fn y(series: &Series) -> Vec<i32> {
    series.points.iter().map(|point| point.y).collect()
}

/// The update of the announcement: `y` is 5 where `x` is above 0.
fn announced() -> Update<Series> {
    let i = Point::array_filter("i", |p| p.x().gt(0));
    Series::update().set(path!(points[$i].y), 5)
}

#[tokio::test]
async fn d1_update_one_changes_the_elements_that_match() {
    let (db, commands) = recorded("d1_update_one_changes_the_elements").await;
    Series::insert(&series(1)).run(&db).await.unwrap();
    let first = announced().filter(|s| s.id().eq(1)).one(&db).await.unwrap();
    let again = announced().filter(|s| s.id().eq(1)).one(&db).await.unwrap();
    assert_eq!((first.matched, first.modified), (1, 1));
    assert_eq!((again.matched, again.modified), (1, 0));
    let stored = db.as_driver().collection::<Document>("series").find_one(doc! {}).await.unwrap();
    let points = [doc! { "x": 0, "y": 0 }, doc! { "x": 1, "y": 5 }, doc! { "x": 2, "y": 5 }];
    assert_eq!(stored, Some(doc! { "_id": 1_i64, "points": points.to_vec() }));
    let sent = commands.named("update")[0].get_array("updates").unwrap()[0].clone();
    let by_hand = doc! {
        "q": { "_id": 1_i64 },
        "u": { "$set": { "points.$[i].y": 5 } },
        "arrayFilters": [{ "i.x": { "$gt": 0 } }],
    };
    assert_eq!(sent, Bson::Document(by_hand));
}

#[tokio::test]
async fn d2_update_many_changes_the_elements_of_every_document() {
    let db = database("d2_update_many_changes").await;
    Series::insert_many(&[series(1), series(2)]).run(&db).await.unwrap();
    let updated = announced().all_documents().many(&db).await.unwrap();
    assert_eq!((updated.matched, updated.modified), (2, 2));
    let all = Series::find().all(&db).await.unwrap();
    assert_eq!(all.iter().map(y).collect::<Vec<_>>(), [[0, 5, 5], [0, 5, 5]]);
}

#[tokio::test]
async fn d3_find_one_and_update_returns_the_document_before_or_after() {
    let db = database("d3_find_one_and_update").await;
    Series::insert_many(&[series(1), series(2)]).run(&db).await.unwrap();
    let last = || announced().all_documents().sort(|s| s.id().desc());
    let before = last().fetch_before(&db).await.unwrap().unwrap();
    assert_eq!((before.id, y(&before)), (2, vec![0, 0, 0]));
    let after = last().fetch_after(&db).await.unwrap().unwrap();
    assert_eq!((after.id, y(&after)), (2, vec![0, 5, 5]));
    let untouched = Series::find().filter(|s| s.id().eq(1)).get(&db).await.unwrap();
    assert_eq!(untouched, series(1));
}

#[tokio::test]
async fn d3_an_upsert_finds_the_array_in_the_filter() {
    let db = database("d3_an_upsert_finds_the_array").await;
    let absent = announced().filter(|s| s.id().eq(7) & s.points().eq(series(7).points)).upsert();
    let after = absent.fetch_after(&db).await.unwrap().unwrap();
    assert_eq!((after.id, y(&after)), (7, vec![0, 5, 5]));
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "forms")]
struct Forms {
    #[model(id)]
    id: i64,
    nums: Vec<i32>,
    gaps: Vec<Option<i32>>,
    words: Vec<String>,
    dates: Vec<DateTime>,
    bags: Vec<Bag>,
    rows: Vec<Vec<i32>>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Bag {
    name: String,
    items: Vec<i32>,
    days: Vec<Day>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Day {
    at: i32,
    hours: i32,
}

fn bag(name: &str, items: [i32; 3]) -> Bag {
    let days = vec![Day { at: 1, hours: 10 }, Day { at: 2, hours: 20 }];
    Bag { name: name.into(), items: items.into(), days }
}

fn forms() -> Forms {
    Forms {
        id: 1,
        nums: vec![1, 2, 3],
        gaps: vec![Some(1), Some(2), None],
        words: vec!["a".into(), "A".into(), "b".into()],
        dates: vec![DateTime::from_millis(1), DateTime::from_millis(2)],
        bags: vec![bag("one", [1, 2, 3]), bag("two", [1, 2, 3])],
        rows: vec![vec![1, 2], vec![2, 3]],
    }
}

type Ready = Update<Forms, Filtered>;

/// The document that an update leaves behind is this one.
async fn leaves(db: &Database, build: impl FnOnce(Ready) -> Ready, expected: Forms) {
    Forms::delete().all_documents().many(db).await.expect("an empty collection");
    Forms::insert(&forms()).run(db).await.expect("an insert");
    let update = build(Forms::update().filter(|f| f.id().eq(1)));
    let sent = format!("{update:?}");
    let updated = update.one(db).await.unwrap_or_else(|error| panic!("{sent}: {error}"));
    assert_eq!((updated.matched, updated.modified), (1, 1), "{sent}");
    assert_eq!(Forms::find().get(db).await.expect("a document"), expected, "{sent}");
}

fn with_nums(nums: [i32; 3]) -> Forms {
    Forms { nums: nums.into(), ..forms() }
}

/// The second bag's items are these.
fn with_items(items: &[i32]) -> Forms {
    let mut forms = forms();
    forms.bags[1].items = items.to_vec();
    forms
}

#[tokio::test]
async fn d5_elements_of_every_kind_are_reached() {
    let db = database("d5_elements_of_every_kind").await;
    leaves(&db, |u| u.set(path!(nums[]), 9), with_nums([9, 9, 9])).await;
    leaves(&db, |u| u.set(|f| f.nums().filtered(|n| n.gte(2)), 9), with_nums([1, 9, 9])).await;

    let mut expected = forms();
    expected.bags[1].name = "2".into();
    leaves(&db, |u| u.set(|f| f.bags().filtered(|b| b.name().eq("two")).name(), "2"), expected)
        .await;

    let mut expected = forms();
    expected.bags[1].days[0].hours = 11;
    let i = Bag::array_filter("i", |b| b.name().eq("two"));
    let j = Day::array_filter("j", |d| d.at().eq(1));
    leaves(&db, |u| u.inc(path!(bags[$i].days[$j].hours), 1), expected).await;

    let mut expected = forms();
    expected.bags.iter_mut().for_each(|bag| bag.days[1].hours = 0);
    leaves(
        &db,
        |u| u.set(|f| f.bags().each().days().filtered(|d| d.hours().gt(15)).hours(), 0),
        expected,
    )
    .await;

    let rows = vec![vec![1, 7], vec![7, 3]];
    let expected = Forms { rows, ..forms() };
    leaves(&db, |u| u.set(|f| f.rows().each().filtered(|n| n.eq(2)), 7), expected).await;
}

#[tokio::test]
async fn d5_one_filter_has_several_conditions_on_its_identifier() {
    let db = database("d5_one_filter_has_several_conditions").await;
    let both = |u: Ready| u.set(|f| f.nums().filtered(|n| n.gt(1) & n.lt(3)), 9);
    leaves(&db, both, with_nums([1, 9, 3])).await;
    let either = |u: Ready| u.set(|f| f.nums().filtered(|n| n.eq(1) | n.eq(3)), 9);
    leaves(&db, either, with_nums([9, 2, 9])).await;
    let neither = |u: Ready| u.set(|f| f.nums().filtered(|n| !n.eq(1)), 9);
    leaves(&db, neither, with_nums([1, 9, 9])).await;

    let mut expected = forms();
    expected.bags[0].items = vec![];
    let named = |u: Ready| {
        let one = Bag::array_filter("one", |b| b.name().eq("one") & b.days().any().at().eq(2));
        u.set(|f| f.bags().filtered_by(&one).items(), [])
    };
    leaves(&db, named, expected).await;
}

#[tokio::test]
async fn d5_the_collation_holds_for_the_filter() {
    let db = database("d5_the_collation_holds").await;
    let words = |words: [&str; 3]| Forms { words: words.map(str::to_owned).into(), ..forms() };
    let set = |u: Ready| u.set(|f| f.words().filtered(|w| w.eq("a")), "z");
    leaves(&db, set, words(["z", "A", "b"])).await;
    let blind = Collation::builder().locale("en").strength(CollationStrength::Secondary).build();
    leaves(&db, |u| set(u).collation(blind), words(["z", "z", "b"])).await;
}

#[tokio::test]
async fn d5_every_operator_on_a_value_takes_a_filter() {
    let db = database("d5_every_operator_on_a_value").await;
    leaves(&db, |u| u.inc(|f| f.nums().filtered(|n| n.gt(1)), 5), with_nums([1, 7, 8])).await;
    leaves(&db, |u| u.mul(|f| f.nums().filtered(|n| n.gt(1)), 5), with_nums([1, 10, 15])).await;
    leaves(&db, |u| u.min(|f| f.nums().filtered(|n| n.gt(1)), 2), with_nums([1, 2, 2])).await;
    leaves(&db, |u| u.max(|f| f.nums().filtered(|n| n.lt(3)), 2), with_nums([2, 2, 3])).await;
    let or = |u: Ready| u.bit(|f| f.nums().filtered(|n| n.lt(3)), Bit::Or(4));
    leaves(&db, or, with_nums([5, 6, 3])).await;
    let expected = Forms { gaps: vec![Some(1), None, None], ..forms() };
    leaves(&db, |u| u.unset(|f| f.gaps().filtered(|gap| gap.eq(2))), expected).await;
}

#[tokio::test]
async fn d5_current_date_takes_a_filter() {
    let db = database("d5_current_date_takes_a_filter").await;
    Forms::insert(&forms()).run(&db).await.unwrap();
    let second = DateTime::from_millis(2);
    let update = Forms::update().all_documents();
    let update = update.current_date(|f| f.dates().filtered(|date| date.eq(second)));
    let after = update.fetch_after(&db).await.unwrap().unwrap();
    assert_eq!(after.dates[0], DateTime::from_millis(1));
    assert!(after.dates[1] > DateTime::from_millis(1_600_000_000_000), "{:?}", after.dates);
}

#[tokio::test]
async fn d5_every_operator_on_an_array_takes_a_filter() {
    let db = database("d5_every_operator_on_an_array").await;
    let two = Bag::array_filter("two", |b| b.name().eq("two"));
    let push = |u: Ready| u.push(|f| f.bags().filtered_by(&two).items(), 4);
    leaves(&db, push, with_items(&[1, 2, 3, 4])).await;
    let push = |u: Ready| u.push_all(|f| f.bags().filtered_by(&two).items(), each([8]).position(0));
    leaves(&db, push, with_items(&[8, 1, 2, 3])).await;
    let add = |u: Ready| u.add_to_set_all(|f| f.bags().filtered_by(&two).items(), [3, 4]);
    leaves(&db, add, with_items(&[1, 2, 3, 4])).await;
    let pop = |u: Ready| u.pop(|f| f.bags().filtered_by(&two).items(), Pop::First);
    leaves(&db, pop, with_items(&[2, 3])).await;
    let pull = |u: Ready| u.pull(|f| f.bags().filtered_by(&two).items(), |item| item.gte(2));
    leaves(&db, pull, with_items(&[1])).await;
    let pull = |u: Ready| u.pull_all(|f| f.bags().filtered_by(&two).items(), [1, 3]);
    leaves(&db, pull, with_items(&[2])).await;
    let rows = Forms { rows: vec![vec![1, 2, 5], vec![2, 3]], ..forms() };
    let first = Vec::<i32>::array_filter("row", |row| row.eq([1, 2]));
    leaves(&db, |u| u.push(|f| f.rows().filtered_by(&first), 5), rows).await;
}

#[tokio::test]
async fn d6_mistakes_of_identifiers_and_paths_are_refused_before_anything_is_sent() {
    let (db, commands) = recorded("d6_mistakes_are_refused").await;
    let update = || Series::update().filter(|s| s.id().eq(1));
    let i = Point::array_filter("i", |p| p.x().gt(0));
    let also_i = Point::array_filter("i", |p| p.x().lt(0));
    let stray = Point::array_filter("i", |_| Filter::raw(doc! { "j.x": 1 }));
    let two = Point::array_filter("i", |p| p.x().gt(0) & Filter::raw(doc! { "j.x": 1 }));
    let empty = Point::array_filter("i", |_| Filter::raw(doc! {}));
    let mut mistakes = vec![
        (
            "two filters under one identifier",
            update().set(path!(points[$i].y), 1).set(|s| s.points().filtered_by(&also_i).x(), 1),
        ),
        ("another identifier in a filter", update().set(path!(points[$stray].y), 1)),
        ("two identifiers in a filter", update().set(path!(points[$two].y), 1)),
        ("a filter without a condition", update().set(path!(points[$empty].y), 1)),
        ("one path twice", update().set(path!(points[$i].y), 1).inc(path!(points[$i].y), 1)),
        ("a path and its parent", update().set(path!(points[$i].y), 1).set(|s| s.points(), vec![])),
        (
            "elements by position and by condition",
            update().set(path!(points[$i].y), 1).set(path!(points[0].y), 1),
        ),
    ];
    for identifier in ["", "I", "1", "Bad-Id", "i.j", "i j", "_i", "é", "i_j"] {
        let bad = Point::array_filter(identifier, |p| p.x().gt(0));
        mistakes.push(("an illegal identifier", update().set(path!(points[$bad].y), 1)));
    }
    for (mistake, update) in mistakes {
        let sent = format!("{update:?}");
        for result in [
            update.clone().one(&db).await.map(drop),
            update.clone().many(&db).await.map(drop),
            update.fetch_after(&db).await.map(drop),
        ] {
            let error = result.expect_err(mistake);
            assert_eq!(error.outcome(), Outcome::NotSent, "{mistake}: {sent}");
            assert!(
                matches!(error.kind(), ErrorKind::Invalid(_) | ErrorKind::ConflictingUpdate { .. }),
                "{mistake}: {error:?}"
            );
        }
    }
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn d6_rename_in_an_array_is_refused_before_it_is_sent() {
    let (db, commands) = recorded("d6_rename_in_an_array").await;
    #[derive(Embedded)]
    struct Mark {
        old: Option<i32>,
        new: Option<i32>,
    }
    #[derive(Model)]
    struct Marked {
        #[model(id)]
        id: i64,
        marks: Vec<Mark>,
    }
    let i = Mark::array_filter("i", |m| m.old().gt(0));
    let update = Marked::update().all_documents();
    let update = update.rename(path!(marks[$i].old), path!(marks[$i].new));
    let error = update.one(&db).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent, "{error}");
    assert!(error.to_string().contains("`$rename` cannot move `marks.$[i]"), "{error}");
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn d6_what_is_written_by_hand_has_the_servers_code() {
    let db = database("d6_what_is_written_by_hand").await;
    Series::insert(&series(1)).run(&db).await.unwrap();
    db.as_driver().collection("series").insert_one(doc! { "_id": 2_i64 }).await.unwrap();
    let by_hand = |operators| Series::update().filter(|s| s.id().eq(1)).raw(operators);
    let absent = announced().filter(|s| s.id().eq(2));
    for (mistake, update, code, name) in [
        ("no filter", by_hand(doc! { "$set": { "points.$[i].y": 1 } }), 2, "BadValue"),
        ("a rename", by_hand(doc! { "$rename": { "points.$[].y": "z" } }), 2, "BadValue"),
        (
            "a conflict",
            by_hand(doc! { "$set": { "points.$[].y": 1 }, "$inc": { "points.$[].y": 1 } }),
            40,
            "ConflictingUpdateOperators",
        ),
        ("an absent array", absent, 2, "BadValue"),
    ] {
        let error = update.one(&db).await.expect_err(mistake);
        let ErrorKind::Server(server) = error.kind() else { panic!("{mistake}: {error:?}") };
        assert_eq!((server.code, server.name.as_str()), (code, name), "{mistake}");
        assert_eq!(error.outcome(), Outcome::NotApplied, "{mistake}");
    }
    let error = announced().filter(|s| s.id().eq(2)).one(&db).await.unwrap_err();
    let text = error.server_message().unwrap_or_default();
    assert!(text.contains("must exist in the document"), "{error}: {text}");
}

/// The mistakes that cannot be written with typed paths, for a path and its filter are one value:
/// the server's answers are those of the list.
#[tokio::test]
async fn d6_the_server_refuses_what_cannot_be_written() {
    let db = database("d6_the_server_refuses").await;
    let raw = db.as_driver().collection::<Document>("series");
    raw.insert_one(doc! { "_id": 1, "points": [{ "x": 0, "y": 0 }] }).await.unwrap();
    let used = || doc! { "$set": { "points.$[i].y": 1 } };
    for (mistake, operators, filters, code) in [
        ("unused", doc! { "$set": { "a": 1 } }, vec![doc! { "i.x": 1 }], 9),
        ("twice", used(), vec![doc! { "i.x": 1 }, doc! { "i.y": 1 }], 9),
        ("two in one", used(), vec![doc! { "i.x": 1, "j.x": 1 }], 9),
        ("illegal", doc! { "$set": { "points.$[I].y": 1 } }, vec![doc! { "I.x": 1 }], 2),
    ] {
        let refused = raw.update_one(doc! {}, operators).array_filters(filters).await;
        let error = odm::Error::from(refused.expect_err(mistake));
        assert_eq!(error.code(), Some(code), "{mistake}: {error}");
    }
    let remove = doc! { "findAndModify": "series", "remove": true, "arrayFilters": [{ "i": 1 }] };
    let error = odm::Error::from(db.as_driver().run_command(remove).await.unwrap_err());
    assert_eq!(error.code(), Some(9), "{error}");
}

#[tokio::test]
async fn d7_an_unacknowledged_update_is_refused_before_it_is_sent() {
    let (db, commands) = recorded("d7_an_unacknowledged_update").await;
    let silent = WriteConcern::builder().w(Acknowledgment::Nodes(0)).build();
    let update = announced().all_documents().write_concern(silent);
    for result in [
        update.clone().one(&db).await.map(drop),
        update.clone().many(&db).await.map(drop),
        update.fetch_after(&db).await.map(drop),
    ] {
        let error = result.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{error:?}");
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
    assert_eq!(commands.names(), Vec::<String>::new());
}

/// That array filters do not compile with a pipeline is shown in `ui/refusals/27_…`.
#[tokio::test]
async fn d8_a_pipeline_update_sends_no_array_filters() {
    let (db, commands) = recorded("d8_a_pipeline_update").await;
    Series::insert(&series(1)).run(&db).await.unwrap();
    commands.clear();
    let stages = || vec![doc! { "$set": { "points.y": 7 } }];
    let update = || Series::update_pipeline(stages()).all_documents();
    update().one(&db).await.unwrap();
    update().many(&db).await.unwrap();
    let after = update().fetch_after(&db).await.unwrap().unwrap();
    assert_eq!(y(&after), [7, 7, 7]);
    assert_eq!(commands.names(), ["update", "update", "findAndModify"]);
    for command in commands.all() {
        assert!(!command.to_string().contains("arrayFilters"), "{command}");
    }
    let raw = db.as_driver().collection::<Document>("series");
    let both = raw.update_one(doc! {}, stages()).array_filters([doc! { "i": 1 }]).await;
    let error = odm::Error::from(both.unwrap_err());
    assert_eq!(error.code(), Some(9), "{error}");
}
