//! Finding out which variant of an enum is stored.

use crate::codec::{DecodeError, Element, Encode, Encoder};

/// Writes the name of the variant.
pub fn write_tag(tag: &str, name: &str, out: &mut Encoder) {
    out.element(tag, |out| name.encode(out));
}

/// The failure of a variant with `skip`.
#[cold]
pub fn fail_skipped(variant: &str, out: &mut Encoder) {
    out.fail(format!("the variant `{variant}` is skipped, and so cannot be stored"));
}

/// The error of a name that belongs to no variant.
#[cold]
pub fn unknown_variant(_found: &str, known: &[&str]) -> DecodeError {
    let known: Vec<_> = known.iter().map(|name| format!("{name:?}")).collect();
    DecodeError::new(format!("expected one of {}, found another string", known.join(", ")))
}

/// `{variant: content}`, or a string.
pub fn external<'a>(element: Element<'a>) -> Result<(&'a str, Option<Element<'a>>), DecodeError> {
    if let Ok(name) = element.str() {
        return Ok((name, None));
    }
    let mut elements = element.elements().map_err(|_| element.mismatch("string or document"))?;
    let first = elements.next_element()?;
    match (first, elements.next_element()?) {
        (Some((name, content)), None) => Ok((name, Some(content))),
        _ => Err(DecodeError::new("expected exactly one key, the name of the variant")),
    }
}

/// `{tag: variant, …}`, the tag standing anywhere.
pub fn internal<'a>(element: Element<'a>, tag: &str) -> Result<&'a str, DecodeError> {
    let mut elements = element.elements()?;
    while let Some((key, value)) = elements.next_element()? {
        if key == tag {
            return value.str().map_err(|error| error.in_key(tag));
        }
    }
    Err(DecodeError::new("the field is missing").in_key(tag))
}

/// `{tag: variant, content: …}`, in any order.
pub fn adjacent<'a>(
    element: Element<'a>,
    [tag, content]: [&str; 2],
    denies_others: bool,
) -> Result<(&'a str, Option<Element<'a>>), DecodeError> {
    let mut elements = element.elements()?;
    let (mut name, mut value) = (None, None);
    while let Some((key, found)) = elements.next_element()? {
        if key == tag {
            name = Some(found.str().map_err(|error| error.in_key(tag))?);
        } else if key == content {
            value = Some(found);
        } else if denies_others {
            return Err(DecodeError::new("the field is unknown").in_key(key));
        }
    }
    match name {
        Some(name) => Ok((name, value)),
        None => Err(DecodeError::new("the field is missing").in_key(tag)),
    }
}

/// Reads the data of a variant, which is stored under `key`.
pub fn content<'a, T>(
    content: Option<Element<'a>>,
    key: &str,
    read: impl FnOnce(Element<'a>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    match content {
        Some(element) => read(element).map_err(|error| error.in_key(key)),
        // An `Option` need not be there.
        None => read(Element::null())
            .map_err(|_| DecodeError::new("the variant's data is missing").in_key(key)),
    }
}

/// A variant without data has none, or null.
pub fn no_content(content: Option<Element<'_>>, key: &str) -> Result<(), DecodeError> {
    match content {
        Some(element) if !element.is_null() => Err(element.mismatch("null").in_key(key)),
        _ => Ok(()),
    }
}

/// The error of a document whose variant is not known, in place of its fields.
#[cold]
pub fn unknown_tag(tag: &str, found: &str, known: &[&str]) -> DecodeError {
    let known: Vec<_> = known.iter().map(|name| format!("{name:?}")).collect();
    let shown: String = found.chars().take(100).collect();
    let rest = if shown.len() < found.len() { "…" } else { "" };
    let reason = format!("expected one of {}, found {:?}", known.join(", "), shown + rest);
    DecodeError::new(reason).in_key(tag)
}

/// The failure of a variant with `other` of a model.
#[cold]
pub fn fail_other(variant: &str, out: &mut Encoder) {
    out.fail(format!(
        "`{variant}` stands for variants that the program does not know, and so cannot be stored"
    ));
}
