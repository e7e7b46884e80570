//! Conditions on whole arrays.

use std::borrow::Borrow;

use crate::{
    codec::{ElementType, Encode, Encoder, FieldCodec},
    path::{
        Conditional, Direct, Field, Handle, IntoValue, NaturallyStored, Required, kind::Sequence,
    },
};

use super::{Filter, comparison::value_not_pattern};

/// The type of the elements of an array type.
pub(super) type ElementOf<V> = <<V as Field>::Kind as Sequence<V>>::Element;

/// Conditions on arrays.
///
/// Manual: [array operators](https://www.mongodb.com/docs/manual/reference/operator/query-array/).
pub trait ArrayConditions: Handle {
    /// One element equals the value: `{nums: 5}`.
    ///
    /// Null and arrays are looked for with `$elemMatch`: plain, they would match a field that is
    /// absent, or that is the array as a whole.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { nums: Vec<i32> }
    ///
    /// assert_eq!(Item::fields().nums().contains(5).as_document()?, doc! { "nums": 5 });
    /// # Ok::<(), odm::Error>(())
    /// ```
    fn contains<T>(&self, value: T) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: Sequence<Self::Value, Element: Field>>,
        Self::Spec: NaturallyStored,
        T: IntoValue<ElementOf<Self::Value>>,
    {
        contains(self, value.into_stored().borrow())
    }

    /// Every value is among the elements (`$all`); no values match nothing.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { tags: Vec<String> }
    ///
    /// assert_eq!(
    ///     Item::fields().tags().all(["a", "b"]).as_document()?,
    ///     doc! { "tags": { "$all": ["a", "b"] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$all`](https://www.mongodb.com/docs/manual/reference/operator/query/all/).
    #[doc(alias = "$all")]
    fn all<T>(&self, values: impl IntoIterator<Item = T>) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: Sequence<Self::Value, Element: Field>>,
        Self::Spec: NaturallyStored,
        T: IntoValue<ElementOf<Self::Value>>,
    {
        let is_nested = self.as_path().is_element;
        Filter::operator(self, "$all", |out| {
            out.list(values, |value, out| match is_nested {
                true => element_equal(value.into_stored().borrow(), out),
                false => {
                    value_not_pattern(Required::encode(value.into_stored().borrow(), out), out)
                }
            });
            ElementType::Array
        })
    }

    /// The array has this many elements (`$size`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { nums: Vec<i32> }
    ///
    /// assert_eq!(Item::fields().nums().size(2).as_document()?, doc! { "nums": { "$size": 2 } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$size`](https://www.mongodb.com/docs/manual/reference/operator/query/size/).
    #[doc(alias = "$size")]
    fn size(&self, elements: u32) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: Sequence<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        Filter::operator(self, "$size", |out| match i32::try_from(elements) {
            Ok(elements) => elements.encode(out),
            Err(_) => elements.encode(out),
        })
    }
}

impl<H: Handle<Mode: Direct>> ArrayConditions for H {}

fn contains<H: Handle, E: Field>(handle: &H, value: &E) -> Filter<H::Root> {
    let by_element = || {
        Filter::operator(handle, "$elemMatch", |out| {
            out.document(|out| out.field("$eq", value));
            ElementType::EmbeddedDocument
        })
    };
    if handle.as_path().is_element {
        return by_element();
    }
    let mut kind = ElementType::Null;
    let plain = Filter::equal(handle, |out| {
        kind = value.encode(out);
        kind
    });
    match kind {
        ElementType::Null | ElementType::Array => by_element(),
        _ => plain,
    }
}

/// `{$elemMatch: {$eq: value}}`.
fn element_equal<E: Field>(value: &E, out: &mut Encoder) -> ElementType {
    out.document(|out| {
        out.element("$elemMatch", |out| {
            out.document(|out| out.field("$eq", value));
            ElementType::EmbeddedDocument
        });
    });
    ElementType::EmbeddedDocument
}
