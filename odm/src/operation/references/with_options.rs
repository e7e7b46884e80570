//! The builder methods of a find that also reads what its documents refer to.

use std::time::Duration;

use mongodb::bson::Document;

use crate::{
    common_options::{CommonOptions, setters},
    filter::{Condition, FilterClosure},
    model::Model,
    options::{ReadConcern, ReadPreference},
    path::{Fields, Filtering, IntoValue},
    sort::SortOrder,
};

use super::FindWith;

/// The builder methods of the find.
macro_rules! forward {
    ($($(#[$doc:meta])* $method:ident($($argument:ident: $type:ty),*);)*) => {
        impl<M: Model, L> FindWith<M, L> {
            $($(#[$doc])*
            pub fn $method(self, $($argument: $type),*) -> Self {
                self.with_find(|find| find.$method($($argument),*))
            })*
        }
    };
}

forward! {
    /// Only documents that also meet a condition written by hand, with stored names.
    raw(condition: Document);
    /// Leaves out this many documents at the start.
    skip(documents: u64);
    /// Returns at most this many documents; 0 means no limit.
    limit(documents: u32);
    /// How many documents of the find the server sends at a time.
    batch_size(documents: u32);
    /// How durable the data that is read must be.
    read_concern(concern: ReadConcern);
    /// How long the server may work on one command (`maxTimeMS`).
    max_time(limit: Duration);
    /// Whether a sort that needs more than 100 MB may use the server's disk.
    allow_disk_use(allow: bool);
    /// Keeps the cursor open on the server, however long it is not used.
    no_cursor_timeout();
}

impl<M: Model, L> FindWith<M, L> {
    /// Only documents that meet the condition; of several conditions, all.
    pub fn filter<C: Condition<M>>(self, condition: impl FilterClosure<M, C>) -> Self {
        self.with_find(|find| find.filter(condition))
    }

    /// Only the document with this `_id`; the same as `.filter(|m| m.id().eq(id))`.
    pub fn by_id(self, id: impl IntoValue<M::Id>) -> Self {
        self.with_find(|find| find.by_id(id))
    }

    /// Orders the documents. A second order applies to those that are equal by the first.
    pub fn sort<O: SortOrder<M>>(self, order: impl FnOnce(Fields<M, Filtering>) -> O) -> Self {
        self.with_find(|find| find.sort(order))
    }

    /// Which members of the replica set may answer.
    pub fn read_preference(self, preference: impl Into<ReadPreference>) -> Self {
        self.with_find(|find| find.read_preference(preference))
    }
}

impl<M, L> FindWith<M, L> {
    fn common_options(&mut self) -> &mut CommonOptions {
        self.find.common_options()
    }
}

setters!(impl[M, L] FindWith<M, L> { hint, collation, comment, let_vars, timeout });
