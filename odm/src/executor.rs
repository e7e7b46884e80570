//! Where an operation runs: a database, a collection.
//!
//! Knows models and the driver. Does not know what operations do.

mod collection;
mod database;

use std::sync::Arc;

use mongodb::bson::RawDocumentBuf;

pub use self::{
    collection::Collection,
    database::{Database, connect},
};

/// The driver's collection of undecoded documents.
pub(crate) type RawCollection = mongodb::Collection<RawDocumentBuf>;

/// What every verb takes: `&Database`, `&Collection<M>`.
///
/// One argument decides where an operation runs; there is no second set of methods.
#[diagnostic::on_unimplemented(
    message = "an operation on `{M}` cannot run on a `{Self}`",
    note = "give it a `&Database` or a `&Collection<{M}>`"
)]
pub trait Executor<M>: Sync + sealed::Sealed {
    /// Where the operation runs.
    #[doc(hidden)]
    fn target(&self) -> Target;
}

/// Where an operation runs, without types.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Target {
    pub(crate) collection: RawCollection,
}

impl Target {
    /// Database and collection, for errors.
    pub(crate) fn namespace(&self) -> String {
        self.collection.namespace().to_string()
    }
}

#[diagnostic::do_not_recommend]
impl<M, E: Executor<M> + ?Sized> Executor<M> for &E {
    fn target(&self) -> Target {
        E::target(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M, E: Executor<M> + Send + ?Sized> Executor<M> for Arc<E> {
    fn target(&self) -> Target {
        E::target(self)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Database {}
    impl<M> Sealed for super::Collection<M> {}
    impl<E: Sealed + ?Sized> Sealed for &E {}
    impl<E: Sealed + ?Sized> Sealed for std::sync::Arc<E> {}
}
