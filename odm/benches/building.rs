//! What it costs to build statements with many parts: `cargo bench -p odm --bench building`.
//!
//! Each case is made in two sizes, so that a cost that grows with the square of the size shows:
//! ten times the parts are to cost ten times the time.

#![allow(missing_docs)]

use std::{collections::BTreeMap, hint::black_box};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use odm::{
    prelude::*,
    update::{Filtered, Update},
};

#[derive(Model)]
#[model(collection = "series")]
struct Series {
    #[model(id)]
    id: i64,
    points: Vec<Point>,
    labels: BTreeMap<String, String>,
    maps: Vec<BTreeMap<String, i32>>,
}

#[derive(Embedded)]
struct Point {
    x: i32,
    y: i32,
}

type Ready = Update<Series, Filtered>;

fn update() -> Ready {
    Series::update().filter(|s| s.id().eq(1))
}

fn keys(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("key{number}")).collect()
}

/// One case in two sizes; `build` makes the statement and renders it.
fn sizes<T>(
    criterion: &mut Criterion,
    name: &str,
    most: usize,
    build: impl Fn(&[String]) -> odm::Result<T>,
) {
    let mut group = criterion.benchmark_group(name);
    for count in [most / 10, most] {
        let keys = keys(count);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| black_box(build(black_box(&keys)).expect("a valid statement")));
        });
    }
    group.finish();
}

fn updates(criterion: &mut Criterion) {
    sizes(criterion, "set different keys", 400, |keys| {
        let set = |update: Ready, key: &String| update.set(|s| s.labels().key(key.as_str()), "new");
        keys.iter().fold(update(), set).as_document()
    });
    sizes(criterion, "set through different array filters", 400, |keys| {
        let set = |update: Ready, (number, key): (i32, &String)| {
            update.set(|s| s.maps().filtered(|map| map.key("x").gt(number)).key(key.as_str()), 1)
        };
        (0..).zip(keys).fold(update(), set).as_document()
    });
    sizes(criterion, "set through one array filter", 400, |keys| {
        let set = |update: Ready, key: &String| {
            update.set(|s| s.maps().filtered(|map| map.key("x").gt(0)).key(key.as_str()), 1)
        };
        keys.iter().fold(update(), set).as_document()
    });
}

fn filters(criterion: &mut Criterion) {
    let equal = |key: &String| Series::fields().labels().key(key.as_str()).eq("a");
    sizes(criterion, "conditions joined by |", 4_000, |keys| {
        let joined = keys.iter().map(equal).reduce(|all, one| all | one);
        joined.expect("a condition").as_document()
    });
    sizes(criterion, "conditions joined by &", 4_000, |keys| {
        let joined = keys.iter().map(equal).reduce(|all, one| all & one);
        joined.expect("a condition").as_document()
    });
    sizes(criterion, "filter called again and again", 1_000, |keys| {
        let find = |find: odm::operation::Find<Series>, key| find.filter(|_| equal(key));
        keys.iter().fold(Series::find(), find).as_document()
    });
    sizes(criterion, "conditions on one field joined by &", 1_000, |keys| {
        let joined = keys.iter().map(|key| Series::fields().labels().key("a").ne(key));
        joined.reduce(|all, one| all & one).expect("a condition").as_document()
    });
    sizes(criterion, "elements in one condition on an array", 1_000, |keys| {
        let joined = (0..).zip(keys).map(|(x, _)| Series::fields().points().any().x().ne(x));
        joined.reduce(|all, one| all & one).expect("a condition").as_document()
    });
}

criterion_group!(benches, updates, filters);
criterion_main!(benches);
