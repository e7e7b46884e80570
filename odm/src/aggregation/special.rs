//! Stages that a pipeline begins with, and `$redact`.

use std::marker::PhantomData;

use mongodb::bson::{Document, doc};

use crate::{
    error::Result,
    expression::{Code, Operand, Truth, column_path},
    filter::Condition,
    geo::Point,
    path::{Field, Filtering, Handle, Reading, kind::Geographic},
    row::{Layout, Row, RowFields, With, column_name},
};

use super::{Pipeline, pipeline::stage, stages::conditions};

impl<In, D: Row> Pipeline<In, D> {
    /// The distance from a point, nearest first (`$geoNear`): rows are pairs of the document and its
    /// distance in metres. Documents without a place are left out. The field has a `2dsphere` index.
    ///
    /// ```
    /// use odm::{geo::Point, prelude::*};
    ///
    /// #[derive(Model)]
    /// struct Shop { #[model(id)] id: i64, place: Point }
    ///
    /// let near = Shop::aggregate()
    ///     .geo_near(|s| s.place(), Point::new(7.4, 46.9), |near| near.max_distance(500.0));
    /// assert_eq!(
    ///     near.stages()?,
    ///     [doc! { "$geoNear": {
    ///         "near": { "type": "Point", "coordinates": [7.4, 46.9] },
    ///         "key": "place",
    ///         "distanceField": "_c0",
    ///         "spherical": true,
    ///         "maxDistance": 500.0,
    ///     } }],
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Behind another stage: the server takes it as the first one only.
    ///
    /// Manual: [`$geoNear`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/geoNear/).
    #[doc(alias = "$geoNear")]
    pub fn geo_near<H>(
        self,
        place: impl FnOnce(RowFields<D, Reading>) -> H,
        near: Point,
        options: impl FnOnce(GeoNear<D>) -> GeoNear<D>,
    ) -> Pipeline<In, With<D, f64>>
    where
        H: Handle<Root = D, Value: Field>,
        <H::Value as Field>::Kind: Geographic<H::Value>,
    {
        let key = column_path(place(self.reading()).as_path());
        let options = options(GeoNear::new());
        let made = self.first_stage("$geoNear").and_then(|()| {
            let mut fields = vec![
                ("near".into(), Code::encoded(&near)?),
                ("key".into(), Code::encoded(&key?)?),
                ("distanceField".into(), Code::encoded(&column_name(D::ADDED))?),
                ("spherical".into(), Code::encoded(&true)?),
            ];
            for (name, metres) in [("minDistance", options.least), ("maxDistance", options.most)] {
                if let Some(metres) = metres {
                    fields.push((name.into(), Code::encoded(&metres)?));
                }
            }
            if let Some(condition) = options.condition {
                fields.push(("query".into(), condition?));
            }
            Code::unary("$geoNear", Code::document(fields)?)
        });
        self.then_column([made])
    }

    /// Only rows that meet a condition, the documents inside them too (`$redact`): a document that
    /// does not meet it is cut out with all that is in it. The condition is on each level's own
    /// fields.
    ///
    /// Manual: [`$redact`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/redact/).
    #[doc(alias = "$redact")]
    pub fn redact<E>(self, condition: impl FnOnce(RowFields<D, Reading>) -> E) -> Self
    where
        E: Operand<D>,
        E::Value: Truth,
    {
        let condition = condition(self.reading()).into_expr().into_code();
        let decision = condition.and_then(|condition| {
            let (descend, prune) = (Code::field("$$DESCEND")?, Code::field("$$PRUNE")?);
            Code::call("$cond", vec![condition, descend, prune])
        });
        self.push(stage("$redact", decision))
    }

    /// A full-text search of MongoDB Atlas (`$search`), written by hand; it is the first stage.
    ///
    /// # Errors
    ///
    /// Behind another stage.
    ///
    /// Manual: [`$search`](https://www.mongodb.com/docs/atlas/atlas-search/query-syntax/).
    #[doc(alias = "$search")]
    pub fn search(self, search: Document) -> Self {
        let made = self.first_stage("$search");
        self.push(made.and_then(|()| Code::encoded(&doc! { "$search": search })))
    }

    /// A vector search of MongoDB Atlas (`$vectorSearch`, from MongoDB 6.0.11), written by hand; it
    /// is the first stage.
    ///
    /// # Errors
    ///
    /// Behind another stage.
    ///
    /// Manual: [`$vectorSearch`](https://www.mongodb.com/docs/atlas/atlas-vector-search/vector-search-stage/).
    #[doc(alias = "$vectorSearch")]
    pub fn vector_search(self, search: Document) -> Self {
        let made = self.first_stage("$vectorSearch");
        self.push(made.and_then(|()| Code::encoded(&doc! { "$vectorSearch": search })))
    }
}

/// The options of [`geo_near`](Pipeline::geo_near).
#[derive(Debug)]
#[must_use = "options do nothing by themselves"]
pub struct GeoNear<D> {
    least: Option<f64>,
    most: Option<f64>,
    condition: Option<Result<Code>>,
    row: PhantomData<fn() -> D>,
}

impl<D: Row> GeoNear<D> {
    fn new() -> Self {
        Self { least: None, most: None, condition: None, row: PhantomData }
    }

    /// Not nearer than this many metres.
    pub fn min_distance(mut self, metres: f64) -> Self {
        self.least = Some(metres);
        self
    }

    /// Not further than this many metres.
    pub fn max_distance(mut self, metres: f64) -> Self {
        self.most = Some(metres);
        self
    }

    /// Only documents that meet the condition.
    pub fn filter<C: Condition<D>>(
        mut self,
        condition: impl FnOnce(RowFields<D, Filtering>) -> C,
    ) -> Self {
        self.condition = Some(conditions(&Layout::default(), "`geo_near`", condition));
        self
    }
}
