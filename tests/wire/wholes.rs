//! Mistakes that only the whole of a statement shows.

use odm::{bson::Document, filter::Filter, prelude::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "users")]
struct User {
    #[model(id)]
    id: String,
    name: String,
    age: Option<i32>,
    tags: Vec<String>,
    marks: Vec<i32>,
    points: Vec<Point>,
    home: Option<Home>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    inner: Vec<Point>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Home {
    city: String,
    zip: String,
}

fn mistake(document: odm::Result<Document>) -> String {
    document.expect_err("a mistake").to_string()
}

fn all_documents(text: &str) -> bool {
    text.contains(".all_documents()")
}

#[test]
fn an_update_with_no_condition_is_refused() {
    let update = || User::update().set(|u| u.name(), "a");
    assert!(all_documents(&mistake(update().filter(|_| None::<Filter<User>>).as_document())));
    assert!(all_documents(&mistake(update().filter(|_| Filter::all()).as_document())));
    let none = Vec::<Filter<User>>::new;
    assert!(all_documents(&mistake(update().filter(|_| Filter::and(none())).as_document())));
    assert!(all_documents(&mistake(update().filter(|_| Filter::nor(none())).as_document())));
    assert!(all_documents(&mistake(update().filter(|_| Filter::raw(doc! {})).as_document())));
    let commented = |_: odm::path::Fields<User, odm::path::Filtering>| Filter::all().comment("c");
    assert!(all_documents(&mistake(update().filter(commented).as_document())));
    assert!(
        update().filter(|_| None::<Filter<User>>).filter(|u| u.id().eq("a")).as_document().is_ok()
    );
    assert!(update().all_documents().as_document().is_ok());
    assert!(User::find().filter(|_| None::<Filter<User>>).as_document().is_ok());
}

#[test]
fn an_upsert_that_leaves_out_a_required_field_names_it() {
    let text = mistake(
        User::update().filter(|u| u.id().eq("a")).inc(|u| u.age(), 1).upsert().as_document(),
    );
    assert_eq!(
        text,
        "this upsert could insert a document that cannot be read: `name`: the field is missing; \
         give what is missing with `.set(…)` or `.set_on_insert(…)`, or with `.eq(…)` in the filter",
    );
}

fn complete() -> odm::update::Update<User> {
    User::update()
        .upsert()
        .set(|u| u.name(), "a")
        .set_on_insert(|u| u.tags(), Vec::<String>::new())
        .set_on_insert(|u| u.points(), Vec::<Point>::new())
}

#[test]
fn an_upsert_that_gives_every_required_field_is_sent() {
    assert!(complete().filter(|u| u.id().eq("a")).push(|u| u.marks(), 1).as_document().is_ok());
    let by_equality = complete().filter(|u| u.id().eq("a") & u.marks().eq([1]));
    assert!(by_equality.as_document().is_ok());
}

#[test]
fn an_upsert_whose_id_the_server_would_make_is_refused() {
    let text = mistake(complete().filter(|u| u.age().eq(3)).push(|u| u.marks(), 1).as_document());
    assert!(text.contains("`_id`: expected string, found objectId"), "{text}");
    let given = complete().filter(|u| u.age().eq(3)).push(|u| u.marks(), 1);
    assert!(given.set_on_insert(|u| u.id(), "b").as_document().is_ok());
}

#[test]
fn an_equality_that_becomes_a_wrong_field_is_refused() {
    let filters: [fn(odm::path::Fields<User, odm::path::Filtering>) -> Filter<User>; 4] = [
        |u| u.marks().contains(1),
        |u| u.marks().any().eq(1),
        |u| u.marks().at(0).eq(1),
        |u| u.points().any().x().eq(1),
    ];
    for filter in filters {
        let update = complete().filter(|u| u.id().eq("a")).filter(filter);
        let text = mistake(update.as_document());
        assert!(text.starts_with("this upsert could insert a document that cannot"), "{text}");
    }
}

#[test]
fn an_upsert_that_gives_half_a_document_is_refused() {
    let update = complete().filter(|u| u.id().eq("a")).push(|u| u.marks(), 1);
    let text = mistake(update.set(|u| u.home().city(), "c").as_document());
    assert!(text.contains("`home.zip`: the field is missing"), "{text}");
}

#[test]
fn a_condition_on_another_closures_argument_is_refused_inside_elem_match() {
    let filter =
        User::find().filter(|u| u.points().elem_match(|p| p.inner().elem_match(|_| p.x().gt(1))));
    let text = mistake(filter.as_document());
    assert_eq!(
        text,
        "points: inner: the condition on `x` inside `$elemMatch` begins with the argument of another \
         closure: begin it with the closure's own argument, or join it outside with `&`",
    );
    let ready = Point::fields().x().gt(1);
    assert!(User::find().filter(|u| u.points().elem_match(|_| ready)).as_document().is_ok());
}

fn matched(
    filter: fn(odm::path::Fields<User, odm::path::Filtering>) -> Filter<User>,
) -> odm::Result<Document> {
    User::update().filter(filter).set(|u| u.points().matched().x(), 1).as_document()
}

#[test]
fn a_matched_element_is_decided_by_one_condition_on_its_array() {
    assert!(matched(|u| u.points().any().x().gt(0)).is_ok());
    assert!(matched(|u| u.points().elem_match(|p| p.x().gt(0)) & u.age().eq(3)).is_ok());
    assert!(matched(|_| Filter::raw(doc! { "points.x": 1 })).is_ok());
    for filter in [
        (|u| u.age().eq(3)) as fn(odm::path::Fields<User, odm::path::Filtering>) -> Filter<User>,
        |u| !u.points().any().x().gt(0),
        |u| u.points().any().x().ne(0),
        |u| u.points().any().x().gt(0) | u.age().eq(3),
        |u| u.points().any().x().gt(0) & u.marks().contains(1),
        |u| u.marks().any().gt(0),
        |u| u.points().any().inner().any().x().gt(0),
        |u| u.points().any().x().gt(0) & u.points().any().x().lt(9),
        |u| u.points().size(2),
    ] {
        let text = mistake(matched(filter));
        assert!(text.starts_with("`points.$.x`: "), "{text}");
        assert!(text.contains("use `.filtered(…)`"), "{text}");
    }
    let all = User::update().all_documents().set(|u| u.points().matched().x(), 1);
    assert!(all.as_document().is_err());
    let twice = User::update().filter(|u| u.points().any().x().gt(0));
    let twice = twice.set(|u| u.points().matched().inner().matched().x(), 1);
    assert!(mistake(twice.as_document()).contains("twice"));
    let upsert = complete().filter(|u| u.id().eq("a") & u.points().any().x().gt(0));
    assert!(upsert.set(|u| u.points().matched().x(), 1).as_document().is_err());
}

#[test]
fn many_conditions_are_joined_flat() {
    let mut find = User::find();
    for number in 0..1_000 {
        find = find.filter(|u| u.age().ne(number));
    }
    let filter = find.as_document().expect("a valid filter");
    assert_eq!(filter.get_document("filter").unwrap().get_array("$and").unwrap().len(), 1_000);
    let any = (0..1_000).map(|number| User::fields().age().gt(number));
    let any = Filter::or(any).as_document().expect("a valid filter");
    assert_eq!(any.get_array("$or").unwrap().len(), 1_000);
    let mut growing = Filter::<User>::all();
    for number in 0..200 {
        growing &= User::fields().age().ne(number) | User::fields().name().eq("a");
    }
    assert_eq!(growing.as_document().unwrap().get_array("$and").unwrap().len(), 200);
    let mut shrinking = User::fields().age().eq(1);
    shrinking |= User::fields().age().eq(2);
    assert_eq!(shrinking.as_document().unwrap().get_array("$or").unwrap().len(), 2);
}

#[test]
fn sort_orders_that_the_server_refuses_are_refused() {
    let u = User::fields();
    let text = mistake(u.tags().asc().then(u.marks().desc()).as_document());
    assert_eq!(text, "documents cannot be sorted by elements of two arrays, `tags` and `marks`");
    assert!(
        u.points()
            .any()
            .x()
            .asc()
            .then(u.points().any().inner().any().x().asc())
            .as_document()
            .is_ok()
    );
    let keys = (0..33).map(|key| Sort::<User>::raw(doc! { format!("k{key}"): 1 }));
    let many = keys.reduce(Sort::then).expect("keys");
    assert_eq!(mistake(many.as_document()), "a sort order has 32 keys at most");
    let text = mistake(u.tags().size(u32::MAX).as_document());
    assert!(text.contains("no array has 4294967295 elements"), "{text}");
}
