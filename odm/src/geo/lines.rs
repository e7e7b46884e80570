//! Lines.

use crate::codec::{DecodeError, Element, ElementType, Encoder};

use super::{
    Point, geo_json,
    layout::{read_list, write_list},
};

/// A line through two or more points.
#[derive(Clone, Debug, PartialEq)]
pub struct LineString(Vec<Point>);

impl LineString {
    /// The line through these points. At least two of them must differ.
    pub fn new<P: Into<Point>>(points: impl IntoIterator<Item = P>) -> Self {
        Self(points.into_iter().map(P::into).collect())
    }

    /// The points of the line.
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    pub(super) fn write_content(&self, out: &mut Encoder) -> ElementType {
        if !self.0.windows(2).any(|pair| pair[0] != pair[1]) {
            out.fail("a line needs two different points");
        }
        write_list(out, "point", &self.0, Point::write_position)
    }

    pub(super) fn read_content(content: Element<'_>) -> Result<Self, DecodeError> {
        read_list(content, Point::read_content).map(Self)
    }
}

/// Several lines.
#[derive(Clone, Debug, PartialEq)]
pub struct MultiLineString(Vec<LineString>);

impl MultiLineString {
    /// These lines; at least one is needed.
    pub fn new(lines: impl IntoIterator<Item = LineString>) -> Self {
        Self(lines.into_iter().collect())
    }

    /// The lines.
    pub fn lines(&self) -> &[LineString] {
        &self.0
    }

    pub(super) fn write_content(&self, out: &mut Encoder) -> ElementType {
        write_list(out, "line", &self.0, LineString::write_content)
    }

    pub(super) fn read_content(content: Element<'_>) -> Result<Self, DecodeError> {
        read_list(content, LineString::read_content).map(Self)
    }
}

geo_json! {
    LineString => "coordinates";
    MultiLineString => "coordinates";
}
