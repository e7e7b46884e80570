//! From writes to the document of operators and the array filters.

use std::collections::BTreeMap;

use mongodb::bson::{Bson, Document};

use crate::{
    codec::{Encode, Fragment, RawValue},
    condition::Node,
    error::{Error, Result},
    path::{Link, Step, text_with},
};

use super::{
    Change, Rendered, Statement,
    conflict::{self, conflict, overlap},
    guard::{self, Guard},
    identifiers::Identifiers,
    matched,
};

/// The statement's operators, in the form that is sent.
pub(super) fn operators(statement: &Statement, filter: Node) -> Result<Rendered> {
    let is_upsert = statement.upsert.is_some();
    let mut relied_on = Vec::new();
    let mut targets = Vec::with_capacity(statement.writes.len());
    for write in &statement.writes {
        let links = write.path.links();
        if statement.is_decided() {
            matched::check(&links, &filter, is_upsert)?;
        }
        let (of_document, of_elements) = split(guard::of_write(write)?);
        relied_on.extend(of_document);
        targets.push((links, of_elements));
    }
    let mut identifiers = Identifiers::default();
    targets.iter().try_for_each(|target| add_named(target, &mut identifiers))?;
    let paths = targets.into_iter();
    let paths = paths.map(|(links, guards)| path_text(&links, guards, &mut identifiers));
    let paths: Vec<_> = paths.collect();
    let renamed = statement.writes.iter().filter(|write| write.target.is_some());
    let renamed = renamed.filter_map(|write| write.value.str());
    let written: Vec<&str> = paths.iter().map(String::as_str).chain(renamed).collect();
    conflict::check(&written)?;
    Ok(Rendered {
        filter: relied_on.into_iter().fold(filter, Node::and).elements(""),
        change: Change::Operators(change(statement, &paths, &written)?),
        array_filters: identifiers.into_documents(),
    })
}

/// Named array filters come first, so that the names that are made give way to them; one whose
/// condition grows by a guard is another filter.
fn add_named((links, guards): &(Vec<&Link>, Guards), identifiers: &mut Identifiers) -> Result<()> {
    for (at, link) in links.iter().enumerate() {
        if let Step::Filtered(condition) = &link.step
            && let Some(identifier) = condition.identifier()
            && !guards.contains_key(&at)
        {
            identifiers.add_named(identifier, condition.node())?;
        }
    }
    Ok(())
}

type Guards = BTreeMap<usize, Vec<Node>>;

/// The guards of the document, and those of array elements by the number of their step.
fn split(guards: Vec<Guard>) -> (Vec<Node>, Guards) {
    let (mut of_document, mut of_elements) = (Vec::new(), Guards::new());
    for guard in guards {
        match guard.owner {
            None => of_document.push(guard.node),
            Some(at) => of_elements.entry(at).or_default().push(guard.node),
        }
    }
    (of_document, of_elements)
}

/// The path as it is sent.
fn path_text(links: &[&Link], mut guards: Guards, identifiers: &mut Identifiers) -> String {
    text_with(links, &mut |at, step| {
        let guards = guards.remove(&at);
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

/// The document of operators, those written by hand among them.
fn change(statement: &Statement, paths: &[String], written: &[&str]) -> Result<Fragment> {
    let mut bodies: Vec<(&str, Fragment)> = Vec::new();
    for (write, path) in statement.writes.iter().zip(paths) {
        let known = bodies.iter().position(|(operator, _)| *operator == write.operator);
        let at = known.unwrap_or_else(|| {
            bodies.push((write.operator, Fragment::default()));
            bodies.len() - 1
        });
        bodies[at].1.push(path, &write.value);
    }
    for (operator, body) in statement.raw.iter().flatten() {
        add_raw(&mut bodies, written, operator, body)?;
    }
    if bodies.is_empty() {
        return Err(Error::invalid("the update has no operator: it would change nothing"));
    }
    let mut operators = Fragment::default();
    for (operator, body) in bodies {
        operators.push(operator, &RawValue::document(&body));
    }
    Ok(operators)
}

fn add_raw<'a>(
    bodies: &mut Vec<(&'a str, Fragment)>,
    written: &[&str],
    operator: &'a str,
    body: &Bson,
) -> Result<()> {
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
            return Err(conflict(path.clone(), (*with).to_owned()));
        }
    }
    let added = elements(body)?;
    match bodies.iter_mut().find(|(known, _)| *known == operator) {
        Some((_, before)) => before.append(&added),
        None => bodies.push((operator, added)),
    }
    Ok(())
}

fn elements(document: &Document) -> Result<Fragment> {
    let elements = Fragment::write(|out| {
        for (key, value) in document {
            out.element(key, |out| value.encode(out));
        }
    });
    Ok(elements?)
}
