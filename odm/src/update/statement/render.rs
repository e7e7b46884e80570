//! From writes to the document of operators and the array filters.

use std::{borrow::Cow, collections::BTreeMap};

use mongodb::bson::{Bson, Document};

use crate::{
    codec::{ElementType, Encode, Encoder, Fragment, RawValue},
    condition::Node,
    error::{Error, Result},
    path::{Links, Step, text_with},
};

use super::{
    Change, Rendered, Statement, Upkeep, Write,
    conflict::{self, conflict, overlap},
    guard,
    identifiers::Identifiers,
    matched,
};

/// The document of operators, those written by hand among them.
pub(super) struct Operators<'a> {
    writes: &'a [Write],
    /// The path of each write as it is sent, and then where values are moved to.
    paths: Vec<Cow<'a, str>>,
    raw: Vec<(&'a str, Fragment)>,
}

/// The statement's operators, in the form that is sent.
pub(super) fn operators<'a>(
    statement: &'a Statement,
    filter: Cow<'a, Node>,
) -> Result<Rendered<'a>> {
    let is_upsert = statement.upsert.is_some();
    let (mut relied_on, mut guards) = (Vec::new(), Guards::new());
    for (write, number) in statement.writes.iter().zip(0..) {
        if statement.is_decided() {
            matched::check(&write.path.links(), &filter, is_upsert)?;
        }
        for guard in guard::of_write(write)? {
            match guard.owner {
                None => relied_on.push(guard.node),
                Some(at) => guards.entry((number, at)).or_default().push(guard.node),
            }
        }
    }
    let (paths, identifiers) = paths(&statement.writes, guards)?;
    conflict::check(&paths)?;
    let mut raw = raw(statement.raw.as_ref(), &paths)?;
    if statement.writes.is_empty() && raw.is_empty() {
        if !statement.may_be_empty {
            return Err(Error::invalid("the update has no operator: it would change nothing"));
        }
        // `{}` would be a replacement.
        raw.push(("$set", Fragment::default()));
    } else if let Some(upkeep) = statement.upkeep {
        raw.extend(kept(upkeep, &raw, is_upsert));
    }
    let filter = match relied_on.is_empty() {
        true => filter,
        false => Cow::Owned(relied_on.into_iter().fold(filter.into_owned(), Node::and)),
    };
    let change = Change::Operators(Operators { writes: &statement.writes, paths, raw });
    Ok(Rendered { filter, change, array_filters: identifiers.into_documents() })
}

/// The guards of array elements, by the number of the write and that of the step in its path.
type Guards = BTreeMap<(usize, usize), Vec<Node>>;

/// The paths as they are sent, and where values are moved to.
fn paths(writes: &[Write], mut guards: Guards) -> Result<(Vec<Cow<'_, str>>, Identifiers)> {
    let mut identifiers = Identifiers::default();
    for (write, number) in writes.iter().zip(0..) {
        add_named((&write.path.links(), number), &guards, &mut identifiers)?;
    }
    let mut paths = Vec::with_capacity(writes.len());
    for (write, number) in writes.iter().zip(0..) {
        paths.push(path_text((&write.path.links(), number), &mut guards, &mut identifiers));
    }
    let renamed = writes.iter().filter(|write| write.target.is_some());
    paths.extend(renamed.filter_map(|write| write.value.str()).map(Cow::Borrowed));
    Ok((paths, identifiers))
}

/// Named array filters come first, so that the names that are made give way to them; one whose
/// condition grows by a guard is another filter.
fn add_named(
    (links, number): (&Links<'_>, usize),
    guards: &Guards,
    identifiers: &mut Identifiers,
) -> Result<()> {
    for (at, link) in links.iter().enumerate() {
        if let Step::Filtered(condition) = &link.step
            && let Some(identifier) = condition.identifier()
            && !guards.contains_key(&(number, at))
        {
            identifiers.add_named(identifier, condition.node())?;
        }
    }
    Ok(())
}

/// The path as it is sent.
fn path_text(
    (links, number): (&Links<'_>, usize),
    guards: &mut Guards,
    identifiers: &mut Identifiers,
) -> Cow<'static, str> {
    text_with(links, &mut |at, step| {
        let guards = guards.remove(&(number, at));
        let condition = match step {
            Step::Filtered(condition) => Some(condition),
            Step::Matched => return "$".to_owned(),
            _ => None,
        };
        let name = condition.and_then(|condition| condition.identifier());
        match (name, guards) {
            (None, None) if condition.is_none() => "$[]".to_owned(),
            (Some(name), None) => format!("$[{name}]"),
            (name, guards) => {
                // One condition on two arrays has two identifiers.
                let array = crate::path::text(&links[..at]);
                let own = condition.map_or_else(Node::all, |condition| condition.node().clone());
                let node = guards.into_iter().flatten().fold(own, Node::and);
                format!("$[{}]", identifiers.of(&array, node, name))
            }
        }
    })
}

/// The operators of what odm keeps; what is written by hand stays.
fn kept<'a>(
    upkeep: &Upkeep,
    raw: &[(&str, Fragment)],
    is_upsert: bool,
) -> Vec<(&'a str, Fragment)> {
    let by_hand = |name: &str| raw.iter().any(|(_, body)| body.has(name));
    let kept = upkeep.operators(is_upsert).into_iter().filter(|(_, name, _)| !by_hand(name));
    kept.map(|(operator, name, value)| (operator, Fragment::one(name, &RawValue::of(&value))))
        .collect()
}

impl Operators<'_> {
    /// The operators, in the order in which they were first given.
    fn names(&self) -> impl Iterator<Item = &str> {
        let all = self.writes.iter().map(|write| write.operator);
        let all = all.chain(self.raw.iter().map(|(operator, _)| *operator));
        let before = all.clone();
        let first = all.enumerate();
        let first = first.filter(move |(at, name)| !before.clone().take(*at).any(|it| it == *name));
        first.map(|(_, name)| name)
    }

    fn append_body(&self, operator: &str, out: &mut Encoder) {
        let writes = self.writes.iter().zip(&self.paths);
        for (write, path) in writes.filter(|(write, _)| write.operator == operator) {
            out.field(path, &write.value);
        }
        for (_, body) in self.raw.iter().filter(|(raw, _)| *raw == operator) {
            out.bytes(body.as_bytes());
        }
    }
}

impl Operators<'_> {
    /// The document in the driver's own type.
    pub(super) fn to_document(&self) -> Result<Document> {
        let mut out = Encoder::with_capacity(256);
        self.encode(&mut out);
        Fragment::of_document(&out.finish()?).to_document()
    }
}

impl Encode for Operators<'_> {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.document(|out| {
            for operator in self.names() {
                out.element(operator, |out| {
                    out.document(|out| self.append_body(operator, out));
                    ElementType::EmbeddedDocument
                });
            }
        });
        ElementType::EmbeddedDocument
    }
}

/// The operators that are written by hand, without the documents around them.
fn raw<'a>(
    document: Option<&'a Document>,
    written: &[Cow<'_, str>],
) -> Result<Vec<(&'a str, Fragment)>> {
    let operators = document.into_iter().flatten();
    operators
        .map(|(operator, body)| Ok((operator.as_str(), checked(written, operator, body)?)))
        .collect()
}

fn checked(written: &[Cow<'_, str>], operator: &str, body: &Bson) -> Result<Fragment> {
    if !operator.starts_with('$') {
        return Err(Error::invalid(format!(
            "`{operator}` is not an update operator: a raw update is made of operators, as in \
             {{\"$set\": {{…}}}}"
        )));
    }
    let Bson::Document(body) = body else {
        return Err(Error::invalid(format!("`{operator}` takes a document of paths and values")));
    };
    for path in body.keys() {
        if let Some(with) = written.iter().find(|with| overlap(with, path)) {
            return Err(conflict(path.clone(), with.to_string()));
        }
    }
    let elements = Fragment::write(|out| {
        for (key, value) in body {
            out.element(key, |out| value.encode(out));
        }
    });
    Ok(elements?)
}
