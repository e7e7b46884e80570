//! Models that together have every shape.

mod arrays;
mod attributes;
mod checked;
mod enums;
mod flattened;
mod maps;
mod newtypes;
mod nulled;
mod numbers;
mod options;
mod scalars;
mod small;

pub(super) use self::{
    arrays::Arrays,
    attributes::Attributes,
    checked::Checked,
    enums::{Adjacents, Externals, Internals},
    flattened::Flattened,
    maps::Maps,
    newtypes::Newtypes,
    nulled::Nulled,
    numbers::Numbers,
    options::Options,
    scalars::Scalars,
    small::Small,
};
