//! What `$near` and `$nearSphere` take.

use crate::{
    codec::{ElementType, Encode, Encoder},
    geo::Point,
};

use super::area::pair;

/// A point and the distances from it.
///
/// From a [`Point`] distances are in metres. From a pair of coordinates they are in the units of the
/// coordinates with `near`, and in radians with `near_sphere`.
///
/// ```
/// use odm::{filter::Near, prelude::*};
///
/// #[derive(Embedded)]
/// struct Pixel { place: [f64; 2] }
///
/// let near = Near::new([5.0, 5.0]).min_distance(1.0).max_distance(2.0);
/// assert_eq!(
///     Pixel::fields().place().near(near).as_document()?,
///     doc! { "place": { "$near": [5.0, 5.0], "$minDistance": 1.0, "$maxDistance": 2.0 } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    center: Center,
    min_distance: Option<f64>,
    max_distance: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
enum Center {
    Point(Point),
    Pair([f64; 2]),
}

impl Near {
    /// Any distance from a [`Point`] or a pair of coordinates.
    pub fn new(center: impl IntoNear) -> Self {
        center.into_near()
    }

    /// At least this distance away (`$minDistance`).
    #[doc(alias = "$minDistance")]
    #[must_use]
    pub fn min_distance(mut self, distance: f64) -> Self {
        self.min_distance = Some(distance);
        self
    }

    /// At most this distance away (`$maxDistance`).
    #[doc(alias = "$maxDistance")]
    #[must_use]
    pub fn max_distance(mut self, distance: f64) -> Self {
        self.max_distance = Some(distance);
        self
    }

    pub(super) fn write(&self, operator: &str, out: &mut Encoder) -> ElementType {
        out.document(|out| match &self.center {
            Center::Point(point) => out.element(operator, |out| {
                out.document(|out| {
                    out.field("$geometry", point);
                    self.write_distances(out);
                });
                ElementType::EmbeddedDocument
            }),
            Center::Pair(center) => {
                out.element(operator, |out| pair(*center, out));
                self.write_distances(out);
            }
        });
        ElementType::EmbeddedDocument
    }

    fn write_distances(&self, out: &mut Encoder) {
        let distances = [("$minDistance", self.min_distance), ("$maxDistance", self.max_distance)];
        for (operator, distance) in distances {
            let Some(distance) = distance else { continue };
            out.element(operator, |out| {
                if !(0.0..).contains(&distance) {
                    out.fail(format!("a distance must be 0 or more, and this is {distance}"));
                }
                distance.encode(out)
            });
        }
    }
}

/// What a point to be near to can be given as.
#[diagnostic::on_unimplemented(
    message = "a `Point`, a pair `[f64; 2]` or a `Near` is needed here, and this is a `{Self}`",
    label = "not a point"
)]
pub trait IntoNear {
    /// Makes the point, at any distance if no distance was given.
    fn into_near(self) -> Near;
}

impl IntoNear for Near {
    fn into_near(self) -> Near {
        self
    }
}

impl IntoNear for &Near {
    fn into_near(self) -> Near {
        self.clone()
    }
}

impl IntoNear for Point {
    fn into_near(self) -> Near {
        Near { center: Center::Point(self), min_distance: None, max_distance: None }
    }
}

impl IntoNear for &Point {
    fn into_near(self) -> Near {
        (*self).into_near()
    }
}

impl IntoNear for [f64; 2] {
    fn into_near(self) -> Near {
        Near { center: Center::Pair(self), min_distance: None, max_distance: None }
    }
}
