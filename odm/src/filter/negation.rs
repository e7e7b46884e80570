//! `$not` on one field.

use crate::{
    codec::{ElementType, Elements},
    error::Result,
    path::{Conditional, Direct, Handle},
};

use super::{
    Condition, Filter, framed,
    value::{begins_with_operator, element},
};

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
        condition(Self::from_path(path.clone())).into_filter().negated_at(path.as_str())
    }
}

impl<H: Handle<Mode: Direct>> Negation for H {}

impl<R> Filter<R> {
    fn negated_at(self, path: &str) -> Self {
        let uses = self.uses;
        let operators = match (&self.fault, uses.negated()) {
            (None, Ok(())) => operators_at(&self.elements, path),
            _ => Ok(None),
        };
        match operators {
            Err(error) => Self::from_elements(Err(error)),
            Ok(None) => !self,
            Ok(Some(operators)) => {
                let not = element(ElementType::EmbeddedDocument as u8, "$not", &operators);
                let elements = element(ElementType::EmbeddedDocument as u8, path, &framed(&not));
                Self::from_elements(Ok(elements)).using(uses)
            }
        }
    }
}

/// The document of operators at `path`, if the elements are nothing else.
fn operators_at(elements: &[u8], path: &str) -> Result<Option<Vec<u8>>> {
    let mut reader = Elements::unframed(elements);
    Ok(match (reader.next_element()?, reader.next_element()?) {
        (Some((key, value)), None) if key == path => {
            match value.kind() == 0x03 && begins_with_operator(value.value()) {
                true => Some(value.value().to_vec()),
                false => Some(framed(&element(value.kind(), "$eq", value.value()))),
            }
        }
        _ => None,
    })
}
