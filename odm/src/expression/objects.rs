//! Objects: maps and their entries, sizes.

use std::collections::{BTreeMap, HashMap};

use crate::path::{Field, IntoKey, Lift, kind};

use super::{Code, Expr, Expression, Fits, ItemOf, ListOf, Operand};

/// Maps.
#[diagnostic::on_unimplemented(
    message = "a map is needed here, and this is a `{Self}`",
    label = "not a map"
)]
pub trait MapLike: Field {
    /// The type of the keys.
    type Key;
    /// The type of the values.
    type Value: Field;
}
#[diagnostic::do_not_recommend]
impl<K, V: Field> MapLike for BTreeMap<K, V>
where
    Self: Field,
{
    type Key = K;
    type Value = V;
}
#[diagnostic::do_not_recommend]
impl<K, V: Field, H> MapLike for HashMap<K, V, H>
where
    Self: Field,
{
    type Key = K;
    type Value = V;
}

/// The type of the keys of a map, which may be in an `Option`.
type KeyOf<V> = <<V as Field>::Inner as MapLike>::Key;

/// The type of the values of a map.
type EntryOf<V> = <<V as Field>::Inner as MapLike>::Value;

/// The map of the entries in an array.
type MapOf<V> = BTreeMap<String, <ItemOf<V> as IsEntry>::Value>;

/// An entry of a map, as an element of an array.
#[derive(Clone, Debug, PartialEq, Eq, odm_derive::Embedded)]
pub struct Entry<V> {
    /// The key.
    #[model(rename = "k")]
    pub key: String,
    /// The value.
    #[model(rename = "v", null)]
    pub value: V,
}

/// Elements that are entries of a map: [`Entry`], and pairs of text and a value.
#[diagnostic::on_unimplemented(
    message = "entries of a map are needed here, and this is a `{Self}`",
    label = "not an `Entry<V>`, nor a pair `(String, V)`"
)]
pub trait IsEntry {
    /// The type of the values.
    type Value: Field;
}
#[diagnostic::do_not_recommend]
impl<V: Field> IsEntry for Entry<V> {
    type Value = V;
}
#[diagnostic::do_not_recommend]
impl<V: Field> IsEntry for (String, V) {
    type Value = V;
}

/// Maps and their entries. Null makes null.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Item { labels: BTreeMap<String, i32>, more: BTreeMap<String, i32> }
///
/// let many = Item::expr(|i| {
///     i.labels().merge_objects(i.more()).entries().filter(|e| e.value().gt(5)).len().gt(3)
/// });
/// assert_eq!(
///     many.as_document()?,
///     doc! { "$expr": { "$gt": [
///         { "$size": { "$filter": {
///             "input": { "$objectToArray": { "$mergeObjects": ["$labels", "$more"] } },
///             "as": "v1",
///             "cond": { "$gt": ["$$v1.v", 5] },
///         } } },
///         3,
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub trait Objects: Expression {
    /// The entries of the map as an array (`$objectToArray`).
    ///
    /// Manual: [`$objectToArray`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/objectToArray/).
    #[doc(alias = "$objectToArray")]
    fn entries(&self) -> Expr<Self::Root, Lift<Self::Value, Vec<Entry<EntryOf<Self::Value>>>>>
    where
        Self::Value: Field<Inner: MapLike>,
    {
        Expr::unary("$objectToArray", self.expr())
    }

    /// The map of these entries (`$arrayToObject`): of [`Entry`], or of pairs as
    /// [`zip`](super::ArrayBuilders::zip) makes them. Of equal keys, the last one stays.
    ///
    /// An entry that is stored without its value is the server's error.
    ///
    /// Manual: [`$arrayToObject`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/arrayToObject/).
    #[doc(alias = "$arrayToObject")]
    fn to_object(&self) -> Expr<Self::Root, Lift<Self::Value, MapOf<Self::Value>>>
    where
        <Self::Value as Field>::Kind: ListOf<Self::Value, Item: IsEntry>,
    {
        Expr::new(self.expr().into_settled().and_then(|array| Code::unary("$arrayToObject", array)))
    }

    /// The entries of both maps (`$mergeObjects`); of equal keys, that of the other one. Null has no
    /// entries.
    ///
    /// Manual: [`$mergeObjects`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/mergeObjects/).
    #[doc(alias = "$mergeObjects")]
    fn merge_objects<O>(&self, other: O) -> Expr<Self::Root, <Self::Value as Field>::Inner>
    where
        Self::Value: Field<Inner: MapLike>,
        O: Operand<Self::Root>,
        O::Value: Field<Inner: MapLike<Key = KeyOf<Self::Value>, Value = EntryOf<Self::Value>>>,
    {
        Expr::list("$mergeObjects", [self.expr().code, other.into_expr().code])
    }

    /// The value of a key (`$getField`, MongoDB 5.0), null if there is none. Unlike a path, it takes
    /// any key, with a dot or a `$` too.
    ///
    /// Manual: [`$getField`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/getField/).
    #[doc(alias = "$getField")]
    fn get_field(
        &self,
        key: impl IntoKey<KeyOf<Self::Value>>,
    ) -> Expr<Self::Root, Option<<EntryOf<Self::Value> as Field>::Inner>>
    where
        Self::Value: Field<Inner: MapLike>,
    {
        let key = Code::literal(&key.into_key());
        Expr::named("$getField", [("field", key), ("input", self.expr().code)])
    }

    /// The map with a value for a key (`$setField`, MongoDB 5.0).
    ///
    /// Manual: [`$setField`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/setField/).
    #[doc(alias = "$setField")]
    fn set_field<O>(
        &self,
        key: impl IntoKey<KeyOf<Self::Value>>,
        value: O,
    ) -> Expr<Self::Root, Self::Value>
    where
        Self::Value: Field<Inner: MapLike>,
        O: Operand<Self::Root>,
        O::Value: Fits<EntryOf<Self::Value>>,
    {
        let value = value.into_expr().into_fitting::<EntryOf<Self::Value>>();
        let key = Code::literal(&key.into_key());
        let value = value.and_then(Code::or_null);
        Expr::named("$setField", [("field", key), ("input", self.expr().code), ("value", value)])
    }

    /// The map without a key (`$unsetField`, MongoDB 5.0).
    ///
    /// Manual: [`$unsetField`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/unsetField/).
    #[doc(alias = "$unsetField")]
    fn unset_field(&self, key: impl IntoKey<KeyOf<Self::Value>>) -> Expr<Self::Root, Self::Value>
    where
        Self::Value: Field<Inner: MapLike>,
    {
        let key = Code::literal(&key.into_key());
        Expr::named("$unsetField", [("field", key), ("input", self.expr().code)])
    }

    /// The size in bytes of text or binary data (`$binarySize`).
    ///
    /// Manual: [`$binarySize`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/binarySize/).
    #[doc(alias = "$binarySize")]
    fn binary_size(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: OfBytes<Self::Value>,
    {
        Expr::unary("$binarySize", self.expr())
    }

    /// The size in bytes of a document or a map as BSON (`$bsonSize`). An enum's
    /// variant that is stored as text is the server's error.
    ///
    /// Manual: [`$bsonSize`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/bsonSize/).
    #[doc(alias = "$bsonSize")]
    fn bson_size(&self) -> Expr<Self::Root, Lift<Self::Value, i32>>
    where
        <Self::Value as Field>::Kind: OfFields<Self::Value>,
    {
        Expr::unary("$bsonSize", self.expr())
    }
}

impl<E: Expression> Objects for E {}

/// Kinds of text and of binary data.
#[diagnostic::on_unimplemented(
    message = "text or binary data is needed here, and this is a `{V}`",
    label = "neither text nor binary data"
)]
pub trait OfBytes<V> {}
#[diagnostic::do_not_recommend]
impl<V> OfBytes<V> for kind::Text {}
#[diagnostic::do_not_recommend]
impl<V> OfBytes<V> for kind::Binary {}

/// Kinds of documents and maps.
#[diagnostic::on_unimplemented(
    message = "a document or a map is needed here, and this is a `{V}`",
    label = "neither a document nor a map"
)]
pub trait OfFields<V> {}
#[diagnostic::do_not_recommend]
impl<V> OfFields<V> for kind::Document {}
#[diagnostic::do_not_recommend]
impl<V, E> OfFields<V> for kind::Dictionary<E> {}
