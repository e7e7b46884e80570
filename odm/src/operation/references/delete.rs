//! Deleting a document to which others refer.

use std::{borrow::Borrow, fmt, marker::PhantomData, time::Duration};

use futures::future::{BoxFuture, FutureExt};

use crate::{
    codec::{Encode, RawValue},
    error::{Error, Result},
    executor::DatabaseExecutor,
    model::{Model, ModelOptions, OnDelete},
    path::IntoValue,
};

use super::removal::{Place, Removal};

/// The removal of a document, and what that means for those that refer to it.
///
/// Made by [`delete_referenced`](crate::Operations::delete_referenced).
#[must_use = "nothing is removed until `.run(…)`"]
pub struct DeleteReferenced<M> {
    id: Result<RawValue>,
    /// The model itself is the first.
    referrers: Vec<Referrer>,
    timeout: Option<Duration>,
    model: PhantomData<fn() -> M>,
}

/// A document was removed, and what refers to it was treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeletedReferenced {
    /// How many documents were removed of which it was asked: 1, or 0 if it was not there.
    pub deleted: u64,
    /// How many were removed because they refer to one that was (`cascade`).
    pub cascaded: u64,
    /// How many have a reference less (`set_null`).
    pub set_null: u64,
}

/// A model whose documents refer to others.
struct Referrer {
    collection: &'static str,
    options: ModelOptions,
    rules: Vec<OnDelete>,
}

impl Referrer {
    fn of<M: Model>() -> Self {
        Self { collection: M::COLLECTION, options: M::options(), rules: M::on_delete() }
    }
}

impl<M: Model> DeleteReferenced<M> {
    pub(crate) fn new(id: impl IntoValue<M::Id>) -> Self {
        let id = RawValue::write("_id", |out| id.into_stored().borrow().encode(out));
        let referrers = vec![Referrer::of::<M>()];
        Self { id: id.map_err(Error::from), referrers, timeout: None, model: PhantomData }
    }

    /// The documents of `R` refer to those that are removed: a field of it has
    /// `#[model(on_delete = "…")]`.
    ///
    /// A model that is not named is left as it is. The model itself need not be named.
    ///
    /// # Errors
    ///
    /// `Invalid` if no field with `on_delete` refers to the model, or to another referrer.
    pub fn referrer<R: Model>(mut self) -> Self {
        if self.referrers.iter().all(|known| known.collection != R::COLLECTION) {
            self.referrers.push(Referrer::of::<R>());
        }
        self
    }

    /// How long all of it may take.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Runs it, in a transaction of its own or in the one that is given.
    ///
    /// What refers to the document is found first, then what refers to that, and so on. Documents
    /// that refer to one another in a circle are removed once. If a `restrict` keeps one, nothing
    /// is written; a document that is removed as well keeps none.
    ///
    /// # Errors
    ///
    /// `Referenced` if a `restrict` keeps the document, with the collection and the number of
    /// documents that refer to it; those of a transaction.
    pub fn run(
        self,
        executor: &impl DatabaseExecutor,
    ) -> BoxFuture<'static, Result<DeletedReferenced>> {
        let timeout = self.timeout;
        let places = self.checked().map(|()| self.places(executor));
        async move { Removal::run(places?, self.id?, timeout).await }.boxed()
    }

    fn places(&self, executor: &impl DatabaseExecutor) -> Vec<Place> {
        let place = |referrer: &Referrer| Place {
            collection: referrer.collection,
            target: executor.target_of(referrer.collection, referrer.options.clone()),
            rules: referrer.rules.clone(),
        };
        self.referrers.iter().map(place).collect()
    }

    /// Each referrer has something to do.
    fn checked(&self) -> Result<()> {
        let is_known = |rule: &OnDelete| self.referrers.iter().any(|r| r.collection == rule.target);
        let is_idle = |referrer: &&Referrer| !referrer.rules.iter().any(is_known);
        let idle = match self.referrers.as_slice() {
            [own] => Some(own).filter(is_idle),
            [_, others @ ..] => others.iter().find(is_idle),
            [] => None,
        };
        idle.map_or(Ok(()), |idle| {
            Err(Error::invalid(format!(
                "no field of `{}` with `on_delete` refers to `{}` or to another referrer",
                idle.collection,
                M::COLLECTION,
            )))
        })
    }
}

impl<M: Model> fmt::Debug for DeleteReferenced<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let referrers = self.referrers.iter().map(|referrer| referrer.collection);
        write!(f, "DeleteReferenced({}", M::COLLECTION)?;
        referrers.skip(1).try_for_each(|name| write!(f, ", {name}"))?;
        f.write_str(")")
    }
}
