//! Against a real replica set of three.

mod bulk;
mod by_hand;
mod change_events;
mod change_streams;
mod crud;
mod durable;
mod errors;
mod executors;
mod legal;
mod nested_arrays;
mod query;
mod refusals;
mod sessions;
mod streams;
mod time_limits;
mod transactions;
mod unacknowledged;
mod update;
mod variants;
