//! Large events that the server has split, joined again.

use std::borrow::Cow;

use mongodb::bson::{RawDocument, RawDocumentBuf};

use crate::{
    codec::{Decode, DecodeError, Element, Elements, Fragment, RawValue},
    error::Error,
};

/// The fragments of an event that have come so far, as `$changeStreamSplitLargeEvent` makes them.
///
/// ```text
///            1 of n           2 … n-1           n of n
///  nothing ─────────▶ some ──────────▶ some ──────────▶ nothing, and the event
///     │                 │
///     │ 2 … n of n      │ any other
///     └─────────────────┴──────────▶ nothing, and a fault
/// ```
///
/// ```
/// use odm::{bson::rawdoc, change_stream::{Fragments, Pushed}};
///
/// let mut fragments = Fragments::default();
/// let first = rawdoc! { "_id": 1, "splitEvent": { "fragment": 1, "of": 2 }, "a": 1 };
/// let second = rawdoc! { "_id": 2, "splitEvent": { "fragment": 2, "of": 2 }, "b": 2 };
/// assert!(matches!(fragments.push(&first), Pushed::Incomplete));
/// match fragments.push(&second) {
///     Pushed::Joined(event) => assert_eq!(*event, *rawdoc! { "_id": 2, "a": 1, "b": 2 }),
///     other => panic!("{other:?}"),
/// }
/// ```
///
/// Manual: [`$changeStreamSplitLargeEvent`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/changeStreamSplitLargeEvent/).
#[doc(alias = "$changeStreamSplitLargeEvent")]
#[derive(Clone, Debug, Default)]
pub struct Fragments {
    /// The elements of the fragments so far, without those that are about the fragments.
    elements: Fragment,
    /// The last fragment; none between events.
    last: Option<Split>,
}

/// What became of an event that was [pushed](Fragments::push).
#[derive(Clone, Debug)]
pub enum Pushed<'a> {
    /// It is whole: it was never split, or this was its last fragment. It has the `_id` of the last
    /// one, after which a stream can be resumed.
    Joined(Cow<'a, RawDocument>),
    /// More fragments will follow. No stream may be resumed here: the beginning would be lost.
    Incomplete,
    /// A sequence of fragments begins in the middle, or breaks off. The fragments so far are
    /// dropped, and the pushed one is not taken: push it again to begin a new sequence.
    Fault(Error),
}

/// `{fragment: …, of: …}`
#[derive(Clone, Copy, Debug, PartialEq)]
struct Split {
    fragment: i64,
    of: i64,
}

/// The elements that every fragment has.
const TOKEN: &str = "_id";
const SPLIT: &str = "splitEvent";

impl Fragments {
    /// Takes an event or a fragment of one.
    pub fn push<'a>(&mut self, event: &'a RawDocument) -> Pushed<'a> {
        let pushed = split(event.as_bytes()).and_then(|split| match (self.last, split) {
            (None, None) => Ok(Pushed::Joined(Cow::Borrowed(event))),
            (last, Some(split)) if split.follows(last) => self.take(split, event.as_bytes()),
            (last, split) => Err(unexpected(last, split)),
        });
        pushed.unwrap_or_else(|error| {
            self.clear();
            Pushed::Fault(Error::from(error.in_key(SPLIT)))
        })
    }

    /// Whether a sequence of fragments has begun and not ended.
    pub fn is_incomplete(&self) -> bool {
        self.last.is_some()
    }

    /// Forgets the fragments so far, as before a stream is resumed.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn take(&mut self, split: Split, fragment: &[u8]) -> Result<Pushed<'static>, DecodeError> {
        let mut token = Fragment::default();
        let mut elements = Elements::framed(fragment, 0)?;
        while let Some((key, element)) = elements.next_element()? {
            match key {
                TOKEN => token.push(key, &RawValue::of_element(element)),
                SPLIT => {}
                _ => self.elements.push(key, &RawValue::of_element(element)),
            }
        }
        self.last = Some(split);
        if split.fragment < split.of {
            return Ok(Pushed::Incomplete);
        }
        token.append(&self.elements);
        self.clear();
        let event = RawDocumentBuf::from_bytes(token.framed());
        let event = event.map_err(|_| DecodeError::malformed("an event is cut short"))?;
        Ok(Pushed::Joined(Cow::Owned(event)))
    }
}

impl Split {
    fn follows(self, last: Option<Self>) -> bool {
        let expected = match last {
            None => Self { fragment: 1, of: self.of },
            Some(last) => Self { fragment: last.fragment + 1, of: last.of },
        };
        self == expected && self.fragment <= self.of
    }
}

/// Which fragment an event is, if it is one.
fn split(event: &[u8]) -> Result<Option<Split>, DecodeError> {
    let mut elements = Elements::framed(event, 0)?;
    while let Some((key, element)) = elements.next_element()? {
        if key == SPLIT {
            return read_split(element).map(Some);
        }
    }
    Ok(None)
}

fn read_split(element: Element<'_>) -> Result<Split, DecodeError> {
    let (mut fragment, mut of) = (None, None);
    let mut elements = element.elements()?;
    while let Some((key, element)) = elements.next_element()? {
        let number = match key {
            "fragment" => &mut fragment,
            "of" => &mut of,
            _ => continue,
        };
        *number = Some(i64::decode(element).map_err(|error| error.in_key(key))?);
    }
    match (fragment, of) {
        (Some(fragment), Some(of)) => Ok(Split { fragment, of }),
        _ => Err(DecodeError::new("expected the numbers `fragment` and `of`")),
    }
}

#[cold]
fn unexpected(last: Option<Split>, found: Option<Split>) -> DecodeError {
    let expected = match last {
        None => "fragment 1".to_owned(),
        Some(last) => format!("fragment {} of {}", last.fragment + 1, last.of),
    };
    let found = match found {
        None => "a whole event".to_owned(),
        Some(found) => format!("fragment {} of {}", found.fragment, found.of),
    };
    DecodeError::expected(&expected, &found)
}
