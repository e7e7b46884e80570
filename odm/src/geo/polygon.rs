//! Polygons.

use crate::codec::{DecodeError, Element, ElementType, Encoder};

use super::{
    Point, geo_json,
    layout::{read_list, write_list},
};

/// An area inside a ring, without the holes in it.
///
/// A ring is closed: it has four positions or more, and ends where it begins. The server takes the
/// smaller side of a ring for its inside.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygon(Vec<Vec<Point>>);

impl Polygon {
    /// The area inside a closed ring.
    ///
    /// A ring that is open or too short is refused when the polygon is encoded.
    pub fn new<P: Into<Point>>(exterior: impl IntoIterator<Item = P>) -> Self {
        Self(vec![exterior.into_iter().map(P::into).collect()])
    }

    /// The same area without the inside of another closed ring.
    #[must_use]
    pub fn with_hole<P: Into<Point>>(mut self, ring: impl IntoIterator<Item = P>) -> Self {
        self.0.push(ring.into_iter().map(P::into).collect());
        self
    }

    /// The outer ring.
    pub fn exterior(&self) -> &[Point] {
        self.0.first().map_or(&[], Vec::as_slice)
    }

    /// The rings around the holes.
    pub fn holes(&self) -> &[Vec<Point>] {
        self.0.get(1..).unwrap_or_default()
    }

    pub(super) fn write_content(&self, out: &mut Encoder) -> ElementType {
        write_list(out, "ring", &self.0, |ring, out| {
            if let Some(reason) = ring_fault(ring) {
                out.fail(reason);
            }
            write_list(out, "position", ring, Point::write_position)
        })
    }

    pub(super) fn read_content(content: Element<'_>) -> Result<Self, DecodeError> {
        read_list(content, |ring| read_list(ring, Point::read_content)).map(Self)
    }
}

/// What the server checks of a ring, except for edges that cross.
fn ring_fault(ring: &[Point]) -> Option<String> {
    if ring.first() != ring.last() {
        return Some("a ring of a polygon is open: it must end where it begins".to_owned());
    }
    let mut different: Vec<Point> = Vec::with_capacity(3);
    for point in ring {
        if different.len() < 3 && !different.contains(point) {
            different.push(*point);
        }
    }
    (ring.len() < 4 || different.len() < 3).then(|| {
        format!(
            "a ring of a polygon has {} positions: it needs four, three of them different",
            ring.len()
        )
    })
}

/// Several polygons.
#[derive(Clone, Debug, PartialEq)]
pub struct MultiPolygon(Vec<Polygon>);

impl MultiPolygon {
    /// These polygons; at least one is needed.
    pub fn new(polygons: impl IntoIterator<Item = Polygon>) -> Self {
        Self(polygons.into_iter().collect())
    }

    /// The polygons.
    pub fn polygons(&self) -> &[Polygon] {
        &self.0
    }

    pub(super) fn write_content(&self, out: &mut Encoder) -> ElementType {
        write_list(out, "polygon", &self.0, Polygon::write_content)
    }

    pub(super) fn read_content(content: Element<'_>) -> Result<Self, DecodeError> {
        read_list(content, Polygon::read_content).map(Self)
    }
}

geo_json! {
    Polygon => "coordinates";
    MultiPolygon => "coordinates";
}
