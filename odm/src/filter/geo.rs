//! Conditions on places.

mod area;
mod near;

use crate::{
    codec::ElementType,
    geo::Geometry,
    path::{Conditional, Direct, Field, Handle, NaturallyStored, kind},
};

use super::{Filter, uses::Uses};

pub use self::{
    area::{Area, IntoArea},
    near::{IntoNear, Near},
};

/// Conditions on places: fields of the types of [`geo`](crate::geo), and pairs `[f64; 2]` of
/// longitude and latitude, or of coordinates on a plane.
///
/// Manual: [geospatial operators](https://www.mongodb.com/docs/manual/reference/operator/query-geospatial/).
pub trait GeoConditions: Handle {
    /// The place is wholly inside an area (`$geoWithin`).
    ///
    /// ```
    /// use odm::{geo::{Point, Polygon}, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Shop { place: Point }
    ///
    /// let triangle = Polygon::new([[0.0, 0.0], [5.0, 0.0], [5.0, 5.0], [0.0, 0.0]]);
    /// assert_eq!(
    ///     Shop::fields().place().geo_within(triangle).as_document()?,
    ///     doc! { "place": { "$geoWithin": { "$geometry": {
    ///         "type": "Polygon",
    ///         "coordinates": [[[0.0, 0.0], [5.0, 0.0], [5.0, 5.0], [0.0, 0.0]]],
    ///     } } } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Circles, boxes and flat polygons are made by [`Area`].
    ///
    /// # Errors
    ///
    /// An area that the server does not take: a longitude or latitude out of bounds, an open ring,
    /// a negative radius.
    ///
    /// Manual: [`$geoWithin`](https://www.mongodb.com/docs/manual/reference/operator/query/geoWithin/).
    #[doc(alias = "$geoWithin")]
    fn geo_within(&self, area: impl IntoArea) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Geographic<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        let area = area.into_area();
        Filter::operator(self, "$geoWithin", |out| area.write(out))
    }

    /// The place and a geometry have a point in common (`$geoIntersects`).
    ///
    /// ```
    /// use odm::{geo::{Point, Polygon}, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Zone { area: Polygon }
    ///
    /// assert_eq!(
    ///     Zone::fields().area().geo_intersects(Point::new(2.35, 48.85)).as_document()?,
    ///     doc! { "area": { "$geoIntersects": { "$geometry": {
    ///         "type": "Point", "coordinates": [2.35, 48.85],
    ///     } } } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A geometry that the server does not take.
    ///
    /// Manual: [`$geoIntersects`](https://www.mongodb.com/docs/manual/reference/operator/query/geoIntersects/).
    #[doc(alias = "$geoIntersects")]
    fn geo_intersects(&self, geometry: impl Into<Geometry>) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Geographic<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        let geometry = geometry.into();
        Filter::operator(self, "$geoIntersects", |out| {
            out.document(|out| out.field("$geometry", &geometry));
            ElementType::EmbeddedDocument
        })
    }

    /// The place is near a point; documents come nearest first (`$near`). Needs a geospatial index.
    ///
    /// ```
    /// use odm::{filter::Near, geo::Point, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Shop { place: Point }
    ///
    /// let here = Near::new(Point::new(2.35, 48.85)).max_distance(500.0);
    /// assert_eq!(
    ///     Shop::fields().place().near(here).as_document()?,
    ///     doc! { "place": { "$near": {
    ///         "$geometry": { "type": "Point", "coordinates": [2.35, 48.85] },
    ///         "$maxDistance": 500.0,
    ///     } } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The condition is refused twice in a filter, with `$text`, negated, in `$or`, in
    /// `$elemMatch`, in an array filter, and in a `$match` stage, which includes counting. A point
    /// or a distance that is out of bounds is refused, too.
    ///
    /// Manual: [`$near`](https://www.mongodb.com/docs/manual/reference/operator/query/near/).
    #[doc(alias = "$near")]
    fn near(&self, near: impl IntoNear) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Geographic<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        let near = near.into_near();
        Filter::one(self, |out| near.write("$near", out)).using(Uses::NEAR)
    }

    /// Like [`near`](Self::near), with distances on a sphere for pairs of coordinates, too
    /// (`$nearSphere`).
    ///
    /// ```
    /// use odm::{geo::Point, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Shop { place: Point }
    ///
    /// assert_eq!(
    ///     Shop::fields().place().near_sphere(Point::new(2.35, 48.85)).as_document()?,
    ///     doc! { "place": { "$nearSphere": {
    ///         "$geometry": { "type": "Point", "coordinates": [2.35, 48.85] },
    ///     } } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`near`](Self::near).
    ///
    /// Manual: [`$nearSphere`](https://www.mongodb.com/docs/manual/reference/operator/query/nearSphere/).
    #[doc(alias = "$nearSphere")]
    fn near_sphere(&self, near: impl IntoNear) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Geographic<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        let near = near.into_near();
        Filter::one(self, |out| near.write("$nearSphere", out)).using(Uses::NEAR)
    }
}

impl<H: Handle<Mode: Direct>> GeoConditions for H {}
