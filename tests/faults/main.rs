//! Against real replica sets that fail: commands, connections, members, elections.

mod array_filters;
mod cancellations;
mod causal;
mod helpers;
mod retries;
mod transactions;
