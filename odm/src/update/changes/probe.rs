//! What a type would read, found out by its own decoder.
//!
//! No path says whether a document is a struct, a map or a variant. The model's decoder does: it
//! reads a struct or a map with the keys of two states, and no variant with those of two variants.
//! It reads any text in place of a text, and no other name in place of a tag.

use mongodb::bson::{Bson, Document, deserialize_from_slice, serialize_to_vec};

use super::{Shape, difference::is_nameable};

/// A text that names no variant.
const NO_NAME: &str = "\u{1}odm";

pub(super) struct Probe<'a> {
    pub(super) old: &'a Document,
    pub(super) new: &'a Document,
    pub(super) shape: &'a Shape,
}

impl Probe<'_> {
    /// Whether the document at a path can be read with the keys of both states.
    pub(super) fn takes_keys_of_both(&self, path: &[String]) -> bool {
        let mut both = self.new.clone();
        let Some(old) = at(&mut self.old.clone(), path).cloned() else { return false };
        let Some(new) = at(&mut both, path) else { return false };
        for (key, value) in old {
            if !new.contains_key(&key) {
                new.insert(key, value);
            }
        }
        self.reread(&both).is_some()
    }

    /// The texts of a document that only some values can take the place of: tags, and names of
    /// variants.
    pub(super) fn tags<'d>(&self, path: &[String], document: &'d Document) -> Vec<&'d str> {
        let texts = document.iter().filter(|(_, value)| matches!(value, Bson::String(_)));
        let keys = texts.map(|(key, _)| key.as_str()).filter(|key| is_nameable(key));
        keys.filter(|key| {
            let mut probe = self.old.clone();
            let Some(place) = at(&mut probe, path) else { return true };
            place.insert(*key, NO_NAME);
            // Where a name that is not known is read as another variant, that one is written.
            let mut reread = self.reread(&probe);
            let text = reread.as_mut().and_then(|reread| at(reread, path)?.get_str(key).ok());
            text != Some(NO_NAME)
        })
        .collect()
    }

    /// The document as the model reads it.
    fn reread(&self, document: &Document) -> Option<Document> {
        let reread = (self.shape.reread)(&serialize_to_vec(document).ok()?)?;
        deserialize_from_slice(&reread).ok()
    }
}

/// The document at a path.
fn at<'d>(document: &'d mut Document, path: &[String]) -> Option<&'d mut Document> {
    match path.split_first() {
        None => Some(document),
        Some((first, rest)) => match document.get_mut(first)? {
            Bson::Document(inner) => at(inner, rest),
            _ => None,
        },
    }
}
