//! `$push` and its modifiers: `$each`, `$slice`, `$sort`, `$position`.

use std::borrow::Borrow;

use crate::{
    codec::{ElementType, Encode, Encoder, Fragment},
    error::Result,
    path::{
        Embedded, Field, Fields, Filtering, Handle, IntoValue, NaturallyStored, Path, Updating,
        kind::ArrayOf,
    },
    sort::SortOrder,
};

use super::{
    TakesOperators, Target, Update,
    array::{ElementOf, each_one},
};

/// Values for [`Update::push_all`], with what happens to the array then.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "series")]
/// struct Series {
///     #[model(id)]
///     id: i64,
///     points: Vec<Point>,
/// }
///
/// #[derive(Embedded)]
/// struct Point { x: i32, y: i32 }
///
/// let best = each([Point { x: 1, y: 2 }]).sort(|p| p.y().desc()).slice(3);
/// let update = Series::update().filter(|s| s.id().eq(1)).push_all(|s| s.points(), best);
/// assert_eq!(
///     update.as_document()?.get_document("u")?,
///     &doc! { "$push": { "points": {
///         "$each": [{ "x": 1, "y": 2 }],
///         "$sort": { "y": -1 },
///         "$slice": 3_i64,
///     } } },
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "values are pushed by `.push_all(…)`"]
pub struct Each<T> {
    values: Vec<T>,
    position: Option<i64>,
    slice: Option<i64>,
    sort: Option<Order>,
}

/// The array's order: by fields, or by the values themselves.
#[derive(Clone, Debug)]
enum Order {
    Fields(Result<Fragment>),
    Values(i32),
}

/// Values for [`Update::push_all`].
pub fn each<T>(values: impl IntoIterator<Item = T>) -> Each<T> {
    Each { values: values.into_iter().collect(), position: None, slice: None, sort: None }
}

impl<T> Each<T> {
    /// Puts the values before the element at this index (`$position`). A negative index counts from
    /// the end. Default: after the last element.
    #[doc(alias = "$position")]
    pub fn position(mut self, index: i64) -> Self {
        self.position = Some(index);
        self
    }

    /// Keeps this many elements from the front (`$slice`). A negative number keeps them from the
    /// end.
    #[doc(alias = "$slice")]
    pub fn slice(mut self, elements: i64) -> Self {
        self.slice = Some(elements);
        self
    }

    /// Orders the array by fields of its elements (`$sort`).
    #[doc(alias = "$sort")]
    pub fn sort<O: SortOrder<T>>(mut self, order: impl FnOnce(Fields<T, Filtering>) -> O) -> Self
    where
        T: Embedded,
    {
        let order = order(Handle::from_path(Path::root())).into_sort();
        self.sort = Some(Order::Fields(order.into_elements()));
        self
    }

    /// Orders the array by its values, smallest first (`$sort: 1`).
    #[doc(alias = "$sort")]
    pub fn sort_ascending(mut self) -> Self {
        self.sort = Some(Order::Values(1));
        self
    }

    /// Orders the array by its values, largest first (`$sort: -1`).
    #[doc(alias = "$sort")]
    pub fn sort_descending(mut self) -> Self {
        self.sort = Some(Order::Values(-1));
        self
    }
}

/// What [`Update::push_all`] takes for an array of `E`: an [`Each`], a `Vec`, an array or a slice.
#[diagnostic::on_unimplemented(
    message = "this array holds `{E}`, and these are not values for it: `{Self}`",
    note = "give a `Vec`, an array, a slice, or `each(values)` with modifiers"
)]
pub trait IntoEach<E> {
    /// The type of the values.
    type Item: IntoValue<E>;

    /// The values and modifiers.
    fn into_each(self) -> Each<Self::Item>;
}

#[diagnostic::do_not_recommend]
impl<E, T: IntoValue<E>> IntoEach<E> for Each<T> {
    type Item = T;
    fn into_each(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<E, I> IntoEach<E> for I
where
    I: IntoIterator,
    I::Item: IntoValue<E>,
{
    type Item = I::Item;
    fn into_each(self) -> Each<I::Item> {
        each(self)
    }
}

impl<M: Field, F, K> Update<M, F, K> {
    /// Appends a value to the array (`$push`).
    ///
    /// `{$push: {path: {$each: [value]}}}`, so that no value is read as a modifier. An absent array
    /// is created. A stored null is the server's error, and nothing is written.
    ///
    /// Manual: [`$push`](https://www.mongodb.com/docs/manual/reference/operator/update/push/).
    #[doc(alias = "$push")]
    pub fn push<P: Target<M>>(
        self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        value: impl IntoValue<ElementOf<P::Value>>,
    ) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: ArrayOf<P::Value>,
    {
        self.with("$push", path, |out| {
            each_one(|out| value.into_stored().borrow().encode(out), out)
        })
    }

    /// Adds several values to the array, sorts and cuts it as [`each`] says (`$push` with `$each`).
    ///
    /// `{$push: {path: {$each: values, $position: …, $sort: …, $slice: …}}}`.
    ///
    /// Manual: [`$each`](https://www.mongodb.com/docs/manual/reference/operator/update/each/).
    #[doc(alias = "$push")]
    #[doc(alias = "$each")]
    pub fn push_all<P: Target<M>>(
        mut self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        values: impl IntoEach<ElementOf<P::Value>>,
    ) -> Self
    where
        K: TakesOperators,
        P::Spec: NaturallyStored,
        P::Value: Field,
        <P::Value as Field>::Kind: ArrayOf<P::Value>,
    {
        let Each { values, position, slice, sort } = values.into_each();
        let sort = match sort {
            Some(Order::Fields(Err(error))) => {
                self.statement.fail(error);
                None
            }
            Some(Order::Fields(Ok(fields))) => Some(Ok(fields)),
            Some(Order::Values(direction)) => Some(Err(direction)),
            None => None,
        };
        self.with("$push", path, |out| {
            out.document(|out| {
                out.element("$each", |out| {
                    out.list(values, |value, out| value.into_stored().borrow().encode(out));
                    ElementType::Array
                });
                write_modifiers(out, position, sort, slice);
            });
            ElementType::EmbeddedDocument
        })
    }
}

fn write_modifiers(
    out: &mut Encoder,
    position: Option<i64>,
    sort: Option<Result<Fragment, i32>>,
    slice: Option<i64>,
) {
    if let Some(position) = position {
        out.field("$position", &position);
    }
    match sort {
        Some(Ok(fields)) => out.field("$sort", &fields),
        Some(Err(direction)) => out.field("$sort", &direction),
        None => {}
    }
    if let Some(slice) = slice {
        out.field("$slice", &slice);
    }
}
