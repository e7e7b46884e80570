//! Models that together have every shape.

mod newtypes;
mod numbers;
mod scalars;
mod small;

pub(super) use self::{
    newtypes::Newtypes,
    numbers::Numbers,
    scalars::Scalars,
    small::Small,
};
