//! Models that together have every shape.

mod numbers;
mod small;

pub(super) use self::{
    numbers::Numbers,
    small::Small,
};
