//! Against a real replica set of three.

mod bulk;
mod by_hand;
mod change_events;
mod change_streams;
mod crud;
mod durable;
mod errors;
mod executors;
mod expression;
mod injection;
mod legal;
mod legal_values;
mod nested_arrays;
mod promise;
mod query;
mod refusals;
mod sessions;
mod streams;
mod text_conditions;
mod time_limits;
mod transaction_limits;
mod transactions;
mod unacknowledged;
mod unordered;
mod update;
mod variants;
