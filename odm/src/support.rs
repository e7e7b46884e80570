//! What several layers need, and no layer is about.
//!
//! Knows the driver's types. Does not know models, executors or operations.

pub(crate) mod driver_text;
