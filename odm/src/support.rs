//! What several layers need, and no layer is about.
//!
//! Knows the driver's types. Does not know models, executors or operations.

pub(crate) mod driver_text;
mod mutex;
mod pauses;

pub(crate) use self::{
    mutex::locked,
    pauses::{Pauses, jittered, random_share},
};
