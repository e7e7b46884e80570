//! Operators on numbers: `$inc`, `$mul`, `$bit`.

use std::borrow::Borrow;

use crate::{
    codec::{ElementType, Encode},
    error::Error,
    path::{
        Field, Fields, IntoValue, NaturallyStored, Updating,
        kind::{Bitwise, Numeric, Ranged},
    },
};

use super::{
    TakesOperators, Target, Update,
    operators::resolve,
    range::{self, Change},
};

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
    /// `{$inc: {path: by}}`, where `by` has the field's own type, so that the stored type stays.
    ///
    /// Unchecked: the server does not know the field's range, and a sum beyond it is stored and
    /// does not decode. Use [`checked_inc`](Self::checked_inc) where that may happen.
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

    /// Subtracts `by` from the number at the path (`$inc` by its negative); an absent field is
    /// created with the negative.
    ///
    /// `{$inc: {path: -by}}`. The way to count an unsigned field down.
    ///
    /// Unchecked, as [`inc`](Self::inc) is: an unsigned field can get below zero, and does not
    /// decode then. Use [`checked_dec`](Self::checked_dec) where that may happen.
    ///
    /// Manual: [`$inc`](https://www.mongodb.com/docs/manual/reference/operator/update/inc/).
    #[doc(alias = "$inc")]
    pub fn dec<P: Target<M>>(
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
        self.within(("$inc", Change::Less, false), path, by.into_stored().borrow())
    }

    /// Adds `by` to the number at the path if the sum is in the field's range (`$inc`): elsewhere
    /// the document does not match, and nothing is written.
    ///
    /// `{$inc: {path: by}}`, with the bound in the filter, or in the array filter behind `$[]`. A
    /// 64-bit field that another program has stored as a double or a decimal does not match: such
    /// sums are rounded.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "stock")]
    /// struct Stock { #[model(id)] id: i64, left: u8 }
    ///
    /// let update = Stock::update().filter(|s| s.id().eq(1)).checked_inc(|s| s.left(), 10);
    /// assert_eq!(
    ///     update.as_document()?,
    ///     doc! {
    ///         "q": { "_id": 1_i64, "$nor": [{ "left": { "$gt": 245_i64 } }] },
    ///         "u": { "$inc": { "left": 10 } },
    ///     },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$inc`](https://www.mongodb.com/docs/manual/reference/operator/update/inc/).
    #[doc(alias = "$inc")]
    pub fn checked_inc<P: Target<M>>(
        self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        by: impl IntoValue<OperandOf<P::Value>>,
    ) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: Numeric<P::Value, Operand: Encode> + Ranged<P::Value>,
    {
        self.within(("$inc", Change::More, true), path, by.into_stored().borrow())
    }

    /// Subtracts `by` from the number at the path if the difference is in the field's range
    /// (`$inc`): elsewhere the document does not match, and nothing is written. An unsigned field
    /// stops at zero.
    ///
    /// `{$inc: {path: -by}}`, with the bound in the filter, or in the array filter behind `$[]`.
    ///
    /// Manual: [`$inc`](https://www.mongodb.com/docs/manual/reference/operator/update/inc/).
    #[doc(alias = "$inc")]
    pub fn checked_dec<P: Target<M>>(
        self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        by: impl IntoValue<OperandOf<P::Value>>,
    ) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: Numeric<P::Value, Operand: Encode> + Ranged<P::Value>,
    {
        self.within(("$inc", Change::Less, true), path, by.into_stored().borrow())
    }

    /// Multiplies the number at the path by `by` (`$mul`); an absent field is created with zero.
    ///
    /// `{$mul: {path: by}}`, where `by` has the field's own type, so that the stored type stays.
    ///
    /// Unchecked: a product beyond the field's range is stored and does not decode. Use
    /// [`checked_mul`](Self::checked_mul) where that may happen.
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

    /// Multiplies the number at the path by `by` if the product is in the field's range (`$mul`):
    /// elsewhere the document does not match, and nothing is written.
    ///
    /// `{$mul: {path: by}}`, with the bounds in the filter, or in the array filter behind `$[]`.
    ///
    /// Manual: [`$mul`](https://www.mongodb.com/docs/manual/reference/operator/update/mul/).
    #[doc(alias = "$mul")]
    pub fn checked_mul<P: Target<M>>(
        self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        by: impl IntoValue<OperandOf<P::Value>>,
    ) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: Numeric<P::Value, Operand: Encode> + Ranged<P::Value>,
    {
        self.within(("$mul", Change::Times, true), path, by.into_stored().borrow())
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

    /// Adds `{operator: {path: …}}` for a change of a number; the bounds come from the field's
    /// range if they are asked for.
    fn within<P: Target<M>>(
        mut self,
        (operator, change, is_checked): (&'static str, Change, bool),
        path: impl FnOnce(Fields<M, Updating>) -> P,
        by: &impl Encode,
    ) -> Self
    where
        P::Value: Field,
    {
        let target = resolve::<M, P>(path);
        let range = P::Value::FACTS.range.filter(|_| is_checked);
        match range::of_change(change, by, range) {
            Ok((value, bounds)) => {
                self.statement.write_within(operator, target.as_path(), value, bounds);
            }
            Err(reason) => {
                self.statement.fail(Error::invalid(format!("`{}`: {reason}", target.as_path())))
            }
        }
        self
    }
}
