//! `$not` on one field.

use crate::{
    codec::{Fragment, RawValue},
    condition::{Field, Node, Place},
    path::{Conditional, Direct, Handle, Path},
};

use super::{Condition, Filter};

/// The negation of conditions on one field.
pub trait Negation: Handle {
    /// The conditions on the field do not hold together, or the field is absent (`$not`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i32 }
    ///
    /// let item = Item::fields();
    /// assert_eq!(
    ///     item.qty().not(|q| q.gt(5)).as_document()?,
    ///     doc! { "qty": { "$not": { "$gt": 5 } } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// The closure is given the same field. Conditions that do not fit in one document of operators
    /// are written with `$nor`, which means the same.
    ///
    /// # Errors
    ///
    /// `$text` and `$near` cannot be negated.
    ///
    /// Manual: [`$not`](https://www.mongodb.com/docs/manual/reference/operator/query/not/).
    #[doc(alias = "$not")]
    fn not<C>(&self, condition: impl FnOnce(Self) -> C) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        C: Condition<Self::Root>,
    {
        let path = self.as_path();
        condition(Self::from_path(path.clone())).into_filter().negated_at(path)
    }
}

impl<H: Handle<Mode: Direct>> Negation for H {}

impl<R> Filter<R> {
    /// `{path: {$not: …}}` if all conditions are on the path, else `$nor`.
    fn negated_at(self, path: &Path) -> Self {
        let uses = self.uses;
        let single = self.node().ok().filter(|_| uses.negated().is_ok());
        let single = single.and_then(Node::single).filter(|(at, _)| *at == path.to_string());
        let Some((at, value)) = single else { return !self };
        let operators = value.operators().unwrap_or_else(|| Fragment::one("$eq", &value));
        let value = RawValue::operator("$not", &RawValue::document(&operators));
        let place = Place { origin: path.origin(), element: None };
        Self::from_node(Ok(Node::Field(Field { path: at.into(), value, place }))).using(uses)
    }
}
