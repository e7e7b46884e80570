//! Against real replica sets that fail: commands, connections, members, elections.

mod array_filters;
mod helpers;
