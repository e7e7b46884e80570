//! Against real replica sets that fail: commands, connections, members, elections.

mod helpers;
