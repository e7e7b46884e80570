//! Where a page begins: the values of the keys, and the direction.

use mongodb::bson::{Binary, Bson, Document, spec::BinarySubtype};

use super::{identity::Identity, seal::damaged};
use crate::{
    error::{Error, Result},
    sort::SortKey,
};

/// A place between two documents, and the way to read from there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Position {
    /// One for each key of the order.
    pub(super) values: Vec<Bson>,
    /// Whether what comes before is read, and not what comes after.
    pub(super) is_backward: bool,
    /// Whether a document with exactly these values is read, too.
    pub(super) is_inclusive: bool,
}

impl Position {
    /// The content of a cursor.
    pub(super) fn into_content(self, identity: &Identity) -> Document {
        let mut content = Document::new();
        let digest = Binary { subtype: BinarySubtype::Generic, bytes: identity.digest.clone() };
        content.insert("query", digest);
        content.insert("order", identity.order.clone());
        content.insert("values", self.values);
        let flags = [("backward", self.is_backward), ("inclusive", self.is_inclusive)];
        let set = flags.into_iter().filter(|(_, is_set)| *is_set);
        content.extend(set.map(|(name, is_set)| (name.to_owned(), Bson::Boolean(is_set))));
        content
    }

    /// Reads the content of a cursor that must be one of this query.
    pub(super) fn of_content(
        mut content: Document,
        identity: &Identity,
        keys: &[SortKey],
    ) -> Result<Self> {
        let (Some(Bson::Binary(digest)), Some(Bson::Document(order)), Some(Bson::Array(values))) =
            (content.remove("query"), content.remove("order"), content.remove("values"))
        else {
            return Err(damaged());
        };
        if !order.iter().eq(identity.order.iter()) {
            return Err(Error::page_cursor("was made for another sort order"));
        }
        if digest.bytes != identity.digest {
            return Err(Error::page_cursor("was made for another filter, or another collection"));
        }
        let fits = |(value, key): (&Bson, &SortKey)| can_begin(value, key);
        if values.len() != keys.len() || !values.iter().zip(keys).all(fits) {
            return Err(damaged());
        }
        let flag = |name| content.get_bool(name).unwrap_or(false);
        let (is_backward, is_inclusive) = (flag("backward"), flag("inclusive"));
        Ok(Self { values, is_backward, is_inclusive })
    }
}

/// Whether a cursor of ours can have the value.
fn can_begin(value: &Bson, key: &SortKey) -> bool {
    match value {
        Bson::Array(_) | Bson::Undefined => false,
        // To `$lt` it is a pattern, and an error.
        Bson::RegularExpression(_) => !key.is_uniform,
        _ => true,
    }
}
