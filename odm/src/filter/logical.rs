//! `&`, `|` and `!`, and the same over iterators.

use std::ops::{BitAnd, BitOr, Not};

use crate::{
    codec::{ElementType, Elements, Encoder},
    error::{Error, Result},
};

use super::{Condition, Filter, framed, keys};

impl<R> BitAnd for Filter<R> {
    type Output = Self;

    /// Both hold. Documents without a common key are merged, and so are different operators on one
    /// field; all else becomes `$and`.
    #[doc(alias = "$and")]
    fn bitand(self, other: Self) -> Self {
        let allowed = self.uses.together(other.uses);
        combine(self, other, allowed, and)
    }
}

impl<R> BitOr for Filter<R> {
    type Output = Self;

    /// One of them holds (`$or`). With a filter that matches all, so does the result.
    #[doc(alias = "$or")]
    fn bitor(self, other: Self) -> Self {
        let uses = self.uses | other.uses;
        let allowed = self.uses.together(other.uses).and_then(|()| uses.alternative());
        combine(self, other, allowed, |left, right| match left.is_empty() || right.is_empty() {
            true => Ok(Vec::new()),
            false => list("$or", left, right),
        })
    }
}

impl<R> Not for Filter<R> {
    type Output = Self;

    /// It does not hold, or its field is absent (`$nor`).
    #[doc(alias = "$nor")]
    fn not(self) -> Self {
        let (uses, allowed) = (self.uses, self.uses.negated());
        let elements = allowed.and_then(|()| self.into_elements());
        let negated =
            elements.and_then(|elements| operator_list("$nor", members("$or", elements)?));
        Self::from_elements(negated).using(uses)
    }
}

impl<R> Filter<R> {
    /// All conditions hold, as if joined with `&`; of no conditions: every document matches.
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

    /// One of the conditions holds, as if joined with `|`.
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
    /// Of no conditions: the server takes no empty `$or`, and a filter that grew out of an empty
    /// list is more often a mistake than meant to match nothing.
    ///
    /// Manual: [`$or`](https://www.mongodb.com/docs/manual/reference/operator/query/or/).
    #[doc(alias = "$or")]
    pub fn or<C: Condition<R>>(conditions: impl IntoIterator<Item = C>) -> Self {
        let joined = conditions.into_iter().map(C::into_filter).reduce(BitOr::bitor);
        joined.unwrap_or_else(|| {
            Self::from_elements(Err(Error::invalid("`$or` needs a condition, and got none")))
        })
    }

    /// None of the conditions holds; of no conditions: every document matches.
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

/// The first mistake is kept.
fn combine<R>(
    left: Filter<R>,
    right: Filter<R>,
    allowed: Result<()>,
    join: impl FnOnce(Vec<u8>, Vec<u8>) -> Result<Vec<u8>>,
) -> Filter<R> {
    let uses = left.uses | right.uses;
    let joined = match (left.into_elements(), right.into_elements()) {
        (Err(error), _) | (_, Err(error)) => Err(error),
        (Ok(left), Ok(right)) => allowed.and_then(|()| join(left, right)),
    };
    Filter::from_elements(joined).using(uses)
}

fn and(left: Vec<u8>, right: Vec<u8>) -> Result<Vec<u8>> {
    if left.is_empty() {
        return Ok(right);
    }
    if !keys(&right).any(|key| find(&left, key).is_some()) {
        let mut both = left;
        both.extend_from_slice(&right);
        return Ok(both);
    }
    match merge(&left, &right) {
        Some(merged) => Ok(merged),
        None => list("$and", left, right),
    }
}

/// `operator: [left, right]`; a side that is such a list already is continued.
fn list(operator: &str, left: Vec<u8>, right: Vec<u8>) -> Result<Vec<u8>> {
    let mut items = members(operator, left)?;
    items.extend(members(operator, right)?);
    operator_list(operator, items)
}

fn operator_list(operator: &str, items: Vec<Vec<u8>>) -> Result<Vec<u8>> {
    let mut out = Encoder::with_capacity(64);
    out.element(operator, |out| {
        out.list(items, |item, out| {
            out.document(|out| out.bytes(&item));
            ElementType::EmbeddedDocument
        });
        ElementType::Array
    });
    Ok(out.finish_elements()?)
}

/// What a list operator lists, if the elements are nothing but that operator.
fn members(operator: &str, elements: Vec<u8>) -> Result<Vec<Vec<u8>>> {
    let mut reader = Elements::unframed(&elements);
    let Some((key, value)) = reader.next_element()? else { return Ok(vec![elements]) };
    if key != operator || reader.next_element()?.is_some() {
        return Ok(vec![elements]);
    }
    let mut members = Vec::new();
    let mut items = value.items()?;
    while let Some((_, item)) = items.next_item()? {
        let inner = item.value();
        members.push(inner[4..inner.len() - 1].to_vec());
    }
    Ok(members)
}

/// One document for both, if no key is lost by it.
fn merge(left: &[u8], right: &[u8]) -> Option<Vec<u8>> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let mut reader = Elements::unframed(left);
    while let Ok(Some((key, value))) = reader.next_element() {
        match find(right, key) {
            None => append(&mut merged, key, value.kind(), value.value()),
            Some(_) if key.starts_with('$') => return None,
            Some(twin) if twin == (value.kind(), value.value()) => {
                append(&mut merged, key, value.kind(), value.value());
            }
            Some((kind, twin)) => {
                let both = merge_operators((value.kind(), value.value()), (kind, twin))?;
                append(&mut merged, key, 0x03, &framed(&both));
            }
        }
    }
    let mut reader = Elements::unframed(right);
    while let Ok(Some((key, value))) = reader.next_element() {
        if find(left, key).is_none() {
            append(&mut merged, key, value.kind(), value.value());
        }
    }
    Some(merged)
}

/// The elements of two operator documents (`{$gt: …}`) that have no operator in common.
fn merge_operators(left: (u8, &[u8]), right: (u8, &[u8])) -> Option<Vec<u8>> {
    let (left, right) = (operators(left)?, operators(right)?);
    can_share(left, right).then(|| [left, right].concat())
}

/// Whether operators on one value can stand in one document.
pub(super) fn can_share(left: &[u8], right: &[u8]) -> bool {
    let sociable = keys(left).chain(keys(right)).all(|key| key.starts_with('$') && !is_alone(key));
    sociable && !keys(left).any(|key| keys(right).any(|other| other == key))
}

/// Operators that the server takes with their own options only, or that we keep apart from each
/// other's options.
fn is_alone(operator: &str) -> bool {
    matches!(
        operator,
        "$regex" | "$options" | "$near" | "$nearSphere" | "$geoWithin" | "$geoIntersects"
    )
}

fn operators((kind, value): (u8, &[u8])) -> Option<&[u8]> {
    let elements = value.get(4..value.len().checked_sub(1)?)?;
    (kind == 0x03 && !elements.is_empty()).then_some(elements)
}

fn find<'a>(elements: &'a [u8], wanted: &str) -> Option<(u8, &'a [u8])> {
    let mut reader = Elements::unframed(elements);
    while let Ok(Some((key, value))) = reader.next_element() {
        if key == wanted {
            return Some((value.kind(), value.value()));
        }
    }
    None
}

fn append(out: &mut Vec<u8>, key: &str, kind: u8, value: &[u8]) {
    out.push(kind);
    out.extend_from_slice(key.as_bytes());
    out.push(0);
    out.extend_from_slice(value);
}
