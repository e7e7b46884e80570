//! Presence and type of a field.

use crate::{
    codec::{ElementType, Encode},
    path::{Conditional, Direct, Handle, NaturallyStored, Nullable},
};

use super::Filter;

/// Conditions on whether a field is there, and of which type.
///
/// Manual: [element operators](https://www.mongodb.com/docs/manual/reference/operator/query-element/).
pub trait Presence: Handle {
    /// The field is in the document, even as null (`$exists: true`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { note: Option<String> }
    ///
    /// assert_eq!(Item::fields().note().exists().as_document()?, doc! { "note": { "$exists": true } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$exists`](https://www.mongodb.com/docs/manual/reference/operator/query/exists/).
    #[doc(alias = "$exists")]
    fn exists(&self) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
    {
        Filter::operator(self, "$exists", |out| true.encode(out))
    }

    /// The field is not in the document (`$exists: false`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { note: Option<String> }
    ///
    /// assert_eq!(Item::fields().note().is_absent().as_document()?, doc! { "note": { "$exists": false } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$exists`](https://www.mongodb.com/docs/manual/reference/operator/query/exists/).
    #[doc(alias = "$exists")]
    fn is_absent(&self) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
    {
        Filter::operator(self, "$exists", |out| false.encode(out))
    }

    /// The field is null or not in the document, which both read as `None`: `{field: null}`.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { note: Option<String> }
    ///
    /// assert_eq!(Item::fields().note().is_null().as_document()?, doc! { "note": null });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [null or missing fields](https://www.mongodb.com/docs/manual/tutorial/query-for-null-fields/).
    fn is_null(&self) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Nullable,
        Self::Spec: NaturallyStored,
    {
        Filter::equal(self, |_| ElementType::Null)
    }

    /// The field is there and not null: `{field: {$ne: null}}`.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { note: Option<String> }
    ///
    /// assert_eq!(Item::fields().note().is_some().as_document()?, doc! { "note": { "$ne": null } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$ne`](https://www.mongodb.com/docs/manual/reference/operator/query/ne/).
    fn is_some(&self) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Nullable,
        Self::Spec: NaturallyStored,
    {
        Filter::operator(self, "$ne", |_| ElementType::Null)
    }

    /// The stored value is of a BSON type, whatever the model says (`$type`). An array also has the
    /// types of its elements.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i32 }
    ///
    /// assert_eq!(Item::fields().qty().is_type(odm::codec::ElementType::Int32).as_document()?, doc! { "qty": { "$type": 16 } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$type`](https://www.mongodb.com/docs/manual/reference/operator/query/type/).
    #[doc(alias = "$type")]
    fn is_type(&self, kind: ElementType) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
    {
        Filter::operator(self, "$type", |out| type_number(kind).encode(out))
    }

    /// The stored value is of one of the BSON types (`$type`).
    ///
    /// ```
    /// use odm::{codec::ElementType, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i32 }
    ///
    /// let filter = Item::fields().qty().is_any_type([ElementType::String, ElementType::Null]);
    /// assert_eq!(filter.as_document()?, doc! { "qty": { "$type": [2, 10] } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An empty list of types.
    ///
    /// Manual: [`$type`](https://www.mongodb.com/docs/manual/reference/operator/query/type/).
    #[doc(alias = "$type")]
    fn is_any_type(&self, kinds: impl IntoIterator<Item = ElementType>) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
    {
        Filter::operator(self, "$type", |out| {
            let mut kinds = kinds.into_iter().peekable();
            if kinds.peek().is_none() {
                out.fail("a type is needed, and none was given");
            }
            out.list(kinds, |kind, out| type_number(kind).encode(out));
            ElementType::Array
        })
    }

    /// The stored value is a number of any type (`$type: "number"`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i32 }
    ///
    /// assert_eq!(Item::fields().qty().is_number().as_document()?, doc! { "qty": { "$type": "number" } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$type`](https://www.mongodb.com/docs/manual/reference/operator/query/type/).
    #[doc(alias = "$type")]
    fn is_number(&self) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
    {
        Filter::operator(self, "$type", |out| "number".encode(out))
    }
}

impl<H: Handle<Mode: Direct>> Presence for H {}

/// The server's number of a type, which is the byte on the wire as a signed number.
fn type_number(kind: ElementType) -> i32 {
    match kind {
        ElementType::MinKey => -1,
        other => other as i32,
    }
}
