//! Every accumulator and window function decodes into its type, for values that are null, absent,
//! none at all, and numbers of mixed types.

use odm::{
    Result,
    aggregation::{Accumulated, Group, Window, Windowed},
    bson::{Decimal128, Document},
    path::{Field, Reading},
    prelude::*,
    row::RowFields,
};
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "values")]
struct Value {
    #[model(id)]
    id: i32,
    group: String,
    int: i32,
    wide: Option<i64>,
    float: Option<f64>,
    exact: Option<Decimal128>,
    text: Option<String>,
    inner: Option<Inner>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Inner {
    a: Option<i32>,
    b: Option<i32>,
}

/// A group with all kinds of numbers, one of null and absent values only, and one of one row.
fn stored() -> Vec<Document> {
    let exact = |text: &str| text.parse::<Decimal128>().unwrap();
    vec![
        doc! { "_id": 1, "group": "mixed", "int": 1, "wide": 4, "float": 2, "exact": exact("1.5"),
        "text": "b", "inner": { "a": 1 } },
        doc! { "_id": 2, "group": "mixed", "int": 2.0, "wide": 5_i64, "float": 0.5, "exact": exact("2"),
        "text": null, "inner": { "b": 2 } },
        doc! { "_id": 3, "group": "mixed", "int": 3_i64, "wide": null, "float": 3_i64, "text": "a" },
        doc! { "_id": 4, "group": "mixed", "int": 6, "wide": 8.0 },
        doc! { "_id": 5, "group": "nothing", "int": 0, "wide": null, "float": null, "exact": null,
        "text": null, "inner": null },
        doc! { "_id": 6, "group": "nothing", "int": 0 },
        doc! { "_id": 7, "group": "one", "int": -7, "wide": -7, "float": -7.0, "exact": exact("-7"),
        "text": "z", "inner": {} },
    ]
}

async fn filled(name: &str) -> Database {
    let db = database(name).await;
    db.as_driver().collection("values").insert_many(stored()).await.expect("an insert");
    db
}

/// What an accumulator gives for each group: `mixed`, `nothing`, `one`.
async fn of<T: Field>(
    db: &Database,
    by_hand: Document,
    typed: impl FnOnce(RowFields<Value, Reading>, Group<Value>) -> Accumulated<Value, T>,
) -> [T; 3] {
    let pipeline = Value::aggregate()
        .sort(|v| v.id().asc())
        .group(|v, g| (v.group(), typed(v, g)))
        .sort(|(group, _)| group.asc());
    let stages = pipeline.stages().expect("a valid pipeline");
    assert_eq!(stages[1], doc! { "$group": { "_id": "$group", "_1": by_hand } });
    let rows = pipeline.all(db).await.expect("values of the type");
    let groups: Vec<_> = rows.iter().map(|(group, _)| group.as_str()).collect();
    assert_eq!(groups, ["mixed", "nothing", "one"]);
    rows.into_iter().map(|(_, value)| value).collect::<Vec<_>>().try_into().ok().expect("three")
}

fn exact(text: &str) -> Decimal128 {
    text.parse().unwrap()
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn sums_means_and_extremes() {
    let db = &filled("accumulators_sums").await;
    assert_eq!(of(db, doc! { "$sum": 1 }, |_, g| g.count()).await, [4, 2, 1]);
    assert_eq!(of(db, doc! { "$sum": "$int" }, |v, g| g.sum(v.int())).await, [12, 0, -7]);
    assert_eq!(of(db, doc! { "$sum": "$wide" }, |v, g| g.sum(v.wide())).await, [17, 0, -7]);
    assert_eq!(of(db, doc! { "$sum": "$float" }, |v, g| g.sum(v.float())).await, [5.5, 0.0, -7.0]);
    let sums = of(db, doc! { "$sum": "$exact" }, |v, g| g.sum(v.exact())).await;
    assert_eq!(sums, [exact("3.5"), exact("0"), exact("-7")]);
    let means = of(db, doc! { "$avg": "$int" }, |v, g| g.avg(v.int())).await;
    assert_eq!(means, [Some(3.0), Some(0.0), Some(-7.0)]);
    let means = of(db, doc! { "$avg": "$wide" }, |v, g| g.avg(v.wide())).await;
    assert_eq!(means, [Some(17.0 / 3.0), None, Some(-7.0)]);
    let means = of(db, doc! { "$avg": "$exact" }, |v, g| g.avg(v.exact())).await;
    assert_eq!(means, [Some(exact("1.75")), None, Some(exact("-7"))]);
    assert_eq!(of(db, doc! { "$min": "$int" }, |v, g| g.min(v.int())).await, [1, 0, -7]);
    assert_eq!(of(db, doc! { "$max": "$int" }, |v, g| g.max(v.int())).await, [6, 0, -7]);
    let least = of(db, doc! { "$min": "$float" }, |v, g| g.min(v.float())).await;
    assert_eq!(least, [Some(0.5), None, Some(-7.0)]);
    let most = of(db, doc! { "$max": "$text" }, |v, g| g.max(v.text())).await;
    assert_eq!(most, [text("b"), None, text("z")]);
    let spread = of(db, doc! { "$stdDevPop": "$int" }, |v, g| g.std_dev_pop(v.int())).await;
    assert_eq!((spread[1], spread[2]), (Some(0.0), Some(0.0)));
    let spread = of(db, doc! { "$stdDevPop": "$wide" }, |v, g| g.std_dev_pop(v.wide())).await;
    assert_eq!((spread[1], spread[2]), (None, Some(0.0)));
    let spread = of(db, doc! { "$stdDevSamp": "$wide" }, |v, g| g.std_dev_samp(v.wide())).await;
    assert!((spread[0].unwrap() - 2.0817).abs() < 0.001, "{spread:?}");
    assert_eq!((spread[1], spread[2]), (None, None));
}

#[tokio::test]
async fn values_of_rows() {
    let db = &filled("accumulators_values").await;
    let first = of(db, doc! { "$first": "$text" }, |v, g| g.first(v.text())).await;
    assert_eq!(first, [text("b"), None, text("z")]);
    let last = of(db, doc! { "$last": "$exact" }, |v, g| g.last(v.exact())).await;
    assert_eq!(last, [None, None, Some(exact("-7"))]);
    let all = of(db, doc! { "$push": "$int" }, |v, g| g.push(v.int())).await;
    assert_eq!(all, [vec![1, 2, 3, 6], vec![0, 0], vec![-7]]);
    let all = of(db, doc! { "$push": "$text" }, |v, g| g.push(v.text())).await;
    assert_eq!(all, [vec![text("b"), None, text("a")], vec![None], vec![text("z")]]);
    let set = of(db, doc! { "$addToSet": "$int" }, |v, g| g.add_to_set(v.int())).await;
    assert_eq!((set[0].len(), &set[1], &set[2]), (4, &vec![0], &vec![-7]));
    let merged = of(db, doc! { "$mergeObjects": "$inner" }, |v, g| g.merge_objects(v.inner()));
    let inner = |a, b| Some(Inner { a, b });
    assert_eq!(merged.await, [inner(Some(1), Some(2)), inner(None, None), inner(None, None)]);
    let some =
        of(db, doc! { "$firstN": { "input": "$text", "n": 2_i64 } }, |v, g| g.first_n(2, v.text()));
    assert_eq!(some.await, [vec![text("b"), None], vec![None, None], vec![text("z")]]);
    let some =
        of(db, doc! { "$lastN": { "input": "$int", "n": 2_i64 } }, |v, g| g.last_n(2, v.int()));
    assert_eq!(some.await, [vec![3, 6], vec![0, 0], vec![-7]]);
    let some =
        of(db, doc! { "$minN": { "input": "$wide", "n": 2_i64 } }, |v, g| g.min_n(2, v.wide()));
    assert_eq!(some.await, [vec![Some(4), Some(5)], vec![], vec![Some(-7)]]);
    let some =
        of(db, doc! { "$maxN": { "input": "$float", "n": 9_i64 } }, |v, g| g.max_n(9, v.float()));
    assert_eq!(some.await, [vec![Some(3.0), Some(2.0), Some(0.5)], vec![], vec![Some(-7.0)]]);
    let fields = Value::fields();
    let top = of(db, doc! { "$top": { "sortBy": { "int": -1 }, "output": "$_id" } }, |v, g| {
        g.top(fields.int().desc(), v.id())
    });
    assert_eq!(top.await, [4, 5, 7]);
    let bottom = of(
        db,
        doc! { "$bottom": { "sortBy": { "int": -1, "_id": 1 }, "output": "$text" } },
        |v, g| g.bottom(fields.int().desc().then(fields.id().asc()), v.text()),
    );
    assert_eq!(bottom.await, [text("b"), None, text("z")]);
    let top = of(
        db,
        doc! { "$topN": { "n": 2_i64, "sortBy": { "_id": -1 }, "output": "$text" } },
        |v, g| g.top_n(2, fields.id().desc(), v.text()),
    );
    assert_eq!(top.await, [vec![None, text("a")], vec![None, None], vec![text("z")]]);
    let bottom = of(
        db,
        doc! { "$bottomN": { "n": 1_i64, "sortBy": { "_id": -1 }, "output": "$int" } },
        |v, g| g.bottom_n(1, fields.id().desc(), v.int()),
    );
    assert_eq!(bottom.await, [vec![1], vec![0], vec![-7]]);
}

#[test]
fn accumulators_of_later_servers_are_written() {
    let stages = Value::aggregate()
        .group(|v, g| (v.group(), g.median(v.float()), g.percentiles(v.int(), &[0.5, 0.9])))
        .stages()
        .unwrap();
    assert_eq!(
        stages,
        [doc! { "$group": {
            "_id": "$group",
            "_1": { "$median": { "input": "$float", "method": "approximate" } },
            "_2": { "$percentile": { "input": "$int", "p": [0.5, 0.9], "method": "approximate" } },
        } }]
    );
}

/// What a window function gives for each row, in the order of the `_id`s, one partition a group.
async fn over<T: Field>(
    db: &Database,
    by_hand: Document,
    typed: impl FnOnce(RowFields<Value, Reading>, Window<Value>) -> Windowed<Value, T>,
) -> Vec<T> {
    let pipeline = Value::aggregate()
        .window(|v| v.group(), |v| v.id().asc(), typed)
        .sort(|(v, _)| v.id().asc());
    let stages = pipeline.stages().expect("a valid pipeline");
    let expected = doc! { "$setWindowFields": {
        "partitionBy": "$group", "sortBy": { "_id": 1 }, "output": { "_c0": by_hand },
    } };
    assert_eq!(stages[0], expected);
    let rows = pipeline.all(db).await.expect("values of the type");
    rows.into_iter().map(|(_, value)| value).collect()
}

#[tokio::test]
async fn windows_of_rows() {
    let db = &filled("accumulators_windows").await;
    let sums = over(db, doc! { "$sum": "$int" }, |v, w| w.sum(v.int())).await;
    assert_eq!(sums, [12, 12, 12, 12, 0, 0, -7]);
    let window = doc! { "documents": ["unbounded", "current"] };
    let sums =
        over(db, doc! { "$sum": "$wide", "window": &window }, |v, w| w.sum(v.wide()).so_far());
    assert_eq!(sums.await, [4, 9, 9, 17, 0, 0, -7]);
    let window = doc! { "documents": [-1, 0] };
    let sums = over(db, doc! { "$sum": "$float", "window": &window }, |v, w| {
        w.sum(v.float()).documents(-1..=0)
    });
    assert_eq!(sums.await, [2.0, 2.5, 3.5, 3.0, 0.0, 0.0, -7.0]);
    let window = doc! { "range": [-1.0, 0.0] };
    let counts =
        over(db, doc! { "$count": {}, "window": window }, |_, w| w.count().range(-1.0..=0.0));
    assert_eq!(counts.await, [1, 2, 2, 2, 1, 2, 1]);
    let means = over(db, doc! { "$avg": "$wide" }, |v, w| w.avg(v.wide())).await;
    assert_eq!(means[3..], [Some(17.0 / 3.0), None, None, Some(-7.0)]);
    assert_eq!(over(db, doc! { "$min": "$int" }, |v, w| w.min(v.int())).await[..2], [1, 1]);
    let most = over(db, doc! { "$max": "$text" }, |v, w| w.max(v.text())).await;
    assert_eq!(most[3..5], [text("b"), None]);
    let first = over(db, doc! { "$first": "$exact" }, |v, w| w.first(v.exact())).await;
    assert_eq!(first[3..5], [Some(exact("1.5")), None]);
    assert_eq!(over(db, doc! { "$last": "$int" }, |v, w| w.last(v.int())).await[0], 6);
    let all = over(db, doc! { "$push": "$text" }, |v, w| w.push(v.text())).await;
    assert_eq!(all[0], [text("b"), None, text("a")]);
    let set = over(db, doc! { "$addToSet": "$int" }, |v, w| w.add_to_set(v.int())).await;
    assert_eq!(set[4], [0]);
    let spread = over(db, doc! { "$stdDevPop": "$wide" }, |v, w| w.std_dev_pop(v.wide())).await;
    assert_eq!(spread[4..], [None, None, Some(0.0)]);
    let spread = over(db, doc! { "$stdDevSamp": "$wide" }, |v, w| w.std_dev_samp(v.wide())).await;
    assert_eq!(spread[4..], [None, None, None]);
}

#[tokio::test]
async fn windows_by_the_order() {
    let db = &filled("accumulators_orders").await;
    assert_eq!(over(db, doc! { "$rank": {} }, |_, w| w.rank()).await, [1, 2, 3, 4, 1, 2, 1]);
    assert_eq!(over(db, doc! { "$denseRank": {} }, |_, w| w.dense_rank()).await[3], 4);
    let numbers = over(db, doc! { "$documentNumber": {} }, |_, w| w.document_number()).await;
    assert_eq!(numbers, [1, 2, 3, 4, 1, 2, 1]);
    let shifted =
        over(db, doc! { "$shift": { "output": "$int", "by": -1, "default": null } }, |v, w| {
            w.shift(v.int(), -1)
        });
    assert_eq!(shifted.await, [None, Some(1), Some(2), Some(3), None, Some(0), None]);
    let moving = over(db, doc! { "$expMovingAvg": { "input": "$int", "N": 3_i64 } }, |v, w| {
        w.exp_moving_avg(v.int(), 3)
    });
    assert_eq!(moving.await[..3], [Some(1.0), Some(1.5), Some(2.25)]);
    let window = doc! { "documents": [-1, 0] };
    let slope = over(db, doc! { "$derivative": { "input": "$int" }, "window": &window }, |v, w| {
        w.derivative(v.int()).documents(-1..=0)
    });
    assert_eq!(slope.await, [None, Some(1.0), Some(1.0), Some(3.0), None, Some(0.0), None]);
    let area = over(db, doc! { "$integral": { "input": "$int" }, "window": &window }, |v, w| {
        w.integral(v.int()).documents(-1..=0)
    });
    assert_eq!(area.await[..4], [Some(0.0), Some(1.5), Some(2.5), Some(4.5)]);
    let both = over(db, doc! { "$covariancePop": ["$int", "$wide"] }, |v, w| {
        w.covariance_pop(v.int(), v.wide())
    });
    assert_eq!(both.await[6], Some(0.0));
    let both = over(db, doc! { "$covarianceSamp": ["$int", "$int"] }, |v, w| {
        w.covariance_samp(v.int(), v.int())
    });
    assert_eq!(both.await[6], None);
    let line = over(db, doc! { "$linearFill": "$wide" }, |v, w| w.linear_fill(v.wide())).await;
    assert_eq!(line, [Some(4.0), Some(5.0), Some(6.5), Some(8.0), None, None, Some(-7.0)]);
    let last = over(db, doc! { "$locf": "$text" }, |v, w| w.locf(v.text())).await;
    assert_eq!(last, [text("b"), text("b"), text("a"), text("a"), None, None, text("z")]);
}

#[tokio::test]
async fn an_object_has_its_key_first_and_accumulators_after_it() -> Result<()> {
    let db = &filled("accumulators_objects").await;
    let groups = Value::aggregate()
        .group(|v, g| {
            odm::object!(Summary {
                name: v.group(),
                rows: g.count(),
                exact: g.sum(v.exact()),
                wide: g.sum(v.int()),
            })
        })
        .sort(|s| s.name().asc());
    assert_eq!(
        groups.stages()?[1],
        doc! { "$replaceWith": {
            "name": "$_id",
            "rows": "$rows",
            "exact": { "$toDecimal": "$exact" },
            "wide": { "$toDecimal": "$wide" },
        } }
    );
    let groups = groups.all(db).await?;
    let of = |name: &str, rows, sum: &str, wide: &str| Summary {
        name: name.to_owned(),
        rows,
        exact: exact(sum),
        wide: Some(exact(wide)),
    };
    assert_eq!(
        groups,
        [
            of("mixed", 4, "3.5", "12.0000000000000"),
            of("nothing", 2, "0", "0"),
            of("one", 1, "-7", "-7")
        ]
    );
    Ok(())
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Summary {
    name: String,
    rows: i64,
    exact: Decimal128,
    wide: Option<Decimal128>,
}
