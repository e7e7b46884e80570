//! A typed object-document mapper for MongoDB, on the official async driver.
//!
//! Whatever the server would refuse, or silently get wrong, rustc refuses first: field paths,
//! updates and array filters are methods of your own types.
//!
//! ```no_run
//! use odm::prelude::*;
//!
//! #[derive(Model, Clone, Debug, PartialEq)]
//! #[model(collection = "series")]
//! struct Series {
//!     #[model(id)]
//!     id: i64,
//!     points: Vec<Point>,
//! }
//!
//! #[derive(Embedded, Clone, Debug, PartialEq)]
//! struct Point {
//!     x: i32,
//!     y: i32,
//! }
//!
//! # async fn run() -> odm::Result<()> {
//! let db = odm::connect("mongodb://localhost/shop?replicaSet=rs0").await?;
//!
//! let i = Point::array_filter("i", |p| p.x().gt(0));
//! Series::update().filter(|s| s.id().eq(1)).set(path!(points[$i].y), 5).one(&db).await?;
//! # Ok(())
//! # }
//! ```
//!
//! A typed write never leaves a document that its model cannot read: what a type cannot say is
//! refused before it is sent, or carried as a condition ([`guide::promise`]).
//!
//! # Where to look
//!
//! - [`guide`]: pages on what holds everywhere.
//! - [`Model`](derive@Model) and [`Embedded`](derive@Embedded): what can be derived, and the
//!   attributes.
//! - [`Operations`]: `find`, `insert`, `update`, `replace`, `delete`, `bulk`, and the verbs that end
//!   them.
//! - [`Update`](update::Update): every update operator. Search for its `$name`.
//! - [`filter`]: every query operator, by family. Search for its `$name`.
//! - [`expression`]: what the server computes from fields, in filters and in pipeline updates.
//! - [`Ref`]: references to documents of other models, and [`load`], which reads what they name.
//! - [`Find::page`](operation::Find::page): pages by key, with cursors for URLs.
//! - [`aggregation`]: pipelines, every stage and accumulator, and [`row`], what their rows are.
//! - [`path`](mod@path): how fields, arrays, maps and variants are reached.
//! - [`Session`] and [`Transaction`]: what operations run on besides a database.
//! - [`operation`]: what is retried, and why.
//! - [`change_stream`]: typed change events, and how a stream resumes.
//! - [`durable`]: consumers of changes that survive crashes.
//! - [`ErrorKind`] and [`Outcome`]: what can go wrong, and what became of a write
//!   ([`guide::outcomes`]).
//! - [`codec`]: how values are stored, and how to store a type of your own.
//!
//! # Features
//!
//! `chrono`, `time`, `jiff`, `uuid`, `rust_decimal`, `serde_json` and `url` store the types of these
//! crates as their natural BSON types. `sandbox` starts throw-away replica sets. All others are the
//! driver's, under the driver's names; `rustls-tls` is on by default.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod aggregation;
pub mod change_stream;
pub mod codec;
mod command;
mod common_options;
mod condition;
mod cursor;
pub mod durable;
pub mod error;
pub mod executor;
mod explain;
pub mod expression;
pub mod filter;
pub mod geo;
pub mod guide;
pub mod model;
pub mod operation;
pub mod options;
pub mod path;
pub mod prelude;
pub mod reference;
pub mod row;
#[cfg(all(feature = "sandbox", unix))]
pub mod sandbox;
pub mod sort;
mod support;
pub mod update;

pub use aggregation::database_aggregate;
pub use change_stream::{
    ChangeEvent, ChangeStream, FullDocument, FullDocumentBeforeChange, ResumeToken,
};
pub use durable::TokenStore;
pub use error::{Error, ErrorKind, Outcome, Result};
pub use executor::{
    CausalToken, Collection, Database, Session, SnapshotSession, Transaction, connect, connect_with,
};
pub use explain::Explain;
pub use expression::parameter;
pub use model::Model;
pub use mongodb::{self, bson};
pub use odm_derive::{Embedded, Model, Projection, path};
pub use operation::{Loaded, Operations, bulk, load};
pub use path::Embedded;
pub use reference::{Id, Ref};

// So that the derive's `::odm` works inside this crate too.
#[allow(unused_extern_crates)]
extern crate self as odm;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
