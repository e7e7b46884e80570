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
    /// `{$set: {path: value}}`. `None` removes the field: `{$unset: {path: ""}}`. It is stored as
    /// null in array elements, in entries of maps, and in fields with `#[model(null)]` or with a
    /// default. See [`guide::none`](crate::guide::none).
    ///
    /// Below an `Option`, a field with a default or an entry of a map, the update's filter asks
    /// that the parent document is there (`{"parent": {"$type": "object"}}`), because the model
    /// could not read half a parent. If it is absent, nothing matches. A parent whose fields are
    /// all optional is created instead. Below `.as_circle()`, the filter asks for the variant. See
    /// [`guide::promise`](crate::guide::promise).
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
    /// `{$setOnInsert: {path: value}}`. It has an effect only with [`upsert`](Self::upsert). This
    /// is the only operator that takes the `_id`. `None` is stored as null, which reads as `None`.
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

    /// Removes the field (`$unset`): an `Option`, a field with a default, or an entry of a map. A
    /// required field does not compile.
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
    /// `{$min: {path: value}}`, in the order of BSON types. `None` is null here, which is less than
    /// every value.
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
    /// `{$max: {path: value}}`, in the order of BSON types. `None` is null here, which is less than
    /// every value.
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

    /// Moves the value to another field of the same type (`$rename`). A document must be readable
    /// without the first field: an `Option`, or a field with a default.
    ///
    /// `{$rename: {from: "to"}}`. The old value of the other field is lost. It does not work inside
    /// arrays.
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
