//! What references name: one query for each kind of document, and none for each document.

mod delete;
mod ids;
mod load;
mod loaded;
mod loads;
mod removal;
mod several;
mod walk;
mod with;
mod with_options;

pub use self::{
    delete::{DeleteReferenced, DeletedReferenced},
    load::load,
    loaded::Loaded,
    loads::{Loads, LoadsOn, Room},
    with::FindWith,
};
