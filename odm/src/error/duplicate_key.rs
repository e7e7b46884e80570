//! Duplicate keys: the server's text holds what the driver drops.

use std::fmt;

use mongodb::bson::Document;

/// A unique index that has the key already.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DuplicateKey {
    /// The name of the index, as in `email_1`.
    pub index: String,
    /// The key that is there already, as the server writes it: `{ email: "a@b.c" }`.
    pub key: String,
    /// The key as a document, where the server sent it as one.
    pub key_value: Option<Document>,
    /// Database and collection.
    pub namespace: String,
}

impl DuplicateKey {
    /// Reads `E11000 duplicate key error collection: db.c index: email_1 dup key: { … }`.
    pub(super) fn parse(message: &str, key_value: Option<Document>) -> Self {
        let between = |from: &str, to: &str| {
            let (_, rest) = message.split_once(from)?;
            Some(rest.split_once(to).map_or(rest, |(text, _)| text).trim().to_owned())
        };
        let index = between(" index: ", " dup key:").unwrap_or_default();
        Self {
            namespace: between("collection: ", " index: ").unwrap_or_default(),
            index: index.split(" collation: {").next().unwrap_or_default().to_owned(),
            key: message.split_once("dup key: ").map_or("", |(_, key)| key.trim()).to_owned(),
            key_value,
        }
    }
}

impl fmt::Display for DuplicateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the unique index {} of {} has {} already", self.index, self.namespace, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_the_server_gives_index_and_key() {
        let text = "E11000 duplicate key error collection: shop.users index: email_1 dup key: \
                    { email: \"a index: b\" }";
        let duplicate = DuplicateKey::parse(text, None);
        assert_eq!(duplicate.index, "email_1");
        assert_eq!(duplicate.key, "{ email: \"a index: b\" }");
        assert_eq!(duplicate.namespace, "shop.users");
    }

    #[test]
    fn the_collation_of_an_index_is_no_part_of_its_name() {
        let text = "E11000 duplicate key error collection: a.b index: n_1 collation: { locale: \
                    \"en\" } dup key: { n: \"0x3b\" }";
        let duplicate = DuplicateKey::parse(text, None);
        assert_eq!((duplicate.index.as_str(), duplicate.key.as_str()), ("n_1", "{ n: \"0x3b\" }"));
    }
}
