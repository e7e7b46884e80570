//! Aggregation pipelines: stages whose rows have a type.
//!
//! Knows rows, filters, executors and cursors. Does not know other operations.
//!
//! ```no_run
//! use odm::{object, prelude::*};
//!
//! #[derive(Model)]
//! #[model(collection = "orders")]
//! struct Order { #[model(id)] id: i64, city: String, paid: bool, total: f64 }
//!
//! #[derive(Embedded)]
//! struct City { #[model(id)] name: String, orders: i64, revenue: f64 }
//!
//! # async fn run(db: odm::Database) -> odm::Result<()> {
//! let cities: Vec<City> = Order::aggregate()
//!     .match_(|o| o.paid().eq(true))
//!     .group(|o, g| object!(City { name: o.city(), orders: g.count(), revenue: g.sum(o.total()) }))
//!     .sort(|c| c.revenue().desc())
//!     .limit(10)
//!     .all(&db)
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! A pipeline begins at a model, with [`aggregate`](crate::Operations::aggregate). Each stage is a
//! method; what it hands on is the pipeline's second type, whose columns the closures of the next
//! stage are given. A stage sees only what the stage before it made. [`row`](crate::row) lists the
//! kinds of rows. The verbs at the end run it: `all`, `first`, `stream`, `count`, `explain`.
//!
//! | stage | method |
//! | --- | --- |
//! | `$addFields`, `$set` | [`add_field`](Pipeline::add_field) |
//! | `$bucket`, `$bucketAuto` | [`bucket`](Pipeline::bucket), [`bucket_auto`](Pipeline::bucket_auto) |
//! | `$collStats`, `$indexStats` | [`coll_stats`](crate::Operations::coll_stats), [`index_stats`](crate::Operations::index_stats) |
//! | `$count` | [`count`](Pipeline::count), [`count_rows`](Pipeline::count_rows) |
//! | `$densify` | [`densify`](Pipeline::densify) |
//! | `$documents`, `$currentOp` | [`database_aggregate`] |
//! | `$facet` | [`facet`](Pipeline::facet) |
//! | `$fill` | [`fill`](Pipeline::fill) |
//! | `$geoNear` | [`geo_near`](Pipeline::geo_near) |
//! | `$graphLookup` | [`graph_lookup`](Pipeline::graph_lookup) |
//! | `$group` | [`group`](Pipeline::group) |
//! | `$limit`, `$skip` | [`limit`](Pipeline::limit), [`skip`](Pipeline::skip) |
//! | `$lookup` | [`join`](Pipeline::join), [`left_join`](Pipeline::left_join), [`lookup`](Pipeline::lookup), [`lookup_with`](Pipeline::lookup_with) |
//! | `$match` | [`match_`](Pipeline::match_), [`match_expr`](Pipeline::match_expr) |
//! | `$merge`, `$out` | [`merge_into`](Pipeline::merge_into), [`out_to`](Pipeline::out_to) |
//! | `$project`, `$replaceWith`, `$replaceRoot` | [`select`](Pipeline::select), [`project`](Pipeline::project), [`replace_with`](Pipeline::replace_with) |
//! | `$redact` | [`redact`](Pipeline::redact) |
//! | `$sample` | [`sample`](Pipeline::sample) |
//! | `$search`, `$vectorSearch` | [`search`](Pipeline::search), [`vector_search`](Pipeline::vector_search) |
//! | `$setWindowFields` | [`window`](Pipeline::window) |
//! | `$sort` | [`sort`](Pipeline::sort) |
//! | `$sortByCount` | [`sort_by_count`](Pipeline::sort_by_count) |
//! | `$unionWith` | [`union_with`](Pipeline::union_with) |
//! | `$unset` | [`unset`](Pipeline::unset) |
//! | `$unwind` | [`unwind`](Pipeline::unwind), [`unwind_with_index`](Pipeline::unwind_with_index), [`unwind_or_none`](Pipeline::unwind_or_none) |
//! | any other | [`stage`](Pipeline::stage), [`stage_as`](Pipeline::stage_as) |
//!
//! The accumulators of a group are the methods of [`Group`], those of a window the methods of
//! [`Window`].
//!
//! Manual: [aggregation stages](https://www.mongodb.com/docs/manual/reference/operator/aggregation-pipeline/).

mod accumulators;
mod capture;
mod database;
mod densify;
mod facet;
mod fill;
mod group;
mod lookup;
mod only;
mod options;
mod pipeline;
mod run;
mod special;
mod stages;
mod unwind;
mod window;
mod write;

pub use self::{
    accumulators::{Accumulated, Accumulator, Group},
    capture::Captures,
    database::{
        Accesses, CollStats, CurrentOp, DatabaseAggregate, IndexStats, StorageStats, WholeDatabase,
        WholeServer, database_aggregate,
    },
    densify::{Dense, Densify},
    facet::{FacetShape, FacetSlots, SameRows},
    fill::Fill,
    group::{AccumulatorSlots, Accumulators, GroupShape},
    lookup::Walk,
    pipeline::Pipeline,
    special::GeoNear,
    window::{Window, Windowed},
    write::{Keys, MergeInto, OutTo, Storable, WhenMatched, WhenNotMatched},
};
