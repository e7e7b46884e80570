//! Any geometry.

use crate::codec::{Decode, DecodeError, Element, ElementType, Encode, Encoder};

use super::{
    LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon, geo_field, geo_json,
    layout::{read, read_list, write_list},
};

/// A geometry of any type.
#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    /// A point.
    Point(Point),
    /// A line.
    LineString(LineString),
    /// An area.
    Polygon(Polygon),
    /// Several points.
    MultiPoint(MultiPoint),
    /// Several lines.
    MultiLineString(MultiLineString),
    /// Several areas.
    MultiPolygon(MultiPolygon),
    /// Several geometries.
    GeometryCollection(GeometryCollection),
}

/// Several geometries.
#[derive(Clone, Debug, PartialEq)]
pub struct GeometryCollection(Vec<Geometry>);

impl GeometryCollection {
    /// These geometries; at least one is needed.
    pub fn new<G: Into<Geometry>>(geometries: impl IntoIterator<Item = G>) -> Self {
        Self(geometries.into_iter().map(G::into).collect())
    }

    /// The geometries.
    pub fn geometries(&self) -> &[Geometry] {
        &self.0
    }

    fn write_content(&self, out: &mut Encoder) -> ElementType {
        write_list(out, "geometry", &self.0, Geometry::encode)
    }

    fn read_content(content: Element<'_>) -> Result<Self, DecodeError> {
        read_list(content, Geometry::decode).map(Self)
    }
}

geo_json! {
    GeometryCollection => "geometries";
}

macro_rules! any {
    ($($variant:ident)*) => {
        impl Encode for Geometry {
            fn encode(&self, out: &mut Encoder) -> ElementType {
                match self {
                    $(Self::$variant(geometry) => geometry.encode(out),)*
                }
            }
        }

        impl Decode for Geometry {
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                match read(element)?.0 {
                    $(stringify!($variant) => $variant::decode(element).map(Self::$variant),)*
                    other => Err(DecodeError::expected("a GeoJSON type", other).in_key("type")),
                }
            }
        }

        $(
            impl From<$variant> for Geometry {
                fn from(geometry: $variant) -> Self {
                    Self::$variant(geometry)
                }
            }

            impl From<&$variant> for Geometry {
                fn from(geometry: &$variant) -> Self {
                    Self::$variant(geometry.clone())
                }
            }
        )*
    };
}

any! { Point LineString Polygon MultiPoint MultiLineString MultiPolygon GeometryCollection }

geo_field!(Geometry);

impl From<&Self> for Geometry {
    fn from(geometry: &Self) -> Self {
        geometry.clone()
    }
}
