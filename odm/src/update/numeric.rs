//! Operators on numbers: `$inc`, `$mul`, `$bit`.

use std::borrow::Borrow;

use crate::{
    codec::{ElementType, Encode},
    path::{
        Field, Fields, IntoValue, NaturallyStored, Updating,
        kind::{Bitwise, Numeric},
    },
};

use super::{TakesOperators, Target, Update};

/// A bitwise operation of [`Update::bit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bit<T> {
    /// Keeps the bits that are set in the mask.
    And(T),
    /// Sets the bits that are set in the mask.
    Or(T),
    /// Flips the bits that are set in the mask.
    Xor(T),
}

/// The type of what a number is changed by.
type OperandOf<V> = <<V as Field>::Kind as Numeric<V>>::Operand;

/// The type of what bits are changed by.
type MaskOf<V> = <<V as Field>::Kind as Bitwise<V>>::Mask;

impl<M: Field, F, K> Update<M, F, K> {
    /// Adds `by` to the number at the path (`$inc`); an absent field is created with `by`.
    ///
    /// `{$inc: {path: by}}`, where `by` has the field's own type, so that the stored type stays. The
    /// server does not know the field's range: a sum beyond it is stored, and does not decode. An
    /// `Option` that is stored as null cannot be incremented: leave it out of the document with
    /// `skip_serializing_if = "Option::is_none"`.
    ///
    /// Manual: [`$inc`](https://www.mongodb.com/docs/manual/reference/operator/update/inc/).
    #[doc(alias = "$inc")]
    pub fn inc<P: Target<M>>(
        self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        by: impl IntoValue<OperandOf<P::Value>>,
    ) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: Numeric<P::Value, Operand: Encode>,
    {
        self.with("$inc", path, |out| by.into_stored().borrow().encode(out))
    }

    /// Multiplies the number at the path by `by` (`$mul`); an absent field is created with zero.
    ///
    /// `{$mul: {path: by}}`, where `by` has the field's own type, so that the stored type stays.
    ///
    /// Manual: [`$mul`](https://www.mongodb.com/docs/manual/reference/operator/update/mul/).
    #[doc(alias = "$mul")]
    pub fn mul<P: Target<M>>(
        self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        by: impl IntoValue<OperandOf<P::Value>>,
    ) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: Numeric<P::Value, Operand: Encode>,
    {
        self.with("$mul", path, |out| by.into_stored().borrow().encode(out))
    }

    /// Changes bits of the integer at the path (`$bit`).
    ///
    /// `{$bit: {path: {or: mask}}}`.
    ///
    /// Manual: [`$bit`](https://www.mongodb.com/docs/manual/reference/operator/update/bit/).
    #[doc(alias = "$bit")]
    pub fn bit<P: Target<M>, T: IntoValue<MaskOf<P::Value>>>(
        self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        operation: Bit<T>,
    ) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: Bitwise<P::Value, Mask: Encode>,
    {
        let (name, mask) = match operation {
            Bit::And(mask) => ("and", mask),
            Bit::Or(mask) => ("or", mask),
            Bit::Xor(mask) => ("xor", mask),
        };
        self.with("$bit", path, |out| {
            out.document(|out| out.field(name, mask.into_stored().borrow()));
            ElementType::EmbeddedDocument
        })
    }
}
