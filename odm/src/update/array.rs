//! Operators on arrays: `$addToSet`, `$pop`, `$pull`, `$pullAll`.

use std::borrow::Borrow;

use crate::{
    codec::{ElementType, Encode, Encoder},
    filter::{Condition, element_condition},
    path::{Field, Fields, Filtering, IntoValue, NaturallyStored, Updating, kind::ArrayOf},
};

use super::{TakesOperators, Target, Update};

/// Which end of an array [`Update::pop`] takes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pop {
    /// The first element (`-1`).
    First,
    /// The last element (`1`).
    Last,
}

/// The type of an array's elements.
pub(super) type ElementOf<V> = <<V as Field>::Kind as ArrayOf<V>>::Element;

impl<M: Field, F, K> Update<M, F, K> {
    /// Appends a value unless the array has it (`$addToSet`).
    ///
    /// `{$addToSet: {path: {$each: [value]}}}`, so that no value is read as a modifier. Two
    /// documents are equal if they have equal fields in the same order.
    ///
    /// Manual: [`$addToSet`](https://www.mongodb.com/docs/manual/reference/operator/update/addToSet/).
    #[doc(alias = "$addToSet")]
    pub fn add_to_set<P: Target<M>>(
        self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        value: impl IntoValue<ElementOf<P::Value>>,
    ) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: ArrayOf<P::Value>,
    {
        self.with("$addToSet", path, |out| {
            each_one(|out| value.into_stored().borrow().encode(out), out)
        })
    }

    /// Appends each value that the array does not have (`$addToSet` with `$each`).
    ///
    /// `{$addToSet: {path: {$each: values}}}`.
    ///
    /// Manual: [`$addToSet`](https://www.mongodb.com/docs/manual/reference/operator/update/addToSet/).
    #[doc(alias = "$addToSet")]
    #[doc(alias = "$each")]
    pub fn add_to_set_all<P: Target<M>, T: IntoValue<ElementOf<P::Value>>>(
        self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        values: impl IntoIterator<Item = T>,
    ) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: ArrayOf<P::Value>,
    {
        self.with("$addToSet", path, |out| {
            out.document(|out| {
                out.element("$each", |out| {
                    out.list(values, |value, out| value.into_stored().borrow().encode(out));
                    ElementType::Array
                });
            });
            ElementType::EmbeddedDocument
        })
    }

    /// Removes the first or the last element (`$pop`).
    ///
    /// `{$pop: {path: 1}}` for the last, `-1` for the first.
    ///
    /// Manual: [`$pop`](https://www.mongodb.com/docs/manual/reference/operator/update/pop/).
    #[doc(alias = "$pop")]
    pub fn pop<P: Target<M>>(self, path: impl FnOnce(Fields<M, Updating>) -> P, end: Pop) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: ArrayOf<P::Value>,
    {
        let end = match end {
            Pop::First => -1,
            Pop::Last => 1,
        };
        self.with("$pop", path, |out| end.encode(out))
    }

    /// Removes all elements that meet a condition (`$pull`).
    ///
    /// `{$pull: {path: {x: {$gt: 0}}}}` for documents, `{$pull: {path: {$gt: 0}}}` or
    /// `{$pull: {path: 5}}` for plain values.
    ///
    /// Manual: [`$pull`](https://www.mongodb.com/docs/manual/reference/operator/update/pull/).
    #[doc(alias = "$pull")]
    pub fn pull<P: Target<M>, C: Condition<ElementOf<P::Value>>>(
        mut self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        condition: impl FnOnce(Fields<ElementOf<P::Value>, Filtering>) -> C,
    ) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: ArrayOf<P::Value>,
    {
        match element_condition::<ElementOf<P::Value>, C>(condition, "$pull") {
            Ok(condition) => self.with("$pull", path, |out| condition.encode(out)),
            Err(error) => {
                self.statement.fail(error);
                self
            }
        }
    }

    /// Removes all elements that equal one of the values (`$pullAll`).
    ///
    /// `{$pullAll: {path: values}}`.
    ///
    /// Manual: [`$pullAll`](https://www.mongodb.com/docs/manual/reference/operator/update/pullAll/).
    #[doc(alias = "$pullAll")]
    pub fn pull_all<P: Target<M>, T: IntoValue<ElementOf<P::Value>>>(
        self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        values: impl IntoIterator<Item = T>,
    ) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: ArrayOf<P::Value>,
    {
        self.with("$pullAll", path, |out| {
            out.list(values, |value, out| value.into_stored().borrow().encode(out));
            ElementType::Array
        })
    }
}

/// `{$each: [value]}`: bare, a document such as `{$each: []}` would be obeyed.
pub(super) fn each_one(
    write: impl FnOnce(&mut Encoder) -> ElementType,
    out: &mut Encoder,
) -> ElementType {
    out.document(|out| {
        out.element("$each", |out| {
            out.document(|out| out.element("0", write));
            ElementType::Array
        });
    });
    ElementType::EmbeddedDocument
}
