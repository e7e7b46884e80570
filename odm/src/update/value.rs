//! Operators on fields of any type: `$set`, `$unset`, `$setOnInsert`, `$min`, `$max`, `$rename`,
//! `$currentDate`.

use std::borrow::Borrow;

use crate::{
    codec::{ElementType, Encode},
    path::{
        Absentable, Field, Fields, IntoValue, NaturallyStored, Updating,
        kind::{Temporal, TimeOfDay},
    },
};

use super::{InsertTarget, SameType, TakesOperators, Target, Update, operators::resolve};

impl<M: Field, F, K> Update<M, F, K> {
    /// Writes a value to the path (`$set`).
    ///
    /// `{$set: {path: value}}`. `None` is no value to store: it becomes `{$unset: {path: ""}}`, but
    /// for array elements, entries of maps, and fields with `#[model(null)]` or a default.
    ///
    /// Below an `Option`, a field with a default or an entry of a map, the update asks in its filter
    /// that the document above is there (`{"parent": {"$type": "object"}}`), because a part of a
    /// document could not be read; one whose fields are all optional is created instead. Below
    /// `.as_circle()` the filter asks for the variant.
    ///
    /// Manual: [`$set`](https://www.mongodb.com/docs/manual/reference/operator/update/set/).
    #[doc(alias = "$set")]
    pub fn set<P: Target<M>>(
        self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        value: impl IntoValue<P::Value>,
    ) -> Self
    where
        K: TakesOperators,
    {
        self.with_set(path, value)
    }

    /// Writes a value to the path if the operation inserts a document (`$setOnInsert`).
    ///
    /// `{$setOnInsert: {path: value}}`; only with [`upsert`](Self::upsert). The `_id` can be given
    /// here, and nowhere else.
    ///
    /// Manual: [`$setOnInsert`](https://www.mongodb.com/docs/manual/reference/operator/update/setOnInsert/).
    #[doc(alias = "$setOnInsert")]
    pub fn set_on_insert<P: InsertTarget<M>>(
        mut self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        value: impl IntoValue<P::Value>,
    ) -> Self
    where
        K: TakesOperators,
    {
        let target = resolve::<M, P>(path);
        self.statement.write("$setOnInsert", target.as_path(), |out| {
            P::encode(value.into_stored().borrow(), out)
        });
        self
    }

    /// Removes the field (`$unset`): an `Option`, a field with a default, or an entry of a map.
    ///
    /// `{$unset: {path: ""}}`. An array element becomes null instead of being removed.
    ///
    /// Manual: [`$unset`](https://www.mongodb.com/docs/manual/reference/operator/update/unset/).
    #[doc(alias = "$unset")]
    pub fn unset<P: Target<M>>(self, path: impl FnOnce(Fields<M, Updating>) -> P) -> Self
    where
        K: TakesOperators,
        P::Spec: Absentable<P::Value>,
    {
        self.with("$unset", path, |out| "".encode(out))
    }

    /// Writes the value if it is less than the field's, or the field is absent (`$min`).
    ///
    /// `{$min: {path: value}}`, in the order of BSON types.
    ///
    /// Manual: [`$min`](https://www.mongodb.com/docs/manual/reference/operator/update/min/).
    #[doc(alias = "$min")]
    pub fn min<P: Target<M>>(
        self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        value: impl IntoValue<P::Value>,
    ) -> Self
    where
        K: TakesOperators,
    {
        self.with_value("$min", path, value)
    }

    /// Writes the value if it is greater than the field's, or the field is absent (`$max`).
    ///
    /// `{$max: {path: value}}`, in the order of BSON types.
    ///
    /// Manual: [`$max`](https://www.mongodb.com/docs/manual/reference/operator/update/max/).
    #[doc(alias = "$max")]
    pub fn max<P: Target<M>>(
        self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        value: impl IntoValue<P::Value>,
    ) -> Self
    where
        K: TakesOperators,
    {
        self.with_value("$max", path, value)
    }

    /// Moves the value to another field of the same type (`$rename`); the field that it is moved
    /// from is one that a document can be without.
    ///
    /// `{$rename: {from: "to"}}`. What was in the other field is lost. Not inside arrays.
    ///
    /// Manual: [`$rename`](https://www.mongodb.com/docs/manual/reference/operator/update/rename/).
    #[doc(alias = "$rename")]
    pub fn rename<A: Target<M>, B: Target<M>>(
        mut self,
        from: impl FnOnce(Fields<M, Updating>) -> A,
        to: impl FnOnce(Fields<M, Updating>) -> B,
    ) -> Self
    where
        K: TakesOperators,
        A::Spec: Absentable<A::Value>,
        B::Value: SameType<A::Value>,
        B::Spec: SameType<A::Spec>,
    {
        let (from, to) = (resolve::<M, A>(from), resolve::<M, B>(to));
        self.statement.rename(from.as_path(), to.as_path());
        self
    }

    /// Writes the server's time to a date or timestamp (`$currentDate`).
    ///
    /// `{$currentDate: {path: true}}` for a date, `{path: {$type: "timestamp"}}` for a timestamp.
    ///
    /// Manual: [`$currentDate`](https://www.mongodb.com/docs/manual/reference/operator/update/currentDate/).
    #[doc(alias = "$currentDate")]
    pub fn current_date<P: Target<M>>(self, path: impl FnOnce(Fields<M, Updating>) -> P) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: Temporal<P::Value, Precise: TimeOfDay<P::Value>>,
    {
        let is_timestamp = <<P::Value as Field>::Kind as Temporal<P::Value>>::TIMESTAMP;
        self.with("$currentDate", path, |out| match is_timestamp {
            false => true.encode(out),
            true => {
                out.document(|out| out.field("$type", "timestamp"));
                ElementType::EmbeddedDocument
            }
        })
    }
}
