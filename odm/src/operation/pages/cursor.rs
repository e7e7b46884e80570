//! Cursors as text.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use mongodb::bson::Document;
use serde::{Deserialize, Serialize};

use super::seal::{self, Key, damaged};
use crate::error::{Error, Result};

/// Where a page begins: the values of one document by which a query is ordered, and the way to
/// read from there.
///
/// It is text for a URL: letters, digits, `-` and `_`. It fits only the query that it was made for:
/// the same order, filter and collection. The size of the page may change, and so may the program
/// and the model, as long as the query stays the same: how a filter is written means nothing, nor
/// does the width of its integers.
///
/// With serde it is its text.
///
/// ```
/// use odm::operation::PageCursor;
///
/// // What comes from a request is checked when it is used, and before that by `parse`.
/// assert!("no cursor".parse::<PageCursor>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageCursor(String);

impl PageCursor {
    pub(super) fn seal(content: &Document, key: Option<&Key>) -> Result<Self> {
        seal::seal(content, key).map(|bytes| Self(BASE64.encode(bytes)))
    }

    pub(super) fn open(&self, key: Option<&Key>) -> Result<Document> {
        seal::open(&bytes(&self.0)?, key)
    }

    /// The text of the cursor.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn bytes(text: &str) -> Result<Vec<u8>> {
    BASE64.decode(text).map_err(|_| damaged())
}

impl FromStr for PageCursor {
    type Err = Error;

    /// Checks that the text is a cursor of some query. Whose it is, and its signature, is checked
    /// when a page is fetched.
    fn from_str(text: &str) -> Result<Self> {
        seal::check(&bytes(text)?)?;
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for PageCursor {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<PageCursor> for String {
    fn from(cursor: PageCursor) -> Self {
        cursor.0
    }
}

impl fmt::Display for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PageCursor").field(&self.0).finish()
    }
}

/// What `.after(…)` takes: a [`PageCursor`], its text, or an `Option` of one of them.
#[diagnostic::on_unimplemented(
    message = "a page begins after a cursor, and this is a `{Self}`",
    label = "not a cursor",
    note = "give `page.next`, `page.previous`, or the text of one; `None` is the first page"
)]
pub trait IntoPageCursor {
    /// The cursor, or why the text is none.
    #[doc(hidden)]
    fn into_page_cursor(self) -> Result<Option<PageCursor>>;
}

#[diagnostic::do_not_recommend]
impl<C: IntoPageCursor> IntoPageCursor for Option<C> {
    fn into_page_cursor(self) -> Result<Option<PageCursor>> {
        self.map_or(Ok(None), C::into_page_cursor)
    }
}

macro_rules! cursors {
    ($($given:ty: |$it:ident| $cursor:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoPageCursor for $given {
            fn into_page_cursor(self) -> Result<Option<PageCursor>> {
                let $it = self;
                $cursor.map(Some)
            }
        }
    )*};
}

cursors! {
    PageCursor: |cursor| Ok(cursor);
    &PageCursor: |cursor| Ok(cursor.clone());
    &str: |text| text.parse();
    String: |text| text.parse();
    &String: |text| text.parse();
}
