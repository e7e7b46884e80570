//! `$[identifier]`: elements that satisfy a condition.

use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use crate::{
    codec::Elements,
    error::{Error, Result},
    filter::{Condition, framed, keys, to_document},
    path::{
        Array, ArrayCondition, ArrayFilter, Field, Fields, Filtering, Handle, Mode, Path,
        Positional, Required, Spec,
    },
};
use mongodb::bson::Document;

/// Array filters as values: `T::array_filter(…)` for every type that a field can have.
pub trait ElementFilter: Field {
    /// A condition on array elements of this type, under an identifier that begins with a
    /// lower-case letter and has only letters and digits.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// let i = i32::array_filter("i", |mark| mark.gte(90));
    /// assert_eq!(i.as_document()?, doc! { "i": { "$gte": 90 } });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$[<identifier>]`](https://www.mongodb.com/docs/manual/reference/operator/update/positional-filtered/).
    #[doc(alias = "arrayFilters")]
    fn array_filter<C: Condition<Self>>(
        identifier: &str,
        condition: impl FnOnce(Fields<Self, Filtering>) -> C,
    ) -> ArrayFilter<Self> {
        let condition = Arc::new(condition_on(identifier, condition));
        ArrayFilter { condition, element: PhantomData }
    }
}

impl<T: Field> ElementFilter for T {}

impl<E: Field> ArrayFilter<E> {
    /// The document that is sent.
    ///
    /// # Errors
    ///
    /// The identifier is not allowed, or the condition has a mistake.
    pub fn as_document(&self) -> Result<Document> {
        match self.condition.fault() {
            Some(fault) => Err(Error::invalid(fault)),
            None => to_document(self.condition.elements()),
        }
    }
}

/// Array filters on elements of type `E`.
#[diagnostic::on_unimplemented(
    message = "this array holds `{E}`, and the array filter is for another type",
    label = "this is of type `{Self}`"
)]
pub trait FilterOf<E> {
    /// The untyped part.
    #[doc(hidden)]
    fn path_through(&self, array: &Path) -> Path;
}

#[diagnostic::do_not_recommend]
impl<E> FilterOf<E> for ArrayFilter<E> {
    fn path_through(&self, array: &Path) -> Path {
        array.child_filtered(Arc::clone(&self.condition))
    }
}

impl<M: Mode, R, V, E: Field, S: Spec> Array<M, R, V, E, S> {
    /// The elements that satisfy a condition: `points.$[e0]`, with the condition in the update's
    /// array filters. Updates only.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "classes")]
    /// struct Class {
    ///     #[model(id)]
    ///     id: i64,
    ///     marks: Vec<i32>,
    /// }
    ///
    /// let update = Class::update().all_documents().inc(|c| c.marks().filtered(|m| m.lt(50)), 5);
    /// assert_eq!(
    ///     update.as_document()?,
    ///     doc! {
    ///         "q": {},
    ///         "u": { "$inc": { "marks.$[e0]": 5 } },
    ///         "arrayFilters": [{ "e0": { "$lt": 50 } }],
    ///     },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$[<identifier>]`](https://www.mongodb.com/docs/manual/reference/operator/update/positional-filtered/).
    #[doc(alias = "$[identifier]")]
    pub fn filtered<C: Condition<E>>(
        &self,
        condition: impl FnOnce(Fields<E, Filtering>) -> C,
    ) -> E::Handle<M, R, E, S::Child<Required>>
    where
        M: Positional,
    {
        let path = self.as_path();
        let mut condition = condition_on(&generated(path.filters.len()), condition);
        condition.is_generated = true;
        Handle::from_path(path.child_filtered(Arc::new(condition)))
    }

    /// The elements that satisfy a named array filter: `points.$[i]`. Updates only.
    ///
    /// `path!(points[$i])` writes this.
    #[doc(alias = "$[identifier]")]
    pub fn filtered_by<F: FilterOf<E>>(&self, filter: &F) -> E::Handle<M, R, E, S::Child<Required>>
    where
        M: Positional,
    {
        Handle::from_path(filter.path_through(self.as_path()))
    }
}

/// An identifier of our choice.
pub(super) fn generated(number: usize) -> Cow<'static, str> {
    match number {
        0 => Cow::Borrowed("e0"),
        1 => Cow::Borrowed("e1"),
        _ => Cow::Owned(format!("e{number}")),
    }
}

/// The condition's paths begin with the identifier, because the handle it is given does.
fn condition_on<E: Field, C: Condition<E>>(
    identifier: &str,
    condition: impl FnOnce(Fields<E, Filtering>) -> C,
) -> ArrayCondition {
    let filter = condition(Handle::from_path(Path::of_identifier(identifier))).into_filter();
    let elements = filter.into_array_filter().map_err(|error| error.to_string());
    ArrayCondition::new(identifier, elements.and_then(|elements| checked(elements, identifier)))
}

/// The server takes conditions on the identifier, and lists of such.
fn checked(elements: Vec<u8>, identifier: &str) -> Result<Vec<u8>, String> {
    if elements.is_empty() {
        return Err(format!(
            "array filter `{identifier}` has no condition: for every element use `.each()`"
        ));
    }
    let stray = keys(&elements).find(|key| !key.starts_with('$') && !is_under(key, identifier));
    let stray = stray.map(|key| {
        format!(
            "array filter `{identifier}` has a condition on `{key}`, which does not begin with \
             `{identifier}`"
        )
    });
    stray.map_or(Ok(elements), Err)
}

fn is_under(key: &str, identifier: &str) -> bool {
    key.strip_prefix(identifier).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The elements with another identifier, in `$and`, `$or` and `$nor` too.
pub(super) fn rename(elements: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut renamed = Vec::with_capacity(elements.len() + 8);
    let mut reader = Elements::unframed(elements);
    while let Ok(Some((key, value))) = reader.next_element() {
        renamed.push(value.kind());
        match key.strip_prefix(from).filter(|_| is_under(key, from)) {
            Some(rest) => renamed.extend_from_slice(format!("{to}{rest}\0").as_bytes()),
            None => renamed.extend_from_slice(format!("{key}\0").as_bytes()),
        }
        match key {
            "$and" | "$or" | "$nor" => {
                renamed.extend_from_slice(&rename_list(value.value(), from, to))
            }
            _ => renamed.extend_from_slice(value.value()),
        }
    }
    renamed
}

fn rename_list(list: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut items = Vec::with_capacity(list.len() + 8);
    let inner = list.get(4..list.len().saturating_sub(1)).unwrap_or_default();
    let mut reader = Elements::unframed(inner);
    while let Ok(Some((key, item))) = reader.next_element() {
        let document = item.value();
        let elements = document.get(4..document.len().saturating_sub(1)).unwrap_or_default();
        items.push(item.kind());
        items.extend_from_slice(format!("{key}\0").as_bytes());
        items.extend_from_slice(&framed(&rename(elements, from, to)));
    }
    framed(&items)
}
