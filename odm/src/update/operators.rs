//! The builder's common part: from a closure to a path.

use std::borrow::Borrow;

use mongodb::bson::Document;

use crate::{
    codec::Encode,
    path::{Field, Fields, Handle, IntoValue, Path, Step, Updating},
};

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

    /// Adds `{$set: {path: value}}`, or `{$unset: {path: ""}}` for a value that is stored as
    /// absent.
    pub(super) fn with_set<P: Target<M>>(
        mut self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        value: impl IntoValue<P::Value>,
    ) -> Self {
        let target = resolve::<M, P>(path);
        let (path, value) = (target.as_path(), value.into_stored());
        let value: &P::Value = value.borrow();
        match P::is_absent(value) && is_field(path) {
            true => self.statement.write("$unset", path, |out| "".encode(out)),
            false => self.statement.write("$set", path, |out| P::encode(value, out)),
        }
        self
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

/// Whether the path ends at a field, which can be absent. Array elements, entries of maps and the
/// data of variants are null instead.
fn is_field(path: &Path) -> bool {
    path.last().is_some_and(|last| matches!(last.step, Step::Field(_)))
}

pub(super) fn resolve<M: Field, P>(path: impl FnOnce(Fields<M, Updating>) -> P) -> P {
    path(Handle::from_path(Path::root()))
}
