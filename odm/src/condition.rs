//! Conditions as a shallow tree, without types: the core of filters and of array filters.
//!
//! Knows BSON and the names of fields. Does not know models, collections or the network.
//!
//! A tree becomes a document when it is sent ([`Node::elements`]): joined conditions share one
//! document if no key is lost, and otherwise stand in one flat `$and`.

mod join;
mod value;

use std::{
    borrow::Cow,
    hash::{Hash, Hasher},
};

use crate::codec::{Fragment, RawValue};

use self::join::Joined;
pub(crate) use self::value::Unsuited;

/// One condition, or several that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    /// `{path: value}`.
    Field(Field),
    /// All hold. An empty list always holds.
    And(Vec<Node>),
    /// One of them holds.
    Or(Vec<Node>),
    /// None of them holds.
    Nor(Vec<Node>),
    /// Elements that stand as they are: `$text`, `$expr`, and what is written by hand.
    Whole(Fragment),
}

/// A condition on what is at a path: a value, or operators.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// The path in dot notation; empty for the value that all conditions are about.
    pub(crate) path: Cow<'static, str>,
    pub(crate) value: RawValue,
    pub(crate) place: Place,
}

/// Where a path leads; of no meaning to the server.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// Which closure's argument the path begins with; 0 for a path that fits anywhere.
    pub(crate) origin: u32,
    /// The array one of whose elements must meet the condition.
    pub(crate) element: Option<ElementOf>,
}

/// The array whose element meets a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ElementOf {
    /// The length of the array's own path.
    pub(crate) array: usize,
    /// Whether the path goes through more arrays than this one.
    pub(crate) is_nested: bool,
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.value == other.value
    }
}

impl Eq for Field {}

impl Hash for Field {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.path.hash(state);
        self.value.hash(state);
    }
}

impl Node {
    /// What always holds.
    pub(crate) fn all() -> Self {
        Self::And(Vec::new())
    }

    /// `{path: value}` from a root that fits anywhere.
    pub(crate) fn field(path: impl Into<Cow<'static, str>>, value: RawValue) -> Self {
        Self::Field(Field { path: path.into(), value, place: Place::default() })
    }

    /// Whether there is no condition at all.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::And(nodes) => nodes.iter().all(Self::is_empty),
            Self::Whole(elements) => elements.keys().all(|key| key == "$comment"),
            Self::Field(_) | Self::Or(_) | Self::Nor(_) => false,
        }
    }

    /// Both hold.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::And(left), right) if left.is_empty() => right,
            (left, Self::And(right)) if right.is_empty() => left,
            (Self::And(left), Self::And(right)) => Self::And(joined(left, right)),
            (Self::And(left), right) => Self::And(joined(left, [right])),
            (left, Self::And(right)) => Self::And(joined(vec![left], right)),
            (left, right) => Self::And(vec![left, right]),
        }
    }

    /// One of them holds. If one always holds, the result does, too.
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (left, right) if left.is_all() || right.is_all() => Self::all(),
            (Self::Or(left), Self::Or(right)) => Self::Or(joined(left, right)),
            (Self::Or(left), right) => Self::Or(joined(left, [right])),
            (left, Self::Or(right)) => Self::Or(joined(vec![left], right)),
            (left, right) => Self::Or(vec![left, right]),
        }
    }

    /// It does not hold.
    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Or(nodes) => Self::Nor(nodes),
            other => Self::Nor(vec![other]),
        }
    }

    fn is_all(&self) -> bool {
        match self {
            Self::And(nodes) => nodes.is_empty(),
            Self::Whole(elements) => elements.is_empty(),
            _ => false,
        }
    }

    /// The elements of the document that is sent. `identifier` stands before every path, as array
    /// filters have it; it is empty elsewhere.
    pub(crate) fn elements(&self, identifier: &str) -> Fragment {
        let mut joined = Joined::default();
        self.add_to(&mut joined, identifier);
        joined.into_elements()
    }

    /// The only path and its value, if that is all there is.
    pub(crate) fn single(&self) -> Option<(String, RawValue)> {
        let mut joined = Joined::default();
        self.add_to(&mut joined, "");
        joined.into_single()
    }

    fn add_to<'a>(&'a self, joined: &mut Joined<'a>, identifier: &'a str) {
        match self {
            Self::Field(field) => {
                joined.add(below(identifier, &field.path), Cow::Borrowed(&field.value));
            }
            Self::And(nodes) => nodes.iter().for_each(|node| node.add_to(joined, identifier)),
            Self::Or(nodes) => joined.add("$or".into(), Cow::Owned(list(nodes, identifier))),
            Self::Nor(nodes) => joined.add("$nor".into(), Cow::Owned(list(nodes, identifier))),
            Self::Whole(elements) => {
                for (key, element) in elements.iter() {
                    joined.add(key.into(), Cow::Owned(RawValue::of_element(element)));
                }
            }
        }
    }

    /// Calls `visit` with every condition on a field.
    pub(crate) fn each_field<'a>(&'a self, visit: &mut impl FnMut(&'a Field)) {
        match self {
            Self::Field(field) => visit(field),
            Self::And(nodes) | Self::Or(nodes) | Self::Nor(nodes) => {
                nodes.iter().for_each(|node| node.each_field(visit));
            }
            Self::Whole(_) => {}
        }
    }

    /// The keys that are written by hand.
    pub(crate) fn raw_keys(&self) -> Vec<&str> {
        match self {
            Self::Field(_) => Vec::new(),
            Self::And(nodes) | Self::Or(nodes) | Self::Nor(nodes) => {
                nodes.iter().flat_map(Self::raw_keys).collect()
            }
            Self::Whole(elements) => elements.keys().collect(),
        }
    }
}

/// `left` with the items of `right` behind it.
fn joined(mut left: Vec<Node>, right: impl IntoIterator<Item = Node>) -> Vec<Node> {
    left.extend(right);
    left
}

/// An array of documents, one of each node.
fn list(nodes: &[Node], identifier: &str) -> RawValue {
    documents(nodes.iter().map(|node| node.elements(identifier)))
}

fn documents(all: impl IntoIterator<Item = Fragment>) -> RawValue {
    RawValue::of(&all.into_iter().collect::<Vec<_>>())
}

fn below<'a>(identifier: &'a str, path: &'a str) -> Cow<'a, str> {
    match (identifier, path) {
        ("", path) => path.into(),
        (identifier, "") => identifier.into(),
        (identifier, path) => format!("{identifier}.{path}").into(),
    }
}
