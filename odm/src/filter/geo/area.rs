//! What `$geoWithin` takes.

use crate::{
    codec::{ElementType, Encode, Encoder},
    geo::{MultiPolygon, Point, Polygon},
};

/// The radius of the Earth that the server computes with, in metres.
const EARTH_RADIUS: f64 = 6_378_100.0;

/// An area on the globe or on a plane.
///
/// ```
/// use odm::{filter::Area, geo::Point, prelude::*};
///
/// #[derive(Embedded)]
/// struct Shop { place: Point }
///
/// let place = Shop::fields().place();
/// assert_eq!(
///     place.geo_within(Area::center_sphere([2.0, 48.0], 0.1)).as_document()?,
///     doc! { "place": { "$geoWithin": { "$centerSphere": [[2.0, 48.0], 0.1] } } },
/// );
/// assert_eq!(
///     place.geo_within(Area::box_([0.0, 0.0], [5.0, 5.0])).as_document()?,
///     doc! { "place": { "$geoWithin": { "$box": [[0.0, 0.0], [5.0, 5.0]] } } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Area(Shape);

#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Polygon(Polygon),
    MultiPolygon(MultiPolygon),
    CenterSphere(Point, f64),
    Center([f64; 2], f64),
    Box([f64; 2], [f64; 2]),
    Flat(Vec<[f64; 2]>),
}

impl Area {
    /// The circle on the globe of a radius in metres (`$centerSphere`).
    #[doc(alias = "$centerSphere")]
    pub fn around(center: impl Into<Point>, metres: f64) -> Self {
        Self::center_sphere(center, metres / EARTH_RADIUS)
    }

    /// The circle on the globe of a radius in radians (`$centerSphere`).
    ///
    /// Manual: [`$centerSphere`](https://www.mongodb.com/docs/manual/reference/operator/query/centerSphere/).
    #[doc(alias = "$centerSphere")]
    pub fn center_sphere(center: impl Into<Point>, radians: f64) -> Self {
        Self(Shape::CenterSphere(center.into(), radians))
    }

    /// The circle on a plane of a radius in the units of the coordinates (`$center`).
    ///
    /// Manual: [`$center`](https://www.mongodb.com/docs/manual/reference/operator/query/center/).
    #[doc(alias = "$center")]
    pub fn center(center: [f64; 2], radius: f64) -> Self {
        Self(Shape::Center(center, radius))
    }

    /// The rectangle on a plane between two opposite corners (`$box`).
    ///
    /// Manual: [`$box`](https://www.mongodb.com/docs/manual/reference/operator/query/box/).
    #[doc(alias = "$box")]
    pub fn box_(bottom_left: [f64; 2], upper_right: [f64; 2]) -> Self {
        Self(Shape::Box(bottom_left, upper_right))
    }

    /// The polygon on a plane with these corners (`$polygon`). At least three are needed, and the
    /// last one need not equal the first one.
    ///
    /// Manual: [`$polygon`](https://www.mongodb.com/docs/manual/reference/operator/query/polygon/).
    #[doc(alias = "$polygon")]
    pub fn polygon(corners: impl IntoIterator<Item = [f64; 2]>) -> Self {
        Self(Shape::Flat(corners.into_iter().collect()))
    }

    pub(super) fn write(&self, out: &mut Encoder) -> ElementType {
        out.document(|out| match &self.0 {
            Shape::Polygon(polygon) => out.field("$geometry", polygon),
            Shape::MultiPolygon(polygons) => out.field("$geometry", polygons),
            Shape::CenterSphere(center, radius) => out.element("$centerSphere", |out| {
                circle(|out| center.write_position(out), *radius, out)
            }),
            Shape::Center(center, radius) => {
                out.element("$center", |out| circle(|out| pair(*center, out), *radius, out));
            }
            Shape::Box(low, high) => out.element("$box", |out| flat(&[*low, *high], 2, out)),
            Shape::Flat(corners) => out.element("$polygon", |out| flat(corners, 3, out)),
        });
        ElementType::EmbeddedDocument
    }
}

fn circle(
    center: impl FnOnce(&mut Encoder) -> ElementType,
    radius: f64,
    out: &mut Encoder,
) -> ElementType {
    out.document(|out| {
        out.element("0", center);
        out.element("1", |out| {
            if !(0.0..).contains(&radius) || radius.is_infinite() {
                out.fail(format!("a radius must be 0 or more, and this is {radius}"));
            }
            radius.encode(out)
        });
    });
    ElementType::Array
}

fn flat(corners: &[[f64; 2]], least: usize, out: &mut Encoder) -> ElementType {
    if corners.len() < least {
        out.fail(format!("{} corners, and at least {least} are needed", corners.len()));
    }
    out.list(corners, |corner, out| pair(*corner, out));
    ElementType::Array
}

pub(super) fn pair(pair: [f64; 2], out: &mut Encoder) -> ElementType {
    if !pair.iter().all(|coordinate| coordinate.is_finite()) {
        out.fail("a coordinate is not a finite number");
    }
    out.array(&pair);
    ElementType::Array
}

/// What an area can be given as.
#[diagnostic::on_unimplemented(
    message = "`$geoWithin` needs an area, and this is a `{Self}`",
    label = "not an area",
    note = "an area is a `Polygon`, a `MultiPolygon`, or one that `Area` makes"
)]
pub trait IntoArea {
    /// Makes the area.
    fn into_area(self) -> Area;
}

impl IntoArea for Area {
    fn into_area(self) -> Area {
        self
    }
}

impl IntoArea for &Area {
    fn into_area(self) -> Area {
        self.clone()
    }
}

macro_rules! shape {
    ($($shape:ident)*) => {$(
        impl IntoArea for $shape {
            fn into_area(self) -> Area {
                Area(Shape::$shape(self))
            }
        }

        impl IntoArea for &$shape {
            fn into_area(self) -> Area {
                self.clone().into_area()
            }
        }
    )*};
}

shape! { Polygon MultiPolygon }
