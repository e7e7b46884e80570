//! Dates that are cut to what BSON can hold.

/// The encoding of fields with `#[model(truncate)]`: dates, cut to whole milliseconds.
#[derive(Debug)]
pub enum Truncated {}
