//! Several conditions on one element: `$elemMatch`.

use crate::{
    codec::{ElementType, Elements, Encoder},
    error::{Error, ErrorKind, Result},
    path::{
        Conditional, Direct, Field, Fields, Filtering, Handle, NaturallyStored, Path,
        kind::Sequence,
    },
};

use super::{
    Condition, Filter,
    array::ElementOf,
    framed, keys,
    value::{alternatives, begins_with_operator, element, is_about_value, unsuited},
};

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
        element_match(self, condition(Handle::from_path(Path::element())).into_filter())
    }

    /// Every condition is met by an element, which need not be the same (`$all` of `$elemMatch`).
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
    /// Those of [`elem_match`](Self::elem_match), and no condition at all.
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
        let conditions = conditions(Handle::from_path(Path::element()));
        all_match(self, conditions.into_iter().map(C::into_filter))
    }
}

impl<H: Handle<Mode: Direct>> ElementMatch for H {}

fn element_match<H: Handle, E>(handle: &H, condition: Filter<E>) -> Filter<H::Root> {
    let path = handle.as_path().as_str();
    let documents = match element_documents(condition, "$elemMatch") {
        Ok(documents) => documents,
        Err(error) => return Filter::from_elements(Err(below(path, error))),
    };
    let matches = documents.into_iter().map(|document| {
        Filter::operator(handle, "$elemMatch", |out| {
            out.bytes(&document);
            ElementType::EmbeddedDocument
        })
    });
    Filter::or(matches)
}

fn all_match<H: Handle, E>(
    handle: &H,
    conditions: impl Iterator<Item = Filter<E>>,
) -> Filter<H::Root> {
    let path = handle.as_path().as_str();
    let documents = conditions.map(|condition| {
        let mut documents = element_documents(condition, "$all")?;
        match (documents.pop(), documents.is_empty()) {
            (Some(document), true) => Ok(document),
            _ => Err(unsuited("$all")),
        }
    });
    match documents.collect::<Result<Vec<_>>>() {
        Err(error) => Filter::from_elements(Err(below(path, error))),
        Ok(documents) if documents.is_empty() => Filter::from_elements(Err(below(
            path,
            Error::invalid("`$all` needs a condition, and got none"),
        ))),
        Ok(documents) => Filter::operator(handle, "$all", |out| {
            out.list(documents, |document, out| {
                out.document(|out| out.bytes(&element(0x03, "$elemMatch", &document)));
                ElementType::EmbeddedDocument
            });
            ElementType::Array
        }),
    }
}

/// The documents, one of which an element must match.
fn element_documents<E>(condition: Filter<E>, operator: &str) -> Result<Vec<Vec<u8>>> {
    condition.uses.in_elements(operator)?;
    let elements = condition.into_elements()?;
    super::check_depth(&elements)?;
    match is_about_value(&elements) {
        true => Ok(alternatives(&elements, operator)?.iter().map(|one| framed(one)).collect()),
        false => Ok(vec![framed(&elements)]),
    }
}

/// The error with the path of the array before its own.
fn below(path: &str, error: Error) -> Error {
    match error.kind() {
        ErrorKind::Encode { path: inner, reason } => {
            let dot = if inner.is_empty() || inner.starts_with('.') { "" } else { "." };
            Error::encode(format!("{path}{dot}{inner}"), reason.clone())
        }
        ErrorKind::Invalid(reason) => Error::invalid(format!("{path}: {reason}")),
        _ => error,
    }
}

impl<R> Filter<R> {
    /// `{path: value}`, and with `$eq` where a plain value would be taken for something else.
    pub(crate) fn equal<H>(handle: &H, write: impl FnOnce(&mut Encoder) -> ElementType) -> Self
    where
        H: Handle<Root = R>,
    {
        let plain = Self::at(handle.as_path(), write);
        let condition = match plain.into_elements() {
            Ok(elements) if needs_operator(&elements) => Self::from_elements(wrap(&elements)),
            elements => Self::from_elements(elements),
        };
        condition.of_variants(handle.as_path())
    }
}

/// The condition that a closure makes for one element, as `$pull` takes it: its type and its
/// value.
pub(crate) fn element_condition<E: Field, C: Condition<E>>(
    condition: impl FnOnce(Fields<E, Filtering>) -> C,
    operator: &str,
) -> Result<(u8, Vec<u8>)> {
    let condition = condition(Handle::from_path(Path::element())).into_filter();
    condition.uses.in_pull(operator)?;
    let elements = condition.into_elements()?;
    super::check_depth(&elements)?;
    if !is_about_value(&elements) {
        return Ok((0x03, framed(&elements)));
    }
    // A plain document would match elements that have more fields, too: it needs its `$eq`.
    if let Some((kind, value)) = only_value(&elements)?
        && kind != 0x03
    {
        return Ok((kind, value.to_vec()));
    }
    match alternatives(&elements, operator)?.as_slice() {
        [one] => Ok((0x03, framed(&begun_with_operator(one)))),
        _ => Err(unsuited(operator)),
    }
}

/// `$pull` takes a document that begins with `$not` for one of fields: `$exists`, which holds for
/// every element, goes before it.
fn begun_with_operator(operators: &[u8]) -> Vec<u8> {
    match keys(operators).next() {
        Some("$not") => [element(0x08, "$exists", &[1]), operators.to_vec()].concat(),
        _ => operators.to_vec(),
    }
}

/// The value under the empty path, if there is nothing else.
fn only_value(elements: &[u8]) -> Result<Option<(u8, &[u8])>> {
    let mut reader = Elements::unframed(elements);
    match (reader.next_element()?, reader.next_element()?) {
        (Some(("", value)), None) => Ok(Some((value.kind(), value.value()))),
        _ => Ok(None),
    }
}

/// Whether `{path: value}` would be read as operators or as a pattern.
fn needs_operator(elements: &[u8]) -> bool {
    let mut reader = Elements::unframed(elements);
    match reader.next_element() {
        Ok(Some((_, value))) => match value.kind() {
            0x0B => true,
            0x03 => begins_with_operator(value.value()),
            _ => false,
        },
        _ => false,
    }
}

/// `{path: value}` as `{path: {$eq: value}}`.
fn wrap(elements: &[u8]) -> Result<Vec<u8>> {
    let mut reader = Elements::unframed(elements);
    match reader.next_element()? {
        Some((key, value)) => {
            let equality = element(value.kind(), "$eq", value.value());
            Ok(element(0x03, key, &framed(&equality)))
        }
        None => Ok(Vec::new()),
    }
}
