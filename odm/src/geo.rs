//! GeoJSON: places and areas, stored as `{type: "Point", coordinates: [longitude, latitude]}`.
//!
//! Knows how they are encoded. Does not know filters.
//!
//! Longitude comes first, as in GeoJSON. A geometry that the server would refuse (a longitude out of
//! bounds, an open ring) is refused when it is encoded, with the path of the field.
//!
//! ```
//! use odm::{geo::Point, prelude::*};
//!
//! #[derive(Embedded)]
//! struct Shop { place: Point }
//!
//! let shop = Shop { place: Point::new(2.35, 48.85) };
//! let bytes = odm::codec::encode_document(&shop)?;
//! let document: odm::bson::Document = odm::codec::decode_document(&bytes)?;
//! assert_eq!(
//!     document,
//!     doc! { "place": { "type": "Point", "coordinates": [2.35, 48.85] } },
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Manual: [GeoJSON objects](https://www.mongodb.com/docs/manual/reference/geojson/).

mod geometry;
mod layout;
mod lines;
mod point;
mod polygon;

pub use self::{
    geometry::{Geometry, GeometryCollection},
    lines::{LineString, MultiLineString},
    point::{MultiPoint, Point},
    polygon::{MultiPolygon, Polygon},
};

/// What every GeoJSON type has: the codec, serde's traits with the same encoding, paths without
/// fields of their own.
macro_rules! geo_json {
    ($($rust:ident => $member:literal;)*) => {$(
        impl crate::codec::Encode for $rust {
            fn encode(&self, out: &mut crate::codec::Encoder) -> crate::codec::ElementType {
                $crate::geo::layout::write(out, stringify!($rust), $member, |out| {
                    self.write_content(out)
                })
            }
        }

        impl crate::codec::Decode for $rust {
            fn decode(
                element: crate::codec::Element<'_>,
            ) -> Result<Self, crate::codec::DecodeError> {
                let (name, content) = $crate::geo::layout::read(element)?;
                match name == stringify!($rust) {
                    true => Self::read_content(content).map_err(|error| error.in_key($member)),
                    false => Err(crate::codec::DecodeError::expected(stringify!($rust), name)),
                }
            }
        }

        $crate::geo::geo_field!($rust);
    )*};
}

macro_rules! geo_field {
    ($rust:ident) => {
        impl crate::path::Field for $rust {
            type Kind = crate::path::kind::Geo;
            type Inner = Self;
            type Handle<M: crate::path::Mode, R, V, S: crate::path::Spec> =
                crate::path::Scalar<M, R, V, S>;
            type Layer<W: crate::path::Layers> = W;
            type Class = crate::path::class::Own<Self>;

            fn as_inner(&self) -> Option<&Self> {
                Some(self)
            }
        }

        impl serde::Serialize for $rust {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::geo::layout::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $rust {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                $crate::geo::layout::deserialize(source)
            }
        }
    };
}

use {geo_field, geo_json};
