//! The parts of an `updateDescription`, and how the names in it relate to a path.

use crate::{
    codec::{Decode, DecodeError, Element},
    path::StepName,
};

/// Where the parts are in the bytes. A part that is not there is empty.
#[derive(Clone, Copy, Default)]
pub(super) struct Description<'a> {
    updated: Option<Element<'a>>,
    removed: Option<Element<'a>>,
    truncated: Option<Element<'a>>,
    /// The components of names that have dots or numbers of their own.
    paths: Option<Element<'a>>,
}

/// The name of a field, and its components if they are not simply between its dots.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    pub(super) text: &'a str,
    components: Option<Element<'a>>,
}

/// How a name and a path relate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Relation<'s> {
    /// It names what the path names.
    Same,
    /// It names a part of it.
    Below,
    /// It names what holds it, at these further steps.
    Above(&'s [StepName<'s>]),
}

#[derive(Clone, Copy)]
enum Component<'a> {
    Field(&'a str),
    Position(usize),
    /// Digits may be either.
    Unclear(&'a str),
}

impl<'a> Description<'a> {
    pub(super) fn of(element: Element<'a>) -> Result<Self, DecodeError> {
        let mut description = Self::default();
        let mut elements = element.elements()?;
        while let Some((key, part)) = elements.next_element()? {
            match key {
                "updatedFields" => description.updated = present(part),
                "removedFields" => description.removed = present(part),
                "truncatedArrays" => description.truncated = present(part),
                "disambiguatedPaths" => description.paths = present(part),
                _ => {}
            }
        }
        Ok(description)
    }

    /// Whether all the parts are what they should be: after this, none of them ends early.
    pub(super) fn check(self) -> Result<(), DecodeError> {
        let at = |key: &'static str| move |error: DecodeError| error.in_key(key);
        fields(self.updated).try_for_each(|field| field.map(drop)).map_err(at("updatedFields"))?;
        names(self.removed).try_for_each(|name| name.map(drop)).map_err(at("removedFields"))?;
        arrays(self.truncated)
            .try_for_each(|array| array.map(drop))
            .map_err(at("truncatedArrays"))?;
        let mut paths = fields(self.paths);
        let listed = paths.try_for_each(|path| {
            let (name, path) = path?;
            components(Some(path))
                .try_for_each(|one| one.map(drop))
                .map_err(|error| error.in_key(name))
        });
        listed.map_err(at("disambiguatedPaths"))
    }

    /// The same without the components: names are split at every dot.
    pub(super) fn by_text(self) -> Self {
        Self { paths: None, ..self }
    }

    /// The fields that were given values.
    pub(super) fn updated(self) -> impl Iterator<Item = (Name<'a>, Element<'a>)> {
        let fields = fields(self.updated).map_while(Result::ok);
        fields.map(move |(name, value)| (self.name(name), value))
    }

    /// The fields that were removed.
    pub(super) fn removed(self) -> impl Iterator<Item = Name<'a>> {
        names(self.removed).map_while(Result::ok).map(move |name| self.name(name))
    }

    /// The arrays that were cut, with their new lengths.
    pub(super) fn truncated(self) -> impl Iterator<Item = (Name<'a>, usize)> {
        let arrays = arrays(self.truncated).map_while(Result::ok);
        arrays.map(move |(name, size)| (self.name(name), size))
    }

    pub(super) fn touches(self, steps: &[StepName<'_>]) -> bool {
        let stands = |name: Name<'a>| name.relation(steps).is_some();
        self.updated().any(|(name, _)| stands(name))
            || self.removed().any(stands)
            || self.truncated().any(|(array, size)| match array.relation(steps) {
                Some(Relation::Above(rest)) => is_cut_off(rest, size),
                relation => relation.is_some(),
            })
    }

    pub(super) fn removes(self, steps: &[StepName<'_>]) -> bool {
        let holds = |name: Name<'a>| {
            matches!(name.relation(steps), Some(Relation::Same | Relation::Above(_)))
        };
        self.removed().any(holds)
            || self.truncated().any(|(array, size)| match array.relation(steps) {
                Some(Relation::Above(rest)) => is_cut_off(rest, size),
                _ => false,
            })
    }

    /// The value that the update gave to a path, or to one above it.
    pub(super) fn value(self, steps: &[StepName<'_>]) -> Result<Option<Element<'a>>, DecodeError> {
        for (name, value) in self.updated() {
            match name.relation(steps) {
                Some(Relation::Same) => return Ok(Some(whole(value))),
                Some(Relation::Above(rest)) => {
                    return inside(whole(value), rest).map_err(|error| error.in_key(name.text));
                }
                Some(Relation::Below) | None => {}
            }
        }
        Ok(None)
    }

    fn name(self, text: &'a str) -> Name<'a> {
        let mut paths = fields(self.paths).map_while(Result::ok);
        let components = paths.find(|(name, _)| *name == text).map(|(_, path)| path);
        Name { text, components }
    }
}

impl<'a> Name<'a> {
    /// How the name and a path relate; `None` if neither contains the other.
    pub(super) fn relation<'s>(&self, steps: &'s [StepName<'s>]) -> Option<Relation<'s>> {
        let mut rest = steps;
        for component in self.components() {
            match rest.split_first() {
                None => return Some(Relation::Below),
                Some((step, further)) if component.is(*step) => rest = further,
                Some(_) => return None,
            }
        }
        Some(if rest.is_empty() { Relation::Same } else { Relation::Above(rest) })
    }

    fn components(&self) -> impl Iterator<Item = Component<'a>> + use<'a> {
        let split = match self.components {
            None => Some(self.text.split('.').map(Component::Unclear)),
            Some(_) => None,
        };
        let listed = components(self.components).map_while(Result::ok);
        split.into_iter().flatten().chain(listed)
    }
}

impl Component<'_> {
    fn is(self, step: StepName<'_>) -> bool {
        match (self, step) {
            (Self::Field(name) | Self::Unclear(name), StepName::Named(step)) => name == step,
            (Self::Position(index), StepName::Named(step)) => step.parse() == Ok(index),
            (Self::Position(_), StepName::Any) => true,
            (Self::Unclear(name), StepName::Any) => name.bytes().all(|byte| byte.is_ascii_digit()),
            (Self::Field(_), StepName::Any) => false,
        }
    }
}

/// Whether the first step into an array of a new length names what is gone.
fn is_cut_off(steps: &[StepName<'_>], size: usize) -> bool {
    match steps.first() {
        Some(StepName::Named(position)) => position.parse().is_ok_and(|index: usize| index >= size),
        Some(StepName::Any) => true,
        None => false,
    }
}

/// The value at further steps inside a value, if it is there.
fn inside<'a>(
    value: Element<'a>,
    steps: &[StepName<'_>],
) -> Result<Option<Element<'a>>, DecodeError> {
    let Some((step, further)) = steps.split_first() else { return Ok(Some(value)) };
    let StepName::Named(name) = step else { return Ok(None) };
    let found = match value.kind() {
        0x03 => under_key(value, name)?,
        0x04 => at_position(value, name)?,
        _ => None,
    };
    match found {
        Some(found) => inside(found, further),
        None => Ok(None),
    }
}

fn under_key<'a>(document: Element<'a>, wanted: &str) -> Result<Option<Element<'a>>, DecodeError> {
    let mut elements = document.elements()?;
    while let Some((key, element)) = elements.next_element()? {
        if key == wanted {
            return Ok(Some(element));
        }
    }
    Ok(None)
}

fn at_position<'a>(array: Element<'a>, wanted: &str) -> Result<Option<Element<'a>>, DecodeError> {
    let Ok(wanted) = wanted.parse::<usize>() else { return Ok(None) };
    let mut items = array.items()?;
    while let Some((index, item)) = items.next_item()? {
        if index == wanted {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// A value as a document of its own: its depth counts from itself.
fn whole(element: Element<'_>) -> Element<'_> {
    Element::nested(element.kind(), 0, element.value())
}

fn present(part: Element<'_>) -> Option<Element<'_>> {
    Some(part).filter(|part| !part.is_null())
}

/// The elements of a document; none if it is not there.
fn fields<'a>(
    part: Option<Element<'a>>,
) -> impl Iterator<Item = Result<(&'a str, Element<'a>), DecodeError>> {
    let opened = part.map(Element::elements).transpose();
    let (mut elements, mut fault) = match opened {
        Ok(elements) => (elements, None),
        Err(error) => (None, Some(error)),
    };
    std::iter::from_fn(move || match fault.take() {
        Some(error) => Some(Err(error)),
        None => elements.as_mut()?.next_element().transpose(),
    })
}

/// The items of an array; none if it is not there.
fn items<'a, T>(
    part: Option<Element<'a>>,
    read: impl Fn(Element<'a>) -> Result<T, DecodeError>,
) -> impl Iterator<Item = Result<T, DecodeError>> {
    let opened = part.map(Element::items).transpose();
    let (mut items, mut fault) = match opened {
        Ok(items) => (items, None),
        Err(error) => (None, Some(error)),
    };
    std::iter::from_fn(move || {
        if let Some(error) = fault.take() {
            return Some(Err(error));
        }
        let item = items.as_mut()?.next_item().transpose()?;
        Some(item.and_then(|(index, item)| read(item).map_err(|error| error.in_index(index))))
    })
}

fn names<'a>(part: Option<Element<'a>>) -> impl Iterator<Item = Result<&'a str, DecodeError>> {
    items(part, Element::str)
}

/// `{field: …, newSize: …}`
fn arrays<'a>(
    part: Option<Element<'a>>,
) -> impl Iterator<Item = Result<(&'a str, usize), DecodeError>> {
    items(part, |array| {
        let part = |key: &'static str| {
            let found = under_key(array, key)?;
            found.ok_or_else(|| DecodeError::new("the field is missing").in_key(key))
        };
        let name = part("field")?.str().map_err(|error| error.in_key("field"))?;
        let size = usize::decode(part("newSize")?).map_err(|error| error.in_key("newSize"))?;
        Ok((name, size))
    })
}

fn components<'a>(
    part: Option<Element<'a>>,
) -> impl Iterator<Item = Result<Component<'a>, DecodeError>> + use<'a> {
    items(part, |component| match component.kind() {
        0x02 => component.str().map(Component::Field),
        _ => usize::decode(component)
            .map(Component::Position)
            .map_err(|_| component.mismatch("string or int32")),
    })
}
