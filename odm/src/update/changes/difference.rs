//! What is set and unset, by path.

use mongodb::bson::{Bson, Document};

use crate::{
    condition::Node,
    error::{Error, Result},
};

use super::{Race, Shape, guards, probe::Probe};

/// Writes, what they rely on, and where others matter.
#[derive(Default)]
pub(super) struct Difference {
    /// The steps of a path, and the value; none for a field that is removed.
    pub(super) writes: Vec<(Vec<String>, Option<Bson>)>,
    pub(super) guards: Vec<Node>,
    pub(super) races: Vec<Race>,
}

/// A place in the document.
#[derive(Clone)]
struct Place {
    steps: Vec<String>,
    /// Below an element that is guarded as a whole.
    is_guarded: bool,
}

impl Place {
    fn below(&self, step: impl ToString) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step.to_string());
        Self { steps, is_guarded: self.is_guarded }
    }

    fn path(&self) -> String {
        self.steps.join(".")
    }
}

/// The two states of a value; one may be absent.
type States<'a> = (Option<&'a Bson>, Option<&'a Bson>);

impl Difference {
    /// What makes one document the other, without what odm keeps.
    pub(super) fn between(old: &Document, new: &Document, shape: &Shape) -> Result<Self> {
        let mut finder = Finder { probe: Probe { old, new, shape }, found: Self::default() };
        let changed = changed(old, new).into_iter().filter(|key| !shape.upkeep.has(key));
        let changed: Vec<_> = changed.collect();
        if let Some(key) = changed.iter().find(|key| !is_nameable(key)) {
            return Err(Error::invalid(format!(
                "the key {key:?} of a flattened map was changed, and no path can name it: replace \
                 the document"
            )));
        }
        finder.parts(&changed);
        let root = Place { steps: Vec::new(), is_guarded: false };
        for key in changed {
            finder.value(&root.below(key), (old.get(key), new.get(key)));
        }
        Ok(finder.found)
    }
}

struct Finder<'a> {
    probe: Probe<'a>,
    found: Difference,
}

impl Finder<'_> {
    fn value(&mut self, place: &Place, states: States<'_>) {
        match states {
            (Some(Bson::Document(old)), Some(Bson::Document(new))) => {
                self.document(place, old, new);
            }
            (Some(Bson::Array(old)), Some(Bson::Array(new))) => self.array(place, old, new),
            (_, new) => self.write(place, new),
        }
    }

    /// What fields of flattened values rely on.
    fn parts(&mut self, changed: &[&str]) {
        let is_part = |key: &&&str| !self.probe.shape.names.is_own(key);
        let of_parts: Vec<_> = changed.iter().filter(is_part).copied().collect();
        if !of_parts.is_empty() {
            let old = self.probe.old;
            let tags = self.probe.tags(&[], old);
            let tags: Vec<_> = tags.iter().filter(is_part).copied().collect();
            self.found.guards.extend(guards::of_parts(&of_parts, &tags, &self.probe));
        }
    }

    fn write(&mut self, place: &Place, value: Option<&Bson>) {
        self.found.writes.push((place.steps.clone(), value.cloned()));
    }

    fn whole(&mut self, place: &Place, value: Bson) {
        if !place.is_guarded {
            self.found.races.push(Race::Whole { path: place.path() });
        }
        self.write(place, Some(&value));
    }

    /// Field by field, if the paths of the fields mean the same whatever was written meanwhile.
    fn document(&mut self, place: &Place, old: &Document, new: &Document) {
        let changed = changed(old, new);
        let is_named = changed.iter().all(|key| is_nameable(key));
        let is_stable = || {
            let has_fields = place.is_guarded || self.probe.takes_keys_of_both(&place.steps);
            has_fields && !self.probe.may_be_absent(&place.steps)
        };
        if !is_named || !is_stable() {
            return self.whole(place, Bson::Document(new.clone()));
        }
        if !place.is_guarded {
            let tags = self.probe.tags(&place.steps, old);
            self.found.guards.extend(guards::of_document(&place.steps, old, (&tags, &self.probe)));
        }
        for key in changed {
            self.value(&place.below(key), (old.get(key), new.get(key)));
        }
    }

    /// Element by element, if none was added, removed or moved.
    fn array(&mut self, place: &Place, old: &[Bson], new: &[Bson]) {
        let pairs = || old.iter().zip(new).enumerate();
        let changed: Vec<_> = pairs().filter(|(_, (old, new))| !is_same(old, new)).collect();
        let is_moved = |value: &Bson, others: &[Bson]| others.iter().any(|it| is_same(it, value));
        let is_in_place = old.len() == new.len()
            && !changed.iter().any(|(_, (one, other))| is_moved(one, new) || is_moved(other, old));
        if !is_in_place {
            return self.whole(place, Bson::Array(new.to_vec()));
        }
        for (position, (old, new)) in changed {
            let mut element = place.below(position);
            if !place.is_guarded {
                let guards = guards::of_element(&element.steps, old, &self.probe);
                self.found.guards.extend(guards);
                self.found.races.push(Race::Element { path: element.path() });
                element.is_guarded = true;
            }
            self.value(&element, (Some(old), Some(new)));
        }
    }
}

/// The keys whose values differ: those of the new document first.
fn changed<'a>(old: &'a Document, new: &'a Document) -> Vec<&'a str> {
    let is_changed = |key: &str| match (old.get(key), new.get(key)) {
        (Some(old), Some(new)) => !is_same(old, new),
        _ => true,
    };
    let removed = old.keys().filter(|key| !new.contains_key(key));
    let all = new.keys().chain(removed).map(String::as_str);
    all.filter(|key| is_changed(key)).collect()
}

/// Whether a path can name a key.
pub(super) fn is_nameable(key: &str) -> bool {
    !key.is_empty() && !key.starts_with('$') && !key.contains(['.', '\0'])
}

/// Whether two values are stored alike, whatever the order of keys.
pub(super) fn is_same(one: &Bson, other: &Bson) -> bool {
    match (one, other) {
        (Bson::Double(one), Bson::Double(other)) => one.to_bits() == other.to_bits(),
        (Bson::Document(one), Bson::Document(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|it| is_same(one, it)))
        }
        (Bson::Array(one), Bson::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, it)| is_same(one, it))
        }
        _ => one == other,
    }
}
