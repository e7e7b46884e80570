//! Stages of pipeline updates.

use std::collections::BTreeMap;

use odm::{bson::Bson, prelude::*, update::Stages};

#[derive(Model)]
#[model(collection = "shops")]
struct Shop {
    #[model(id)]
    id: i64,
    name: String,
    net: i64,
    tax: i32,
    total: i64,
    share: f64,
    small: u8,
    note: Option<String>,
    count: Option<i64>,
    sums: Vec<i64>,
    state: State,
    place: Place,
    labels: BTreeMap<String, String>,
    shape: Shape,
    steps: Vec<Option<i32>>,
    #[model(default)]
    fallback: i32,
}

#[derive(Embedded)]
struct Place {
    city: String,
    zip: Option<String>,
}

#[derive(Embedded)]
enum State {
    Open,
}

#[derive(Embedded)]
#[model(tag = "type")]
enum Shape {
    Named { label: Option<String> },
}

fn written(stages: Stages<Shop>) -> Vec<Bson> {
    let update = Shop::update_pipeline(stages).all_documents().as_document().expect("an update");
    update.get_array("u").expect("stages").clone()
}

fn mistake(stages: Stages<Shop>) -> String {
    let update = Shop::update_pipeline(stages).all_documents();
    update.as_document().expect_err("a mistake").to_string()
}

fn is(stages: Stages<Shop>, expected: odm::bson::Document) {
    assert_eq!(written(stages), [Bson::from(doc! { "$set": expected })]);
}

fn stages() -> Stages<Shop> {
    Shop::stages()
}

#[test]
fn a_number_is_made_one_of_the_fields_type() {
    is(
        stages().compute(|s| s.total(), |s| s.net() + s.tax()),
        doc! { "total": { "$toLong": { "$add": ["$net", "$tax"] } } },
    );
    is(stages().compute(|s| s.total(), |s| s.net()), doc! { "total": "$net" });
    is(stages().compute(|s| s.total(), |s| s.tax()), doc! { "total": { "$toLong": "$tax" } });
    is(stages().compute(|s| s.total(), |_| 5), doc! { "total": 5_i64 });
    is(stages().compute(|s| s.small(), |_| 5), doc! { "small": 5 });
    is(stages().compute(|s| s.share(), |s| s.tax()), doc! { "share": { "$toDouble": "$tax" } });
    is(
        stages().compute(|s| s.share(), |s| s.net().div(3)),
        doc! { "share": { "$toDouble": { "$divide": ["$net", 3] } } },
    );
    is(
        stages().compute(|s| s.count(), |s| s.count() + 1),
        doc! { "count": { "$toLong": { "$add": ["$count", 1] } } },
    );
    is(
        stages().compute(|s| s.fallback(), |s| s.fallback().if_null(1)),
        doc! { "fallback": { "$ifNull": ["$fallback", 1] } },
    );
}

#[test]
fn numbers_in_arrays_are_converted_when_they_are_stored() {
    let doubled = doc! { "$map": {
        "input": "$sums", "as": "v1", "in": { "$multiply": ["$$v1", 2_i64] },
    } };
    let settled =
        doc! { "$map": { "input": &doubled, "as": "item", "in": { "$toLong": "$$item" } } };
    is(stages().compute(|s| s.sums(), |s| s.sums().map(|n| n * 2_i64)), doc! { "sums": &settled });
    is(
        stages().compute(|s| s.sums(), |s| s.sums().map(|n| n * 2_i64).filter(|n| n.gt(1))),
        doc! { "sums": { "$filter": { "input": &settled, "as": "v1", "cond": { "$gt": ["$$v1", 1] } } } },
    );
    is(
        stages().compute(|s| s.count(), |s| s.sums().map(|n| n * 2_i64).largest()),
        doc! { "count": { "$toLong": { "$max": &doubled } } },
    );
    is(
        stages().compute(|s| s.total(), |s| (s.net() * 2).let_in(|n| n)),
        doc! { "total": { "$let": {
            "vars": { "v1": { "$toLong": { "$multiply": ["$net", 2] } } }, "in": "$$v1",
        } } },
    );
}

#[test]
fn values_that_are_no_numbers_fit_their_own_type() {
    is(
        stages().compute(|s| s.name(), |s| s.note().if_null("none")),
        doc! { "name": { "$ifNull": ["$note", "none"] } },
    );
    is(stages().compute(|s| s.note(), |s| s.name()), doc! { "note": "$name" });
    is(stages().compute(|s| s.note(), |_| "$x"), doc! { "note": { "$literal": "$x" } });
    is(stages().compute(|s| s.state(), |_| State::Open), doc! { "state": "Open" });
    is(stages().compute(|s| s.place().city(), |s| s.name()), doc! { "place.city": "$name" });
    is(stages().compute(|s| s.place(), |s| s.place()), doc! { "place": "$place" });
    is(stages().compute(|s| s.steps(), |s| s.steps()), doc! { "steps": "$steps" });
}

#[test]
fn a_literal_is_encoded_as_the_field_stores_it() {
    is(stages().set(|s| s.total(), 5), doc! { "total": 5_i64 });
    is(stages().set(|s| s.name(), "$net"), doc! { "name": { "$literal": "$net" } });
    is(stages().set(|s| s.note(), None), doc! { "note": "$$REMOVE" });
    is(stages().set(|s| s.sums(), [1, 2]), doc! { "sums": { "$literal": [1_i64, 2_i64] } });
    let place = Place { city: "a".into(), zip: Some("b".into()) };
    is(
        stages().set(|s| s.place(), place),
        doc! { "place": { "$literal": { "city": "a", "zip": "b" } } },
    );
}

#[test]
fn unset_names_fields() {
    let stages_of = |stages| written(stages);
    assert_eq!(stages_of(stages().unset(|s| s.note())), [doc! { "$unset": "note" }.into()]);
    assert_eq!(
        stages_of(stages().unset(|s| s.place().zip())),
        [doc! { "$unset": "place.zip" }.into()]
    );
    assert_eq!(
        stages_of(stages().unset(|s| s.labels().key("k"))),
        [doc! { "$unset": "labels.k" }.into()]
    );
}

#[test]
fn what_a_stage_cannot_name_is_refused() {
    assert_eq!(
        mistake(stages().unset(|s| s.shape().as_named().label())),
        "`shape.label`: a pipeline does not ask which variant is stored: set the whole",
    );
    assert_eq!(
        mistake(stages().unset(|s| s.steps().at(0))),
        "`steps.0`: a pipeline cannot name an array element by its position: set the whole",
    );
    assert_eq!(
        mistake(stages().unset(|s| s.steps().each())),
        "`steps.$[]`: a pipeline cannot go into an array: set the whole",
    );
    assert!(mistake(stages().unset(|s| s.labels().key("a.b"))).contains("contains a dot"));
}
