//! A typed object-document mapper for MongoDB.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod codec;
pub mod error;
pub mod executor;
pub mod filter;
pub mod geo;
pub mod model;
pub mod operation;
pub mod options;
pub mod path;
pub mod prelude;
#[cfg(all(feature = "sandbox", unix))]
pub mod sandbox;
pub mod sort;
pub mod update;

pub use error::{Error, ErrorKind, Outcome, Result};
pub use executor::{Collection, Database, connect};
pub use model::Model;
pub use mongodb::{self, bson};
pub use odm_derive::{Embedded, Model, path};
pub use operation::Operations;
pub use path::Embedded;

// So that the derive's `::odm` works inside this crate too.
#[allow(unused_extern_crates)]
extern crate self as odm;
