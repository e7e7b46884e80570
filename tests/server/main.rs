//! Against a real replica set of three.

mod bulk;
mod change_events;
mod change_streams;
mod crud;
mod durable;
mod errors;
mod executors;
mod expression;
mod legal;
mod nested_arrays;
mod query;
mod refusals;
mod sessions;
mod streams;
mod time_limits;
mod transactions;
mod update;
mod variants;
