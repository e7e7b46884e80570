//! `$[identifier]`: elements that satisfy a condition.

use std::{marker::PhantomData, sync::Arc};

use crate::{
    condition::Node,
    error::{Error, Result},
    filter::Condition,
    path::{
        Array, ArrayCondition, ArrayFilter, Field, Fields, Filtering, Handle, Mode, Path,
        Positional, Required, Spec, Step, element,
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
        let node = checked(condition_on(condition), identifier);
        let condition = Arc::new(ArrayCondition::named(identifier, node));
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
            None => {
                let identifier = self.condition.identifier().unwrap_or_default();
                self.condition.node().elements(identifier).to_document()
            }
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
    fn as_filter(&self) -> ArrayFilter<E>;
}

#[diagnostic::do_not_recommend]
impl<E> FilterOf<E> for ArrayFilter<E> {
    fn as_filter(&self) -> Self {
        self.clone()
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
        let node = condition_on(condition).and_then(|node| match node.raw_keys().first() {
            Some(key) if !key.starts_with('$') => Err(unnamed(key)),
            _ => Ok(node),
        });
        let condition = Arc::new(ArrayCondition::unnamed(node));
        element::<M, R, E, S>(self.as_path(), Step::Filtered(condition))
    }

    /// The elements that satisfy a named array filter: `points.$[i]`. Updates only.
    ///
    /// `path!(points[$i])` writes this.
    #[doc(alias = "$[identifier]")]
    pub fn filtered_by<F: FilterOf<E>>(&self, filter: &F) -> E::Handle<M, R, E, S::Child<Required>>
    where
        M: Positional,
    {
        element::<M, R, E, S>(self.as_path(), Step::Filtered(filter.as_filter().condition))
    }
}

fn unnamed(key: &str) -> String {
    format!(
        "the condition on `{key}` is written by hand and needs the identifier before it: give the \
         array filter a name with `array_filter(\"i\", …)`"
    )
}

/// The condition that a closure makes on an element.
fn condition_on<E: Field, C: Condition<E>>(
    condition: impl FnOnce(Fields<E, Filtering>) -> C,
) -> std::result::Result<Node, String> {
    let root = Path::element();
    let origin = root.origin();
    let filter = condition(Handle::from_path(root)).into_filter();
    let node = filter.into_array_filter(origin).map_err(|error| error.to_string())?;
    match node.is_empty() {
        true => Err("an array filter has no condition: for every element use `.each()`".to_owned()),
        false => Ok(node),
    }
}

/// What is written by hand begins with the identifier, as the server asks.
fn checked(
    node: std::result::Result<Node, String>,
    identifier: &str,
) -> std::result::Result<Node, String> {
    let node = node?;
    let is_under = |key: &str| {
        key.strip_prefix(identifier).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let keys = node.raw_keys();
    match keys.iter().find(|key| !key.starts_with('$') && !is_under(key)) {
        None => Ok(node),
        Some(key) => Err(format!(
            "array filter `{identifier}` has a condition on `{key}`, which does not begin with \
             `{identifier}`"
        )),
    }
}
