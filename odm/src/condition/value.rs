//! Conditions on a value itself, as `$elemMatch` and `$pull` need them: `{$gt: 0}`.
//!
//! A closure for the elements of `Vec<i32>` makes conditions under the empty path. The server has no
//! `$and`, `$or` and `$nor` for values, so these are turned into operators: `$or` into alternatives,
//! `$nor` into `$not`, and two equal operators on one value into
//! `{$gt: …, $not: {$not: {$gt: …}}}`.

use crate::codec::{Fragment, RawValue};

use super::{Field, Node, join::can_share};

/// More alternatives than this are not worth their length.
const MOST_ALTERNATIVES: usize = 64;

/// Why conditions cannot be written as operators on one value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unsuited {
    /// There is a condition on a field, too.
    Mixed(String),
    /// They do not fit in one document of operators.
    TooMany,
}

type Result<T> = std::result::Result<T, Unsuited>;

impl Node {
    /// Whether the conditions are on a value, not on the fields of a document.
    pub(crate) fn is_about_value(&self) -> bool {
        let mut found = false;
        self.each_field(&mut |field| found |= field.path.is_empty());
        found
    }

    /// The documents of operators, one of which must hold for the value.
    pub(crate) fn alternatives(&self) -> Result<Vec<Fragment>> {
        match self {
            Self::Field(Field { path, value, .. }) if path.is_empty() => Ok(vec![operators(value)]),
            Self::Field(Field { path, .. }) => Err(Unsuited::Mixed(path.clone().into_owned())),
            Self::And(nodes) => nodes.iter().try_fold(vec![Fragment::default()], |all, node| {
                product(&all, &node.alternatives()?)
            }),
            Self::Or(nodes) => disjunction(nodes),
            Self::Nor(nodes) => Ok(vec![negation(nodes)?]),
            Self::Whole(elements) => match elements.keys().find(|key| *key != "$comment") {
                None => Ok(vec![Fragment::default()]),
                Some(key) => Err(Unsuited::Mixed(key.to_owned())),
            },
        }
    }
}

/// A plain value becomes `{$eq: value}`.
pub(super) fn operators(value: &RawValue) -> Fragment {
    value.operators().unwrap_or_else(|| Fragment::one("$eq", value))
}

fn disjunction(nodes: &[Node]) -> Result<Vec<Fragment>> {
    let mut all = Vec::new();
    for node in nodes {
        all.extend(node.alternatives()?);
    }
    Ok(all)
}

/// None of the nodes: each alternative of each under a `$not`.
fn negation(nodes: &[Node]) -> Result<Fragment> {
    let mut all = Fragment::default();
    for alternative in disjunction(nodes)? {
        if alternative.is_empty() {
            return Err(Unsuited::TooMany);
        }
        all = both(&all, &not(&alternative))?;
    }
    Ok(all)
}

fn not(operators: &Fragment) -> Fragment {
    Fragment::one("$not", &RawValue::document(operators))
}

fn product(left: &[Fragment], right: &[Fragment]) -> Result<Vec<Fragment>> {
    if left.len() * right.len() > MOST_ALTERNATIVES {
        return Err(Unsuited::TooMany);
    }
    let pairs = left.iter().flat_map(|left| right.iter().map(move |right| (left, right)));
    pairs.map(|(left, right)| both(left, right)).collect()
}

/// Both documents of operators in one.
fn both(left: &Fragment, right: &Fragment) -> Result<Fragment> {
    let add = |one: &Fragment, other: &Fragment| {
        let mut all = one.clone();
        all.append(other);
        all
    };
    if left.is_empty() || right.is_empty() || can_share(left, right) {
        return Ok(add(left, right));
    }
    match (left.has("$not"), right.has("$not")) {
        (false, _) => Ok(add(left, &not(&not(right)))),
        (true, false) => Ok(add(right, &not(&not(left)))),
        (true, true) => Err(Unsuited::TooMany),
    }
}
