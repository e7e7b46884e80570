//! Points.

use crate::codec::{Decode, DecodeError, Element, ElementType, Encoder};

use super::{
    geo_json,
    layout::{read_list, write_list},
};

/// A point on the globe.
///
/// `[f64; 2]` and `(f64, f64)`, longitude first, become points wherever one is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    longitude: f64,
    latitude: f64,
}

impl Point {
    /// A point by its longitude (−180 to 180) and its latitude (−90 to 90), in degrees.
    ///
    /// A point that is out of bounds is refused when it is encoded.
    pub const fn new(longitude: f64, latitude: f64) -> Self {
        Self { longitude, latitude }
    }

    /// Degrees east of Greenwich.
    pub const fn longitude(&self) -> f64 {
        self.longitude
    }

    /// Degrees north of the equator.
    pub const fn latitude(&self) -> f64 {
        self.latitude
    }

    pub(super) fn write_content(&self, out: &mut Encoder) -> ElementType {
        self.write_position(out)
    }

    pub(super) fn read_content(content: Element<'_>) -> Result<Self, DecodeError> {
        let numbers = read_list(content, f64::decode)?;
        match numbers.as_slice() {
            [longitude, latitude] => Ok(Self::new(*longitude, *latitude)),
            other => {
                let found = format!("{} numbers", other.len());
                Err(DecodeError::expected("longitude and latitude", &found))
            }
        }
    }

    /// Appends `[longitude, latitude]`.
    pub(crate) fn write_position(&self, out: &mut Encoder) -> ElementType {
        for (name, degrees, bound) in
            [("longitude", self.longitude, 180.0), ("latitude", self.latitude, 90.0)]
        {
            if !(-bound..=bound).contains(&degrees) {
                out.fail(format!("{name} {degrees} is not between -{bound} and {bound}"));
            }
        }
        out.array(&[self.longitude, self.latitude]);
        ElementType::Array
    }
}

impl From<[f64; 2]> for Point {
    fn from([longitude, latitude]: [f64; 2]) -> Self {
        Self::new(longitude, latitude)
    }
}

impl From<(f64, f64)> for Point {
    fn from((longitude, latitude): (f64, f64)) -> Self {
        Self::new(longitude, latitude)
    }
}

impl From<&Point> for Point {
    fn from(point: &Point) -> Self {
        *point
    }
}

/// Several points.
#[derive(Clone, Debug, PartialEq)]
pub struct MultiPoint(Vec<Point>);

impl MultiPoint {
    /// These points; at least one is needed.
    pub fn new<P: Into<Point>>(points: impl IntoIterator<Item = P>) -> Self {
        Self(points.into_iter().map(P::into).collect())
    }

    /// The points.
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    pub(super) fn write_content(&self, out: &mut Encoder) -> ElementType {
        write_list(out, "point", &self.0, Point::write_position)
    }

    pub(super) fn read_content(content: Element<'_>) -> Result<Self, DecodeError> {
        read_list(content, Point::read_content).map(Self)
    }
}

geo_json! {
    Point => "coordinates";
    MultiPoint => "coordinates";
}
