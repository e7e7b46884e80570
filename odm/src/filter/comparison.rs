//! Comparison with values.

use std::borrow::Borrow;

use crate::{
    codec::{ElementType, Encoder, FieldCodec},
    path::{Conditional, Direct, Handle, IntoValue},
};

use super::Filter;

/// Conditions that compare a field with values of its own type.
///
/// Values are encoded as the field stores them, `with = "…"` included.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Item { sku: String, qty: i64 }
///
/// let item = Item::fields();
/// assert_eq!(item.sku().eq("a").as_document()?, doc! { "sku": "a" });
/// assert_eq!(item.qty().gte(5).as_document()?, doc! { "qty": { "$gte": 5_i64 } });
/// # Ok::<(), odm::Error>(())
/// ```
///
/// Manual: [comparison operators](https://www.mongodb.com/docs/manual/reference/operator/query-comparison/).
pub trait Comparison: Handle {
    /// The field equals the value (`$eq`). An array field also equals it if one element does.
    ///
    /// Written as `{field: value}`, or with `$eq` if that would mean something else.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { sku: String }
    ///
    /// let item = Item::fields();
    /// assert_eq!(item.sku().eq("a").as_document()?, doc! { "sku": "a" });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$eq`](https://www.mongodb.com/docs/manual/reference/operator/query/eq/).
    #[doc(alias = "$eq")]
    fn eq<T>(&self, value: T) -> Filter<Self::Root>
    where
        T: IntoValue<Self::Value>,
        Self::Mode: Conditional,
        Self::Spec: FieldCodec<Self::Value>,
    {
        Filter::equal(self, encoded(self, value))
    }

    /// The field does not equal the value, or is absent (`$ne`). Behind `.any()`, no element equals
    /// it.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { sku: String }
    ///
    /// let item = Item::fields();
    /// assert_eq!(item.sku().ne("a").as_document()?, doc! { "sku": { "$ne": "a" } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$ne`](https://www.mongodb.com/docs/manual/reference/operator/query/ne/).
    #[doc(alias = "$ne")]
    fn ne<T>(&self, value: T) -> Filter<Self::Root>
    where
        T: IntoValue<Self::Value>,
        Self::Mode: Conditional,
        Self::Spec: FieldCodec<Self::Value>,
    {
        Filter::operator(self, "$ne", comparable(self, value))
    }

    /// The field is greater than the value (`$gt`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i32 }
    ///
    /// let item = Item::fields();
    /// assert_eq!(item.qty().gt(5).as_document()?, doc! { "qty": { "$gt": 5 } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$gt`](https://www.mongodb.com/docs/manual/reference/operator/query/gt/).
    #[doc(alias = "$gt")]
    fn gt<T>(&self, value: T) -> Filter<Self::Root>
    where
        T: IntoValue<Self::Value>,
        Self::Mode: Conditional,
        Self::Spec: FieldCodec<Self::Value>,
    {
        Filter::operator(self, "$gt", comparable(self, value))
    }

    /// The field is greater than the value or equal to it (`$gte`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i32 }
    ///
    /// let item = Item::fields();
    /// assert_eq!(item.qty().gte(5).as_document()?, doc! { "qty": { "$gte": 5 } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$gte`](https://www.mongodb.com/docs/manual/reference/operator/query/gte/).
    #[doc(alias = "$gte")]
    fn gte<T>(&self, value: T) -> Filter<Self::Root>
    where
        T: IntoValue<Self::Value>,
        Self::Mode: Conditional,
        Self::Spec: FieldCodec<Self::Value>,
    {
        Filter::operator(self, "$gte", comparable(self, value))
    }

    /// The field is less than the value (`$lt`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i32 }
    ///
    /// let item = Item::fields();
    /// assert_eq!(item.qty().lt(5).as_document()?, doc! { "qty": { "$lt": 5 } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$lt`](https://www.mongodb.com/docs/manual/reference/operator/query/lt/).
    #[doc(alias = "$lt")]
    fn lt<T>(&self, value: T) -> Filter<Self::Root>
    where
        T: IntoValue<Self::Value>,
        Self::Mode: Conditional,
        Self::Spec: FieldCodec<Self::Value>,
    {
        Filter::operator(self, "$lt", comparable(self, value))
    }

    /// The field is less than the value or equal to it (`$lte`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i32 }
    ///
    /// let item = Item::fields();
    /// assert_eq!(item.qty().lte(5).as_document()?, doc! { "qty": { "$lte": 5 } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$lte`](https://www.mongodb.com/docs/manual/reference/operator/query/lte/).
    #[doc(alias = "$lte")]
    fn lte<T>(&self, value: T) -> Filter<Self::Root>
    where
        T: IntoValue<Self::Value>,
        Self::Mode: Conditional,
        Self::Spec: FieldCodec<Self::Value>,
    {
        Filter::operator(self, "$lte", comparable(self, value))
    }

    /// The field equals one of the values (`$in`). An empty list of values matches no document.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { sku: String }
    ///
    /// let item = Item::fields();
    /// assert_eq!(item.sku().in_(["a", "b"]).as_document()?, doc! { "sku": { "$in": ["a", "b"] } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$in`](https://www.mongodb.com/docs/manual/reference/operator/query/in/).
    #[doc(alias = "$in")]
    fn in_<T>(&self, values: impl IntoIterator<Item = T>) -> Filter<Self::Root>
    where
        T: IntoValue<Self::Value>,
        Self::Mode: Conditional,
        Self::Spec: FieldCodec<Self::Value>,
    {
        Filter::operator(self, "$in", encoded_list(self, values))
    }

    /// The field equals none of the values, or is absent (`$nin`). Behind `.any()`, no element
    /// equals one of them. An empty list of values matches every document.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { sku: String }
    ///
    /// let item = Item::fields();
    /// assert_eq!(item.sku().nin(["a", "b"]).as_document()?, doc! { "sku": { "$nin": ["a", "b"] } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$nin`](https://www.mongodb.com/docs/manual/reference/operator/query/nin/).
    #[doc(alias = "$nin")]
    fn nin<T>(&self, values: impl IntoIterator<Item = T>) -> Filter<Self::Root>
    where
        T: IntoValue<Self::Value>,
        Self::Mode: Conditional,
        Self::Spec: FieldCodec<Self::Value>,
    {
        Filter::operator(self, "$nin", encoded_list(self, values))
    }
}

impl<H: Handle<Mode: Direct>> Comparison for H {}

/// Writes a value as the field of `_handle` stores it.
fn encoded<H: Handle, T: IntoValue<H::Value>>(
    _handle: &H,
    value: T,
) -> impl FnOnce(&mut Encoder) -> ElementType + use<H, T>
where
    H::Spec: FieldCodec<H::Value>,
{
    |out| H::Spec::encode(value.into_stored().borrow(), out)
}

/// The same for operators that take a regular expression for a pattern, or not at all.
fn comparable<H: Handle, T: IntoValue<H::Value>>(
    _handle: &H,
    value: T,
) -> impl FnOnce(&mut Encoder) -> ElementType + use<H, T>
where
    H::Spec: FieldCodec<H::Value>,
{
    |out| value_not_pattern(H::Spec::encode(value.into_stored().borrow(), out), out)
}

fn encoded_list<H: Handle, T: IntoValue<H::Value>, I: IntoIterator<Item = T>>(
    _handle: &H,
    values: I,
) -> impl FnOnce(&mut Encoder) -> ElementType + use<H, T, I>
where
    H::Spec: FieldCodec<H::Value>,
{
    |out| {
        out.list(values, |value, out| {
            value_not_pattern(H::Spec::encode(value.into_stored().borrow(), out), out)
        });
        ElementType::Array
    }
}

fn value_not_pattern(kind: ElementType, out: &mut Encoder) -> ElementType {
    if kind == ElementType::RegularExpression {
        out.fail("a regular expression would be taken for a pattern: only `eq` compares with one");
    }
    kind
}
