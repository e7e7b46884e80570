//! Reading rows.

use crate::{
    codec::{Decode, DecodeError, Element, Elements, id_of},
    error::Result,
    expression::Code,
    path::{Embedded, Field},
};

use super::{
    Row, With,
    layout::{column_name, column_number},
};

/// Rows that can be read.
#[diagnostic::on_unimplemented(
    message = "rows after an `.unwind(…)` are no type of their own",
    label = "`{Self}` cannot be decoded",
    note = "say what is wanted of them with `.select(…)` or `.group(…)`"
)]
pub trait Readable: Row {
    /// What a row is read as.
    type Output: Decode;

    /// Reads a row; `added` are the columns that stages added to the document.
    #[doc(hidden)]
    fn read(
        document: Element<'_>,
        added: &[Option<Element<'_>>],
    ) -> Result<Self::Output, DecodeError>;

    /// The expression for the row at `base` (`$name` or `$$name`) as a value of its own, stored as
    /// its output is; `None` if it is that already.
    #[doc(hidden)]
    fn as_value(base: &str) -> Option<Result<Code>>;
}

#[diagnostic::do_not_recommend]
impl<D: Embedded> Readable for D {
    type Output = D;

    fn read(document: Element<'_>, _: &[Option<Element<'_>>]) -> Result<D, DecodeError> {
        D::decode(document)
    }

    fn as_value(_: &str) -> Option<Result<Code>> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<D: Readable, X: Field> Readable for With<D, X>
where
    (D::Output, X): Decode,
{
    type Output = (D::Output, X);

    fn read(
        document: Element<'_>,
        added: &[Option<Element<'_>>],
    ) -> Result<Self::Output, DecodeError> {
        let column = added.get(D::ADDED).copied().flatten();
        let column = read_column(column, &column_name(D::ADDED))?;
        Ok((D::read(document, added)?, column))
    }

    fn as_value(base: &str) -> Option<Result<Code>> {
        let document = D::as_value(base).unwrap_or_else(|| Code::field(base));
        let column = Code::field(&format!("{base}.{}", column_name(D::ADDED)));
        Some(document.and_then(|document| Code::array(vec![document, column?])))
    }
}

/// Reads a column, which may be absent.
pub(super) fn read_column<T: Decode>(
    column: Option<Element<'_>>,
    name: &str,
) -> Result<T, DecodeError> {
    let value = match column {
        Some(element) => T::decode(element),
        None => T::absent().ok_or_else(|| DecodeError::new("the column is missing")),
    };
    value.map_err(|error| error.in_key(name))
}

/// Decodes a row from the server's document.
pub(crate) fn read_row<D: Readable>(document: &[u8]) -> Result<D::Output, DecodeError> {
    let read = match D::ADDED {
        0 => D::read(Element::document(document), &[]),
        added => {
            let (own, added) = split(document, added)?;
            D::read(Element::document(&own), &added)
        }
    };
    read.map_err(|error| error.with_id(id_of(document)))
}

/// The document without the columns that were added to it, and these.
type Split<'a> = (Vec<u8>, Vec<Option<Element<'a>>>);

fn split(document: &[u8], count: usize) -> Result<Split<'_>, DecodeError> {
    let mut own = Vec::with_capacity(document.len());
    own.extend_from_slice(&[0; 4]);
    let mut added = vec![None; count];
    let mut elements = Elements::framed(document, 0)?;
    while let Some((key, element)) = elements.next_element()? {
        match column_number(key).filter(|number| *number < count) {
            Some(number) => added[number] = Some(element),
            None => {
                own.push(element.kind());
                own.extend_from_slice(key.as_bytes());
                own.push(0);
                own.extend_from_slice(element.value());
            }
        }
    }
    own.push(0);
    let length = i32::try_from(own.len()).unwrap_or(i32::MAX);
    own[..4].copy_from_slice(&length.to_le_bytes());
    Ok((own, added))
}
