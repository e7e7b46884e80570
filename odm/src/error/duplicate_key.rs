//! Duplicate keys: the server's text holds what the driver drops.

use std::fmt;

use mongodb::bson::Document;

/// A unique index that has the key already.
///
/// The text of the error and the debug output name the index and its fields. The values are in
/// [`key`](Self::key) and [`key_value`](Self::key_value) only.
#[derive(Clone, PartialEq)]
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
    message: String,
}

impl DuplicateKey {
    /// Reads `E11000 duplicate key error collection: db.c index: email_1 dup key: { … }`.
    pub(super) fn parse(message: &str, key_value: Option<Document>) -> Self {
        let (head, key) = message.split_once("dup key: ").unwrap_or((message, ""));
        let between = |from: &str, to: &str| {
            let (_, rest) = head.split_once(from)?;
            Some(rest.split_once(to).map_or(rest, |(text, _)| text).trim().to_owned())
        };
        let index = between(" index: ", " dup key:").unwrap_or_default();
        Self {
            namespace: between("collection: ", " index: ").unwrap_or_default(),
            index: index.split(" collation: {").next().unwrap_or_default().to_owned(),
            key: key.trim().to_owned(),
            key_value,
            message: message.to_owned(),
        }
    }

    /// The server's text.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// The names of the index's fields, where the server sent them.
    fn fields(&self) -> Vec<&str> {
        self.key_value.iter().flat_map(Document::keys).map(String::as_str).collect()
    }
}

impl fmt::Display for DuplicateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the unique index {} of {} has the same ", self.index, self.namespace)?;
        match self.fields().as_slice() {
            [] => f.write_str("key already"),
            fields => write!(f, "{} already", fields.join(", ")),
        }
    }
}

impl fmt::Debug for DuplicateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DuplicateKey")
            .field("index", &self.index)
            .field("namespace", &self.namespace)
            .field("fields", &self.fields())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;

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

    #[test]
    fn only_the_names_of_the_key_are_told() {
        let text = "E11000 duplicate key error dup key: { n: \" index: s3cret\" }";
        for key_value in [None, Some(doc! { "n": " index: s3cret" })] {
            let duplicate = DuplicateKey::parse(text, key_value);
            assert!(!format!("{duplicate} {duplicate:?}").contains("s3cret"), "{duplicate:?}");
            assert_eq!(duplicate.message(), text);
        }
        let text = "E11000 duplicate key error collection: a.b index: n_1 dup key: { n: 1, m: 2 }";
        let duplicate = DuplicateKey::parse(text, Some(doc! { "n": 1, "m": 2 }));
        assert_eq!(duplicate.to_string(), "the unique index n_1 of a.b has the same n, m already");
    }
}
