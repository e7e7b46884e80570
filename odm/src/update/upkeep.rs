//! What odm keeps in the documents of a model: their version, and when they were created and
//! updated.
//!
//! A write gets it when its statement is rendered, so that every attempt sends the same bytes.

use mongodb::bson::{Bson, DateTime, Document, doc};

use crate::codec::{Element, Fragment, RawValue, is_equal};

/// The fields that odm keeps: what `#[model(version)]`, `#[model(created_at)]` and
/// `#[model(updated_at)]` are on.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Upkeep {
    version: Option<Version>,
    created_at: Option<&'static str>,
    updated_at: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
struct Version {
    name: &'static str,
    is_long: bool,
    /// A document may be without it; that is version 0.
    is_defaulted: bool,
}

impl Upkeep {
    /// Nothing is kept.
    pub const NONE: Self = Self { version: None, created_at: None, updated_at: None };

    /// With a version, stored as an `int64` or an `int32`.
    pub const fn version(self, name: &'static str, is_long: bool, is_defaulted: bool) -> Self {
        Self { version: Some(Version { name, is_long, is_defaulted }), ..self }
    }

    /// With the time of the insertion.
    pub const fn created_at(self, name: &'static str) -> Self {
        Self { created_at: Some(name), ..self }
    }

    /// With the time of the last write.
    pub const fn updated_at(self, name: &'static str) -> Self {
        Self { updated_at: Some(name), ..self }
    }

    /// What the variants of a model keep, which is the same for all.
    #[track_caller]
    pub const fn of_variants(all: &'static [&'static Self]) -> &'static Self {
        let mut index = 1;
        while index < all.len() {
            if !all[0].is_same(all[index]) {
                panic!(
                    "the variants of a model have the same `version`, `created_at` and \
                     `updated_at`, stored under the same names"
                );
            }
            index += 1;
        }
        if all.is_empty() { &Self::NONE } else { all[0] }
    }

    const fn is_same(&self, other: &Self) -> bool {
        let is_same_version = match (self.version, other.version) {
            (Some(one), Some(other)) => {
                is_equal(one.name, other.name)
                    && one.is_long == other.is_long
                    && one.is_defaulted == other.is_defaulted
            }
            (None, None) => true,
            _ => false,
        };
        is_same_version
            && is_same_name(self.created_at, other.created_at)
            && is_same_name(self.updated_at, other.updated_at)
    }

    /// Whether nothing is kept.
    pub(crate) const fn is_none(&self) -> bool {
        self.version.is_none() && self.created_at.is_none() && self.updated_at.is_none()
    }

    /// Whether a field is kept.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.version.is_some_and(|version| version.name == name)
            || self.created_at == Some(name)
            || self.updated_at == Some(name)
    }

    /// Whether a replacement needs something of the document that it replaces.
    pub(crate) const fn outlives_replacements(&self) -> bool {
        self.version.is_some() || self.created_at.is_some()
    }

    /// The condition that a document still has the version.
    pub(crate) fn is_version(&self, number: i64) -> Option<(&'static str, RawValue)> {
        let version = self.version?;
        let value = match version.is_defaulted && number == 0 {
            true => Bson::Document(doc! { "$in": [version.number(0), null] }),
            false => version.number(number),
        };
        Some((version.name, RawValue::of(&value)))
    }

    /// The operators of an update, `{operator: {field: value}}`.
    pub(super) fn operators(&self, is_upsert: bool) -> Vec<(&'static str, &'static str, Bson)> {
        let now = Bson::DateTime(DateTime::now());
        let version = self.version.map(|version| ("$inc", version.name, version.number(1)));
        let updated_at = self.updated_at.map(|name| ("$set", name, now.clone()));
        let created_at = self.created_at.filter(|_| is_upsert);
        let created_at = created_at.map(|name| ("$setOnInsert", name, now));
        version.into_iter().chain(updated_at).chain(created_at).collect()
    }

    /// The last stage of a pipeline.
    pub(super) fn stage(&self, is_upsert: bool) -> Option<Document> {
        let mut fields = Document::new();
        let now = Bson::DateTime(DateTime::now());
        if let Some(version) = self.version {
            fields.insert(version.name, version.next(version.number(1)));
        }
        if let Some(name) = self.updated_at {
            fields.insert(name, now.clone());
        }
        if let Some(name) = self.created_at.filter(|_| is_upsert) {
            fields.insert(name, or_else(name, now));
        }
        (!fields.is_empty()).then(|| doc! { "$set": fields })
    }

    /// What stands in the place of a replacement's own fields, as expressions over the document
    /// that is replaced.
    pub(crate) fn of_replacement(&self, document: &[u8]) -> Document {
        let mut fields = Document::new();
        let now = Bson::DateTime(DateTime::now());
        if let Some(version) = self.version {
            let own = number_at(document, version.name).unwrap_or(0);
            fields.insert(version.name, version.next(version.number(own)));
        }
        if let Some(name) = self.created_at {
            fields.insert(name, or_else(name, now.clone()));
        }
        if let Some(name) = self.updated_at {
            fields.insert(name, now);
        }
        fields
    }

    /// The encoded document with the time of its insertion.
    pub(crate) fn stamped(&self, document: Vec<u8>, now: DateTime) -> Vec<u8> {
        self.with_times(document, [self.created_at, self.updated_at], now)
    }

    /// The encoded document with the time of its last write.
    pub(crate) fn updated(&self, document: Vec<u8>, now: DateTime) -> Vec<u8> {
        self.with_times(document, [None, self.updated_at], now)
    }

    fn with_times(
        &self,
        document: Vec<u8>,
        names: [Option<&'static str>; 2],
        now: DateTime,
    ) -> Vec<u8> {
        let names = || names.iter().flatten();
        if names().next().is_none() {
            return document;
        }
        let now = RawValue::of(&Bson::DateTime(now));
        let (old, mut new) = (Fragment::of_document(&document), Fragment::default());
        for (key, element) in old.iter() {
            match names().any(|name| *name == key) {
                true => new.push(key, &now),
                false => new.push(key, &RawValue::of_element(element)),
            }
        }
        for name in names().filter(|name| !old.has(name)) {
            new.push(name, &now);
        }
        new.framed()
    }
}

impl Version {
    fn number(self, number: i64) -> Bson {
        match i32::try_from(number) {
            Ok(small) if !self.is_long => Bson::Int32(small),
            _ => Bson::Int64(number),
        }
    }

    /// One more than the document has, or the first version.
    fn next(self, first: Bson) -> Bson {
        let more = doc! { "$add": [format!("${}", self.name), self.number(1)] };
        doc! { "$ifNull": [more, first] }.into()
    }
}

const fn is_same_name(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => is_equal(one, other),
        (None, None) => true,
        _ => false,
    }
}

/// The document's own value, if it has one.
fn or_else(name: &str, value: Bson) -> Bson {
    doc! { "$ifNull": [format!("${name}"), value] }.into()
}

fn number_at(document: &[u8], name: &str) -> Option<i64> {
    use crate::codec::Decode;
    let elements = Fragment::of_document(document);
    let element: Element<'_> = elements.iter().find(|(key, _)| *key == name)?.1;
    i64::decode(element).ok()
}
