//! The place of a change stream, to be kept, and to go on from later.

use std::{
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use mongodb::{
    bson::{self, RawBsonRef, RawDocument, RawDocumentBuf, doc},
    change_stream::event::ResumeToken as DriverToken,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::{Error, Result};

/// A point in the history of a collection: a change stream that resumes after it misses nothing
/// and repeats nothing.
///
/// It is kept as text, by serde or by [`to_string`](ToString) and [`parse`](str::parse). Its
/// contents are up to the server. It contains the `_id` of the document, so keep it as secret as
/// that.
///
/// ```
/// use odm::{bson::rawdoc, change_stream::ResumeToken};
///
/// let token = ResumeToken::from_raw(rawdoc! { "_data": "8265F0C1" });
/// assert_eq!(token.to_string(), "8265F0C1");
/// assert_eq!("8265F0C1".parse::<ResumeToken>()?, token);
/// # Ok::<(), odm::Error>(())
/// ```
///
/// Manual: [resume tokens](https://www.mongodb.com/docs/manual/changeStreams/#resume-tokens).
#[derive(Clone, PartialEq)]
pub struct ResumeToken(RawDocumentBuf);

/// The text before the hexadecimal digits of a token that is more than text.
const BSON: &str = "bson:";

impl ResumeToken {
    /// The token that the server sent: the `_id` of an event, a `postBatchResumeToken`.
    pub fn from_raw(token: RawDocumentBuf) -> Self {
        Self(token)
    }

    /// What `resumeAfter` and `startAfter` take.
    pub fn as_raw(&self) -> &RawDocument {
        &self.0
    }

    /// The text of `{_data: text}`, if there is nothing else, and if no other token has the same
    /// text.
    fn as_text(&self) -> Option<&str> {
        let mut elements = self.0.iter();
        match (elements.next(), elements.next()) {
            (Some(Ok((key, RawBsonRef::String(text)))), None) if key.as_str() == "_data" => {
                Some(text).filter(|text| is_plain(text))
            }
            _ => None,
        }
    }
}

/// Whether a text can be that of a token.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(BSON) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Eq for ResumeToken {}

impl Hash for ResumeToken {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_bytes().hash(state);
    }
}

impl fmt::Debug for ResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResumeToken({self})")
    }
}

/// The text in its `_data`; `bson:` and the hexadecimal digits of its BSON if there is anything
/// else in it, because JSON does not keep BSON's types.
impl fmt::Display for ResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = self.as_text() {
            return f.write_str(text);
        }
        f.write_str(BSON)?;
        self.0.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for ResumeToken {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let token = match text.strip_prefix(BSON) {
            Some(digits) => bytes_of(digits).and_then(document),
            None if is_plain(text) => RawDocumentBuf::try_from(doc! { "_data": text }).ok(),
            None => None,
        };
        token.map(Self).ok_or_else(|| Error::invalid("this is not a resume token"))
    }
}

/// The bytes of hexadecimal digits.
fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let pairs = digits.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some((value(*high)? * 16 + value(*low)?) as u8),
        _ => None,
    });
    pairs.collect()
}

/// The document, if all of it is well formed.
fn document(bytes: Vec<u8>) -> Option<RawDocumentBuf> {
    let raw = RawDocumentBuf::from_bytes(bytes).ok()?;
    bson::Document::try_from(&raw).is_ok().then_some(raw)
}

impl Serialize for ResumeToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ResumeToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Only serde gives access to the driver's token.
#[derive(Serialize, Deserialize)]
struct Wrapped<T> {
    token: T,
}

impl TryFrom<&DriverToken> for ResumeToken {
    type Error = Error;

    fn try_from(token: &DriverToken) -> Result<Self> {
        let wrapped = bson::serialize_to_raw_document_buf(&Wrapped { token });
        let wrapped = wrapped.map_err(|error| Error::invalid(error.to_string()))?;
        match wrapped.get_document("token") {
            Ok(token) => Ok(Self(token.to_owned())),
            Err(error) => Err(Error::invalid(format!("this is not a resume token: {error}"))),
        }
    }
}

impl TryFrom<&ResumeToken> for DriverToken {
    type Error = Error;

    fn try_from(token: &ResumeToken) -> Result<Self> {
        let wrapped = bson::serialize_to_vec(&Wrapped { token: &token.0 });
        let wrapped =
            wrapped.and_then(|bytes| bson::deserialize_from_slice::<Wrapped<Self>>(&bytes));
        wrapped.map(|wrapped| wrapped.token).map_err(|error| Error::invalid(error.to_string()))
    }
}
