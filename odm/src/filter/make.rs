//! From a path and a value to a condition.

use crate::{
    codec::{ElementType, Encode, Encoder, Fragment, RawValue},
    condition::{Field, Node, Place},
    error::{Error, Result},
    path::{Handle, Path, StepName},
};

use super::Filter;

/// What a condition is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// The value at the path.
    Value,
    /// An element of the array at the path.
    Elements,
    /// No array element: the condition is negative, or about the field itself.
    Nothing,
}

impl<R> Filter<R> {
    /// `{_id: value}`, and with `$eq` where a plain value would be taken for something else.
    pub(crate) fn of_id(value: Result<RawValue>) -> Self {
        Self::from_node(value.map(|value| Node::field("_id", as_equality(value))))
    }

    /// One condition on the whole document: `{$operator: …}`.
    pub(super) fn whole(operator: &str, write: impl FnOnce(&mut Encoder) -> ElementType) -> Self {
        let elements = Fragment::write(|out| out.element(operator, write));
        Self::from_elements(elements.map_err(Error::from))
    }

    /// One condition: `{path: …}`, where `write` appends the value.
    pub(crate) fn one(
        handle: &impl Handle<Root = R>,
        write: impl FnOnce(&mut Encoder) -> ElementType,
    ) -> Self {
        Self::at(handle.as_path(), About::Value, write)
    }

    /// One condition with an operator: `{path: {operator: …}}`.
    pub(crate) fn operator(
        handle: &impl Handle<Root = R>,
        operator: &str,
        write: impl FnOnce(&mut Encoder) -> ElementType,
    ) -> Self {
        let about = match operator {
            "$elemMatch" | "$all" => About::Elements,
            "$ne" | "$nin" | "$not" | "$exists" | "$size" => About::Nothing,
            _ => About::Value,
        };
        Self::at(handle.as_path(), about, |out| {
            out.document(|out| out.element(operator, write));
            ElementType::EmbeddedDocument
        })
    }

    /// `{path: value}`, and with `$eq` where a plain value would be taken for something else.
    pub(crate) fn equal<H>(handle: &H, write: impl FnOnce(&mut Encoder) -> ElementType) -> Self
    where
        H: Handle<Root = R>,
    {
        Self::equality(handle.as_path(), About::Value, write)
    }

    /// The same for an element of the array at the path.
    pub(super) fn equal_element<H>(
        handle: &H,
        write: impl FnOnce(&mut Encoder) -> ElementType,
    ) -> Self
    where
        H: Handle<Root = R>,
    {
        Self::equality(handle.as_path(), About::Elements, write)
    }

    fn equality(
        path: &Path,
        about: About,
        write: impl FnOnce(&mut Encoder) -> ElementType,
    ) -> Self {
        Self::of_value(path, about, value_at(path, write).map(as_equality))
    }

    fn at(path: &Path, about: About, write: impl FnOnce(&mut Encoder) -> ElementType) -> Self {
        Self::of_value(path, about, value_at(path, write))
    }

    /// The condition, and that the values on its path are of the variants it relies on.
    fn of_value(path: &Path, about: About, value: Result<RawValue>) -> Self {
        Self::from_node(value.map(|value| {
            let mut place = path.place(about == About::Elements);
            place.element = place.element.filter(|_| about != About::Nothing);
            let field = Node::Field(Field { path: path.text(), value, place });
            let tags = path.variants().into_iter();
            tags.rev().fold(field, |condition, (tag, name)| {
                let place = Place { origin: path.origin(), element: None };
                let tag = Field { path: text(&tag).into(), value: RawValue::of(name), place };
                Node::Field(tag).and(condition)
            })
        }))
    }
}

/// The value that `write` appends, if the path can be used.
fn value_at(path: &Path, write: impl FnOnce(&mut Encoder) -> ElementType) -> Result<RawValue> {
    match path.fault() {
        Some(fault) => Err(Error::invalid(fault)),
        None => RawValue::write("", write).map_err(|error| error.below(path).into()),
    }
}

fn text(names: &[StepName<'_>]) -> String {
    let written = names.iter().filter_map(|name| match name {
        StepName::Named(name) => Some(*name),
        StepName::Any => None,
    });
    written.collect::<Vec<_>>().join(".")
}

/// The value, or `{$eq: value}`.
fn as_equality(value: RawValue) -> RawValue {
    match needs_operator(&value) {
        true => RawValue::operator("$eq", &value),
        false => value,
    }
}

/// Whether `{path: value}` would be read as operators or as a pattern.
pub(super) fn needs_operator(value: &RawValue) -> bool {
    value.kind() == ElementType::RegularExpression || value.operators().is_some()
}

impl Encode for Node {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        match self {
            // One condition has nothing to share its document with.
            Self::Field(field) => {
                out.document(|out| out.field(&field.path, &field.value));
                ElementType::EmbeddedDocument
            }
            _ => self.elements("").encode(out),
        }
    }
}
