//! Models that together have every shape.

mod attributes;
mod flattened;
mod newtypes;
mod numbers;
mod scalars;
mod small;

pub(super) use self::{
    attributes::Attributes,
    flattened::Flattened,
    newtypes::Newtypes,
    numbers::Numbers,
    scalars::Scalars,
    small::Small,
};
