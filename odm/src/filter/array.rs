//! Conditions on whole arrays.

use std::borrow::Borrow;

use crate::{
    codec::{ElementType, Encode, EncodeError, FieldCodec, RawValue},
    path::{
        Conditional, Direct, Field, Handle, IntoValue, NaturallyStored, Required, kind::Sequence,
    },
};

use super::{Filter, make::needs_operator};

/// The type of the elements of an array type.
pub(super) type ElementOf<V> = <<V as Field>::Kind as Sequence<V>>::Element;

/// Conditions on arrays.
///
/// Manual: [array operators](https://www.mongodb.com/docs/manual/reference/operator/query-array/).
pub trait ArrayConditions: Handle {
    /// One element equals the value: `{nums: 5}`.
    ///
    /// Null and arrays are written with `$elemMatch`. Without it, they would match a field that is
    /// absent, or an array as a whole.
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

    /// Every value is among the elements (`$all`). An empty list of values matches no document.
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
        let path = self.as_path().to_string();
        all(
            self,
            values.into_iter().map(|value| {
                RawValue::write(&path, |out| Required::encode(value.into_stored().borrow(), out))
            }),
        )
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
    /// # Errors
    ///
    /// More than `i32::MAX` elements, which the server refuses.
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
            Err(_) => {
                out.fail(format!("no array has {elements} elements: the most are {}", i32::MAX));
                ElementType::Null
            }
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
    if handle.as_path().is_element() {
        return by_element();
    }
    let mut kind = ElementType::Null;
    let plain = Filter::equal_element(handle, |out| {
        kind = value.encode(out);
        kind
    });
    match kind {
        ElementType::Null | ElementType::Array => by_element(),
        _ => plain,
    }
}

/// `{$all: values}`; with `$elemMatch` where a plain value would be taken for something else, which
/// the server takes for all values or for none.
fn all<H: Handle>(
    handle: &H,
    values: impl Iterator<Item = Result<RawValue, EncodeError>>,
) -> Filter<H::Root> {
    let values = match values.collect::<Result<Vec<_>, _>>() {
        Ok(values) => values,
        Err(error) => return Filter::from_node(Err(error.into())),
    };
    let by_element = handle.as_path().is_element() || values.iter().any(needs_operator);
    Filter::operator(handle, "$all", |out| {
        out.list(values, |value, out| match by_element {
            true => {
                let equal = RawValue::operator("$eq", &value);
                RawValue::operator("$elemMatch", &equal).encode(out)
            }
            false => value.encode(out),
        });
        ElementType::Array
    })
}
