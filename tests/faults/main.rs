//! Against real replica sets that fail: commands, connections, members, elections.

mod array_filters;
mod bulk;
mod cancellations;
mod causal;
mod change_streams;
mod commits;
mod durable;
mod failovers;
mod helpers;
mod labels;
mod limits;
mod outcome_table;
mod outcomes;
mod retries;
mod silence;
mod soak;
mod transactions;
mod versions;
mod writes;
