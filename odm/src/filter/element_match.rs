//! Several conditions on one element: `$elemMatch`.

use crate::{
    codec::{ElementType, Encode, Fragment, RawValue},
    condition::Unsuited,
    error::{Error, ErrorKind, Result},
    path::{
        Conditional, Direct, Field, Fields, Filtering, Handle, NaturallyStored, Path,
        kind::Sequence,
    },
};

use super::{Condition, Filter, array::ElementOf};

/// Several conditions on one element of an array.
pub trait ElementMatch: Handle {
    /// One element meets all the conditions (`$elemMatch`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Point { x: i32, y: i32 }
    ///
    /// #[derive(Embedded)]
    /// struct Line { points: Vec<Point>, marks: Vec<i32> }
    ///
    /// let line = Line::fields();
    /// assert_eq!(
    ///     line.points().elem_match(|p| p.x().gt(0) & p.y().lt(9)).as_document()?,
    ///     doc! { "points": { "$elemMatch": { "x": { "$gt": 0 }, "y": { "$lt": 9 } } } },
    /// );
    /// assert_eq!(
    ///     line.marks().elem_match(|m| m.gt(0) & m.lt(9)).as_document()?,
    ///     doc! { "marks": { "$elemMatch": { "$gt": 0, "$lt": 9 } } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// On elements without fields, `|` becomes an `$or` around two `$elemMatch`, and `!` a `$not`.
    ///
    /// # Errors
    ///
    /// `$text`, `$near`, `$expr`, `$where` and `$sampleRate` inside; conditions on elements without
    /// fields that cannot be written as one document of operators.
    ///
    /// Manual: [`$elemMatch`](https://www.mongodb.com/docs/manual/reference/operator/query/elemMatch/).
    #[doc(alias = "$elemMatch")]
    fn elem_match<C>(
        &self,
        condition: impl FnOnce(Fields<ElementOf<Self::Value>, Filtering>) -> C,
    ) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: Sequence<Self::Value, Element: Field>>,
        Self::Spec: NaturallyStored,
        C: Condition<ElementOf<Self::Value>>,
    {
        element_match(self, on_element(condition, "$elemMatch"))
    }

    /// Each condition is met by an element (`$all` of `$elemMatch`). Different conditions can be
    /// met by different elements.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Point { x: i32, y: i32 }
    ///
    /// #[derive(Embedded)]
    /// struct Line { points: Vec<Point> }
    ///
    /// assert_eq!(
    ///     Line::fields().points().all_match(|p| [p.x().eq(1) & p.y().gt(0), p.x().eq(3)]).as_document()?,
    ///     doc! { "points": { "$all": [
    ///         { "$elemMatch": { "x": 1, "y": { "$gt": 0 } } },
    ///         { "$elemMatch": { "x": 3 } },
    ///     ] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`elem_match`](Self::elem_match), and an empty list of conditions.
    ///
    /// Manual: [`$all`](https://www.mongodb.com/docs/manual/reference/operator/query/all/).
    #[doc(alias = "$all")]
    fn all_match<C, I>(
        &self,
        conditions: impl FnOnce(Fields<ElementOf<Self::Value>, Filtering>) -> I,
    ) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: Sequence<Self::Value, Element: Field>>,
        Self::Spec: NaturallyStored,
        I: IntoIterator<Item = C>,
        C: Condition<ElementOf<Self::Value>>,
    {
        let root = Path::element();
        let origin = root.origin();
        let conditions = conditions(Handle::from_path(root)).into_iter();
        all_match(self, conditions.map(|one| one.into_filter().within(origin, "`$all`")))
    }
}

impl<H: Handle<Mode: Direct>> ElementMatch for H {}

fn element_match<H: Handle, E>(handle: &H, condition: Filter<E>) -> Filter<H::Root> {
    let documents = match element_documents(condition, "$elemMatch") {
        Ok(documents) => documents,
        Err(error) => return Filter::from_node(Err(below(handle, error))),
    };
    let matches = documents
        .into_iter()
        .map(|document| Filter::operator(handle, "$elemMatch", |out| document.encode(out)));
    Filter::or(matches)
}

fn all_match<H: Handle, E>(
    handle: &H,
    conditions: impl Iterator<Item = Filter<E>>,
) -> Filter<H::Root> {
    let documents = conditions.map(|condition| {
        let mut documents = element_documents(condition, "$all")?;
        match (documents.pop(), documents.is_empty()) {
            (Some(document), true) => Ok(document),
            _ => Err(unsuited(Unsuited::TooMany, "$all")),
        }
    });
    match documents.collect::<Result<Vec<_>>>() {
        Err(error) => Filter::from_node(Err(below(handle, error))),
        Ok(documents) if documents.is_empty() => Filter::from_node(Err(below(
            handle,
            Error::invalid("`$all` needs a condition, and got none"),
        ))),
        Ok(documents) => Filter::operator(handle, "$all", |out| {
            out.list(documents, |document, out| {
                RawValue::operator("$elemMatch", &RawValue::document(&document)).encode(out)
            });
            ElementType::Array
        }),
    }
}

/// The documents, one of which an element must match.
fn element_documents<E>(condition: Filter<E>, operator: &str) -> Result<Vec<Fragment>> {
    condition.uses.in_elements(operator)?;
    let node = condition.node()?;
    let elements = node.elements("");
    elements.check_depth()?;
    match node.is_about_value() {
        true => node.alternatives().map_err(|reason| unsuited(reason, operator)),
        false => Ok(vec![elements]),
    }
}

/// The error with the path of the array before its own.
fn below(handle: &impl Handle, error: Error) -> Error {
    let path = handle.as_path();
    match error.kind() {
        ErrorKind::Encode { path: inner, reason } => {
            let dot = if inner.is_empty() || inner.starts_with('.') { "" } else { "." };
            Error::encode(format!("{path}{dot}{inner}"), reason.clone())
        }
        ErrorKind::Invalid(reason) => Error::invalid(format!("{path}: {reason}")),
        _ => error,
    }
}

/// The condition that a closure makes for one element, as `$pull` takes it.
pub(crate) fn element_condition<E: Field, C: Condition<E>>(
    condition: impl FnOnce(Fields<E, Filtering>) -> C,
    operator: &str,
) -> Result<RawValue> {
    let condition = on_element(condition, operator);
    condition.uses.in_pull(operator)?;
    let node = condition.node()?;
    let elements = node.elements("");
    elements.check_depth()?;
    if !node.is_about_value() {
        return Ok(RawValue::document(&elements));
    }
    // A plain document would match elements that have more fields, too: it needs its `$eq`.
    if let Some((path, value)) = node.single()
        && path.is_empty()
        && value.kind() != ElementType::EmbeddedDocument
    {
        return Ok(value);
    }
    let alternatives = node.alternatives().map_err(|reason| unsuited(reason, operator))?;
    match alternatives.as_slice() {
        [one] => Ok(RawValue::document(&begun_with_operator(one))),
        _ => Err(unsuited(Unsuited::TooMany, operator)),
    }
}

/// `$pull` takes a document that begins with `$not` for one of fields: `$exists`, which holds for
/// every element, goes before it.
fn begun_with_operator(operators: &Fragment) -> Fragment {
    match operators.keys().next() {
        Some("$not") => {
            let mut all = Fragment::one("$exists", &RawValue::of(&true));
            all.append(operators);
            all
        }
        _ => operators.clone(),
    }
}

/// The condition that a closure makes of an element.
fn on_element<E: Field, C: Condition<E>>(
    condition: impl FnOnce(Fields<E, Filtering>) -> C,
    operator: &str,
) -> Filter<E> {
    let root = Path::element();
    let origin = root.origin();
    let filter = condition(Handle::from_path(root)).into_filter();
    filter.within(origin, &format!("`{operator}`"))
}

#[cold]
fn unsuited(reason: Unsuited, operator: &str) -> Error {
    Error::invalid(match reason {
        Unsuited::Mixed(key) => format!(
            "`{operator}` takes conditions on the element itself or on its fields, not both: \
             `{key}` is a condition on a field"
        ),
        Unsuited::TooMany => format!(
            "`{operator}` on plain values takes conditions that fit in one document of operators, \
             and these do not: join different operators with `&`"
        ),
    })
}
