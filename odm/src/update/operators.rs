//! The builder's common part: from a closure to a path.

use std::borrow::Borrow;

use mongodb::bson::Document;

use crate::path::{Field, Fields, Handle, IntoValue, Path, Updating};

use super::{TakesOperators, Target, Update};

impl<M: Field, F, K> Update<M, F, K> {
    /// Adds `{operator: {path: value}}`.
    pub(super) fn with<P: Target<M>>(
        mut self,
        operator: &'static str,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        write: impl FnOnce(&mut crate::codec::Encoder) -> crate::codec::ElementType,
    ) -> Self {
        let target = resolve::<M, P>(path);
        self.statement.write(operator, target.as_path(), write);
        self
    }

    /// Adds `{operator: {path: value}}` with a value of the field's own type.
    pub(super) fn with_value<P: Target<M>>(
        self,
        operator: &'static str,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        value: impl IntoValue<P::Value>,
    ) -> Self {
        self.with(operator, path, |out| P::encode(value.into_stored().borrow(), out))
    }

    /// Operators written by hand, as in `doc! { "$set": { "a.b": 1 } }`.
    ///
    /// Paths in it are stored names. A path that another operator of the chain writes is refused;
    /// nothing else is checked.
    pub fn raw(mut self, operators: Document) -> Self
    where
        K: TakesOperators,
    {
        self.statement.add_raw(operators);
        self
    }
}

pub(super) fn resolve<M: Field, P>(path: impl FnOnce(Fields<M, Updating>) -> P) -> P {
    path(Handle::from_path(Path::root()))
}
