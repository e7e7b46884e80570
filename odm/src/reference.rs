//! References between models: [`Ref`], and the typed identifier [`Id`].
//!
//! Knows models and how their `_id`s are stored. Does not know the network: what a reference names
//! is read by [`load`](crate::load), [`fetch`](Ref::fetch) and
//! [`with`](crate::operation::Find::with).

mod compare;
mod id;
mod json;
mod on_delete;
mod target;
mod value;

pub use self::{
    id::Id,
    on_delete::{Dependent, Forgetful},
    target::{AlwaysSet, References, RefersTo},
    value::Ref,
};
