//! What the server knows: chance, metadata, timestamps, hashes.

use mongodb::bson::{Bson, Document, Timestamp};

use crate::path::{Field, Lift, kind};

use super::{Code, Expr, Expression};

/// A number from 0 up to 1, another one for each document (`$rand`).
///
/// ```
/// use odm::{expression::rand, prelude::*};
///
/// #[derive(Embedded)]
/// struct Item { weight: f64 }
///
/// let some = Item::expr(|i| rand().lt(i.weight()));
/// assert_eq!(some.as_document()?, doc! { "$expr": { "$lt": [{ "$rand": {} }, "$weight"] } });
/// # Ok::<(), odm::Error>(())
/// ```
///
/// Manual: [`$rand`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/rand/).
#[doc(alias = "$rand")]
pub fn rand<R>() -> Expr<R, f64> {
    Expr::named("$rand", [])
}

/// The whole row (`$$ROOT`), as the closure's argument itself is.
///
/// Manual: [`ROOT`](https://www.mongodb.com/docs/manual/reference/aggregation-variables/).
#[doc(alias = "$$ROOT")]
#[doc(alias = "$$CURRENT")]
pub fn root<R: Field>() -> Expr<R, R> {
    Expr::new(Code::field("$$ROOT"))
}

/// The logical time of the cluster (`$$CLUSTER_TIME`); a single server has none.
///
/// Manual: [`CLUSTER_TIME`](https://www.mongodb.com/docs/manual/reference/aggregation-variables/).
#[doc(alias = "$$CLUSTER_TIME")]
pub fn cluster_time<R>() -> Expr<R, Timestamp> {
    Expr::new(Code::field("$$CLUSTER_TIME"))
}

/// `{$meta: name}`
fn meta<R, T: Field>(name: &'static str) -> Expr<R, T> {
    Expr::new(Code::literal(name).and_then(|name| Code::unary("$meta", name)))
}

macro_rules! metadata {
    ($($name:ident: $meta:literal => $type:ty, $documentation:literal;)*) => {$(
        #[doc = $documentation]
        ///
        /// Manual: [`$meta`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/meta/).
        #[doc(alias = "$meta")]
        #[doc(alias = $meta)]
        pub fn $name<R>() -> Expr<R, $type> {
            meta($meta)
        }
    )*};
}

metadata! {
    text_score: "textScore" => f64,
        "How well the document matches the text search of the filter (`$meta: \"textScore\"`). Without a text search it is the server's error.";
    search_score: "searchScore" => Option<f64>,
        "How well the document matches an Atlas search; null without one.";
    search_score_details: "searchScoreDetails" => Option<Document>,
        "How the score of an Atlas search came about; null if it was not asked for.";
    search_highlights: "searchHighlights" => Option<Vec<Document>>,
        "The places that an Atlas search found; null if they were not asked for.";
    vector_search_score: "vectorSearchScore" => Option<f64>,
        "How near the document is in an Atlas vector search; null without one. From MongoDB 7.0.";
    index_key: "indexKey" => Option<Document>,
        "The key of the index that the document was found by; null if no index was used.";
    record_id: "recordId" => Option<Bson>,
        "The number of the document in the storage; null where the server does not give it.";
    rand_val: "randVal" => Option<f64>,
        "The random number that `$sample` drew for the document; null without `$sample`.";
    geo_near_distance: "geoNearDistance" => Option<f64>,
        "The distance that `$geoNear` found; null without it.";
    geo_near_point: "geoNearPoint" => Option<Bson>,
        "The place that `$geoNear` measured the distance to; null without it.";
}

/// Timestamps and hashes. Null makes null.
pub trait Internals: Expression {
    /// The seconds since 1970 of a timestamp (`$tsSecond`, MongoDB 5.1).
    ///
    /// ```
    /// use odm::{bson::Timestamp, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Change { at: Timestamp }
    ///
    /// let early = Change::expr(|c| c.at().ts_second().lt(1_700_000_000_i64));
    /// assert_eq!(
    ///     early.as_document()?,
    ///     doc! { "$expr": { "$lt": [{ "$tsSecond": "$at" }, 1_700_000_000_i64] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$tsSecond`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/tsSecond/).
    #[doc(alias = "$tsSecond")]
    fn ts_second(&self) -> Expr<Self::Root, Lift<Self::Value, i64>>
    where
        <Self::Value as Field>::Kind: Stamped<Self::Value>,
    {
        Expr::unary("$tsSecond", self.expr())
    }

    /// The number of a timestamp within its second (`$tsIncrement`, MongoDB 5.1).
    ///
    /// Manual: [`$tsIncrement`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/tsIncrement/).
    #[doc(alias = "$tsIncrement")]
    fn ts_increment(&self) -> Expr<Self::Root, Lift<Self::Value, i64>>
    where
        <Self::Value as Field>::Kind: Stamped<Self::Value>,
    {
        Expr::unary("$tsIncrement", self.expr())
    }

    /// The hash by which a hashed index finds the value (`$toHashedIndexKey`); null has one too.
    ///
    /// Manual: [`$toHashedIndexKey`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/toHashedIndexKey/).
    #[doc(alias = "$toHashedIndexKey")]
    fn to_hashed_index_key(&self) -> Expr<Self::Root, i64> {
        Expr::unary("$toHashedIndexKey", self.expr())
    }
}

impl<E: Expression> Internals for E {}

/// Kinds of timestamps.
#[diagnostic::on_unimplemented(
    message = "a `Timestamp` is needed here, and this is a `{V}`",
    label = "not a `Timestamp`"
)]
pub trait Stamped<V> {}
#[diagnostic::do_not_recommend]
impl<V> Stamped<V> for kind::Timestamp {}
