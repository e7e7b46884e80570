//! `&`, `|` and `!`, and the same over iterators.

use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

use crate::{
    condition::Node,
    error::{Error, Result},
};

use super::{Condition, Filter};

impl<R> BitAnd for Filter<R> {
    type Output = Self;

    /// Both hold. Documents without a common key are merged, and so are different operators on one
    /// field. Everything else becomes `$and`.
    #[doc(alias = "$and")]
    fn bitand(self, other: Self) -> Self {
        let allowed = self.uses.together(other.uses);
        combine(self, other, allowed, Node::and)
    }
}

impl<R> BitOr for Filter<R> {
    type Output = Self;

    /// At least one of them holds (`$or`). If one of the filters matches every document, the result
    /// does, too.
    #[doc(alias = "$or")]
    fn bitor(self, other: Self) -> Self {
        let uses = self.uses | other.uses;
        let allowed = self.uses.together(other.uses).and_then(|()| uses.alternative());
        combine(self, other, allowed, Node::or)
    }
}

impl<R> Not for Filter<R> {
    type Output = Self;

    /// It does not hold, or its field is absent (`$nor`).
    #[doc(alias = "$nor")]
    fn not(self) -> Self {
        let (uses, allowed) = (self.uses, self.uses.negated());
        let negated = allowed.and_then(|()| self.into_node()).map(Node::negated);
        Self::from_node(negated).using(uses)
    }
}

impl<R> Filter<R> {
    /// All conditions hold, as if joined with `&`. An empty list matches every document.
    ///
    /// ```
    /// use odm::{filter::Filter, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i32, tags: Vec<String> }
    ///
    /// let item = Item::fields();
    /// let filter = Filter::and(["a", "b"].map(|tag| item.tags().contains(tag)));
    /// assert_eq!(filter.as_document()?, doc! { "$and": [{ "tags": "a" }, { "tags": "b" }] });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$and`](https://www.mongodb.com/docs/manual/reference/operator/query/and/).
    #[doc(alias = "$and")]
    pub fn and<C: Condition<R>>(conditions: impl IntoIterator<Item = C>) -> Self {
        conditions.into_iter().map(C::into_filter).fold(Self::all(), BitAnd::bitand)
    }

    /// At least one of the conditions holds, as if joined with `|`.
    ///
    /// ```
    /// use odm::{filter::Filter, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i32 }
    ///
    /// let item = Item::fields();
    /// let filter = Filter::or([item.qty().lt(5), item.qty().gt(9)]);
    /// assert_eq!(
    ///     filter.as_document()?,
    ///     doc! { "$or": [{ "qty": { "$lt": 5 } }, { "qty": { "$gt": 9 } }] },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An empty list. The server refuses an empty `$or`, and a filter that is made of an empty list
    /// is usually a mistake.
    ///
    /// Manual: [`$or`](https://www.mongodb.com/docs/manual/reference/operator/query/or/).
    #[doc(alias = "$or")]
    pub fn or<C: Condition<R>>(conditions: impl IntoIterator<Item = C>) -> Self {
        let joined = conditions.into_iter().map(C::into_filter).reduce(BitOr::bitor);
        joined.unwrap_or_else(|| {
            Self::from_node(Err(Error::invalid("`$or` needs a condition, and got none")))
        })
    }

    /// None of the conditions holds. An empty list matches every document.
    ///
    /// ```
    /// use odm::{filter::Filter, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i32, sku: String }
    ///
    /// let item = Item::fields();
    /// let filter = Filter::nor([item.qty().lt(5), item.sku().eq("a")]);
    /// assert_eq!(filter.as_document()?, doc! { "$nor": [{ "qty": { "$lt": 5 } }, { "sku": "a" }] });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$nor`](https://www.mongodb.com/docs/manual/reference/operator/query/nor/).
    #[doc(alias = "$nor")]
    pub fn nor<C: Condition<R>>(conditions: impl IntoIterator<Item = C>) -> Self {
        let joined = conditions.into_iter().map(C::into_filter).reduce(BitOr::bitor);
        joined.map_or_else(Self::all, Not::not)
    }
}

impl<R> BitAndAssign for Filter<R> {
    /// Adds a condition that must hold, too.
    #[doc(alias = "$and")]
    fn bitand_assign(&mut self, other: Self) {
        *self = std::mem::replace(self, Self::all()) & other;
    }
}

impl<R> BitOrAssign for Filter<R> {
    /// Adds a condition that may hold instead.
    #[doc(alias = "$or")]
    fn bitor_assign(&mut self, other: Self) {
        *self = std::mem::replace(self, Self::all()) | other;
    }
}

/// The first mistake is kept.
fn combine<R>(
    left: Filter<R>,
    right: Filter<R>,
    allowed: Result<()>,
    join: impl FnOnce(Node, Node) -> Node,
) -> Filter<R> {
    let uses = left.uses | right.uses;
    let joined = match (left.into_node(), right.into_node()) {
        (Err(error), _) | (_, Err(error)) => Err(error),
        (Ok(left), Ok(right)) => allowed.map(|()| join(left, right)),
    };
    Filter::from_node(joined).using(uses)
}
