//! What a type would read, found out by its own decoder.
//!
//! No path says whether a document is a struct, a map or a variant. The model's decoder does: it
//! reads a struct or a map with the keys of two states, and no variant with those of two variants.
//! It reads any text in place of a text, and no other name in place of a tag.

use mongodb::bson::{Bson, Document, deserialize_from_slice, serialize_to_vec};

use super::{
    Shape,
    difference::{is_nameable, is_same},
};

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

    /// Whether a field can be absent from the stored document and read as it was loaded: it has its
    /// default.
    pub(super) fn may_be_absent(&self, path: &[String]) -> bool {
        let Some((key, before)) = path.split_last() else { return false };
        let mut without = self.old.clone();
        // An element cannot be absent.
        if at(&mut without, before).and_then(|parent| parent.remove(key)).is_none() {
            return false;
        }
        match (self.reread(&without), self.reread(self.old)) {
            (Some(without), Some(with)) => is_same(&Bson::Document(without), &Bson::Document(with)),
            _ => false,
        }
    }

    /// The document as the model reads it.
    fn reread(&self, document: &Document) -> Option<Document> {
        let reread = (self.shape.reread)(&serialize_to_vec(document).ok()?)?;
        deserialize_from_slice(&reread).ok()
    }
}

/// The document at a path.
fn at<'d>(document: &'d mut Document, path: &[String]) -> Option<&'d mut Document> {
    let Some((first, rest)) = path.split_first() else { return Some(document) };
    let mut value = document.get_mut(first)?;
    for step in rest {
        value = match value {
            Bson::Document(inner) => inner.get_mut(step)?,
            Bson::Array(items) => items.get_mut(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    value.as_document_mut()
}
