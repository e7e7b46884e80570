//! What must be there for a write to leave a document that its model can read.
//!
//! A path may rely on something that no type can promise of the stored document: a parent that is
//! optional, an entry of a map, a variant, a position. The statement then carries a condition, in
//! its filter or, behind `$[]` and `$[identifier]`, in the array filter. Where it does not hold,
//! nothing is written.

use std::borrow::Cow;

use crate::{
    codec::{ElementType, Encode, Fragment, RawValue},
    condition::Node,
    error::{Error, Result},
    path::{Link, Step},
};

use super::{Bounds, Write};

/// A condition that a write relies on.
pub(super) struct Guard {
    /// The array step whose elements the condition is on; none for the document.
    pub(super) owner: Option<usize>,
    pub(super) node: Node,
}

/// Operators that create what is not there.
fn creates(operator: &str) -> bool {
    !matches!(operator, "$unset" | "$pop" | "$pull" | "$pullAll")
}

/// The conditions that a write relies on.
pub(super) fn of_write(write: &Write) -> Result<Vec<Guard>> {
    let mut guards = of_path(&write.path, creates(write.operator))?;
    if let Some(target) = &write.target {
        guards.extend(of_path(target, true)?);
    }
    if let Some(bounds) = write.bounds {
        let links = write.path.links();
        let path = &links[..];
        guards.extend(bounds.nodes().map(|make| guard(path, path.len(), make)).transpose()?);
    }
    Ok(guards)
}

fn of_path(path: &crate::path::Path, creates: bool) -> Result<Vec<Guard>> {
    let links = path.links();
    let mut guards = Vec::new();
    for at in 0..links.len() {
        if let Some((length, test)) = needed(&links, at, creates) {
            guards.push(guard(&links, length, |path| test.node(path))?);
        }
    }
    Ok(guards)
}

/// What must hold of the value at a path.
enum Test {
    Exists,
    Is(ElementType),
    Tag { tag: &'static str, name: &'static str },
}

impl Test {
    fn node(self, path: Cow<'static, str>) -> Node {
        match self {
            Self::Exists => operator(path, "$exists", &true),
            Self::Is(kind) => {
                let name = if kind == ElementType::Array { "array" } else { "object" };
                operator(path, "$type", name)
            }
            Self::Tag { tag, name } => {
                let path = if path.is_empty() { tag.to_owned() } else { format!("{path}.{tag}") };
                Node::field(path, RawValue::of(name))
            }
        }
    }
}

const DOCUMENT: Test = Test::Is(ElementType::EmbeddedDocument);
const ARRAY: Test = Test::Is(ElementType::Array);

/// What a step needs: the length of the path that the test is on, and the test.
fn needed(links: &[&Link], at: usize, creates: bool) -> Option<(usize, Test)> {
    let link = links[at];
    let next = links.get(at + 1).map(|next| &next.step);
    let below = next.map(|next| part_of(next, link));
    match link.step {
        Step::Variant { tag, name } => Some((at, Test::Tag { tag, name })),
        Step::Case(_) => match below.flatten() {
            Some(test) if creates && link.value.is_open() => Some((at + 1, test)),
            _ => Some((at + 1, Test::Exists)),
        },
        // One field of an optional flattened document says that the others are there, too.
        Step::Flattened { .. }
            if creates && link.value.is_nullable() && !link.value.reads_empty() =>
        {
            let after = &links[at..];
            let field = after.iter().position(|link| link.step.is_written())?;
            Some((at + field + 1, Test::Exists))
        }
        Step::Position { .. } if creates => match below {
            Some(Some(test)) => Some((at + 1, test)),
            _ => Some((at + 1, Test::Exists)),
        },
        Step::Field(_) | Step::Key(_) | Step::Each | Step::Filtered(_) | Step::Matched
            if creates && link.value.is_open() =>
        {
            below.flatten().map(|test| (at + 1, test))
        }
        _ => None,
    }
}

/// What an optional value must be for a write to a part of it; nothing if the next step asks for
/// more, or if the write may create it.
fn part_of(next: &Step, link: &Link) -> Option<Test> {
    match next {
        Step::Each | Step::Filtered(_) => Some(ARRAY),
        Step::Field(_) | Step::Key(_) => {
            let is_created =
                link.value.reads_empty() && !matches!(link.step, Step::Position { .. });
            (!is_created).then_some(DOCUMENT)
        }
        _ => None,
    }
}

/// The guard on the first `length` steps of a path.
fn guard(
    links: &[&Link],
    length: usize,
    make: impl FnOnce(Cow<'static, str>) -> Node,
) -> Result<Guard> {
    let before = &links[..length];
    let owner = before.iter().rposition(|link| link.step.is_positional());
    if let Some(at) = owner
        && matches!(before[at].step, Step::Matched)
    {
        return Err(Error::invalid(format!(
            "`{}`: no condition can make sure of what is below `.matched()`: use `.filtered(…)`",
            crate::path::text(links)
        )));
    }
    let inner = owner.map_or(before, |at| &before[at + 1..]);
    Ok(Guard { owner, node: make(crate::path::text(inner)) })
}

impl Bounds {
    /// The condition on the number at a path, if there is one.
    fn nodes(self) -> Option<impl FnOnce(Cow<'static, str>) -> Node> {
        let is_open = self == Self::default();
        (!is_open).then_some(move |path: Cow<'static, str>| {
            let bounds = [("$lt", self.least), ("$gt", self.most)].into_iter();
            let outside =
                bounds.filter_map(|(name, bound)| Some(operator(path.clone(), name, &bound?)));
            let rounded = self.must_be_whole.then(|| rounded(path.clone()));
            let within = outside.chain(rounded).reduce(Node::or).map_or(Node::all(), Node::negated);
            match self.must_exist {
                true => within.and(operator(path, "$type", "number")),
                false => within,
            }
        })
    }
}

/// The number at a path is of a type that rounds.
fn rounded(path: Cow<'static, str>) -> Node {
    operator(path, "$type", &vec!["double", "decimal"])
}

/// `{path: {name: value}}`.
fn operator(path: Cow<'static, str>, name: &str, value: &(impl Encode + ?Sized)) -> Node {
    let operators = Fragment::one(name, &RawValue::of(value));
    Node::field(path, RawValue::document(&operators))
}
