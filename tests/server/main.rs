//! Against a real replica set of three.

mod crud;
mod errors;
mod executors;
mod query;
mod refusals;
mod streams;
mod update;
