//! Joining conditions into one document.

use std::{borrow::Cow, collections::HashMap};

use crate::codec::{Fragment, RawValue};

use super::documents;

/// More keys than this are looked up in a table.
const FEW: usize = 16;

/// Conditions that all hold, as they will be sent: `{$and: [members], fields}`.
#[derive(Default)]
pub(super) struct Joined<'a> {
    members: Vec<Fragment>,
    fields: Vec<(Cow<'a, str>, Cow<'a, RawValue>)>,
    /// The places of the fields, once they are many.
    places: HashMap<Cow<'a, str>, usize>,
}

impl<'a> Joined<'a> {
    /// Adds a condition: to the document if no key is lost by it, else as a member of `$and`.
    pub(super) fn add(&mut self, key: Cow<'a, str>, value: Cow<'a, RawValue>) {
        let Some(place) = self.find(&key) else { return self.push(key, value) };
        let own = &self.fields[place].1;
        if key.starts_with('$') || *own != value {
            match merged(&key, own, &value) {
                Some(both) => self.fields[place].1 = Cow::Owned(both),
                None => {
                    self.close();
                    self.members.push(Fragment::one(&key, &value));
                }
            }
        }
    }

    fn push(&mut self, key: Cow<'a, str>, value: Cow<'a, RawValue>) {
        if self.fields.len() >= FEW {
            if self.places.is_empty() {
                let known = self.fields.iter().enumerate();
                self.places = known.map(|(place, (key, _))| (key.clone(), place)).collect();
            }
            self.places.insert(key.clone(), self.fields.len());
        }
        self.fields.push((key, value));
    }

    fn find(&self, key: &str) -> Option<usize> {
        match self.fields.len() <= FEW {
            true => self.fields.iter().position(|(known, _)| known == key),
            false => self.places.get(key).copied(),
        }
    }

    /// Makes a member of the fields.
    fn close(&mut self) {
        self.places.clear();
        let fields = std::mem::take(&mut self.fields);
        if !fields.is_empty() {
            self.members.push(elements(&fields));
        }
    }

    /// The elements of the document.
    pub(super) fn into_elements(mut self) -> Fragment {
        if self.members.is_empty() {
            return elements(&self.fields);
        }
        if self.find("$and").is_some() {
            self.close();
        }
        let mut all = Fragment::one("$and", &documents(self.members));
        all.append(&elements(&self.fields));
        all
    }

    /// The only field, if there is nothing else.
    pub(super) fn into_single(mut self) -> Option<(String, RawValue)> {
        let is_single = self.members.is_empty() && self.fields.len() == 1;
        let single = self.fields.pop().filter(|_| is_single);
        single.map(|(key, value)| (key.into_owned(), value.into_owned()))
    }
}

fn elements(fields: &[(Cow<'_, str>, Cow<'_, RawValue>)]) -> Fragment {
    let mut elements = Fragment::default();
    fields.iter().for_each(|(key, value)| elements.push(key, value));
    elements
}

/// Different operators on one field, in one document.
fn merged(key: &str, left: &RawValue, right: &RawValue) -> Option<RawValue> {
    if key.starts_with('$') {
        return None;
    }
    let (mut left, right) = (left.operators()?, right.operators()?);
    can_share(&left, &right).then(|| {
        left.append(&right);
        RawValue::document(&left)
    })
}

/// Whether operators on one value can stand in one document.
pub(super) fn can_share(left: &Fragment, right: &Fragment) -> bool {
    let sociable = left.keys().chain(right.keys());
    let sociable = sociable.into_iter().all(|key| key.starts_with('$') && !is_alone(key));
    sociable && !left.keys().any(|key| right.has(key))
}

/// Operators that the server takes with their own options only, or that we keep apart from each
/// other's options.
fn is_alone(operator: &str) -> bool {
    matches!(
        operator,
        "$regex" | "$options" | "$near" | "$nearSphere" | "$geoWithin" | "$geoIntersects"
    )
}
