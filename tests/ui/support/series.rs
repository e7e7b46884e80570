use std::collections::BTreeMap;

use odm::{bson::DateTime, prelude::*};

#[derive(Model)]
#[model(collection = "series")]
struct Series {
    #[model(id)]
    id: i64,
    name: String,
    points: Vec<Point>,
    nums: Vec<i32>,
    labels: BTreeMap<String, Point>,
    note: Option<String>,
    count: i64,
    ratio: f64,
    at: DateTime,
}

#[derive(Embedded)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Embedded)]
struct Line {
    length: i32,
}

#[derive(Model)]
#[model(collection = "others")]
struct Other {
    #[model(id)]
    id: i64,
    name: String,
    count: i64,
    title: String,
    note: Option<String>,
}
