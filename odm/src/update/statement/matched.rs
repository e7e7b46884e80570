//! `$`, the array element that the filter matched.
//!
//! The server takes whichever element a condition of the filter met last. The update means what it
//! says only if there is one such condition, on this array, that every matching document meets.

use crate::{
    condition::{Field, Node},
    error::{Error, Result},
    path::{Link, Step},
};

/// Refuses a path with `.matched()` that the filter does not decide.
pub(super) fn check(links: &[&Link], filter: &Node, is_upsert: bool) -> Result<()> {
    let mut places = links.iter().enumerate();
    let mut places = places.by_ref().filter(|(_, link)| matches!(link.step, Step::Matched));
    let Some((at, _)) = places.next() else { return Ok(()) };
    let array = crate::path::text(&links[..at]);
    let refuse = |reason: &str| {
        Err(Error::invalid(format!("`{}`: {reason}: use `.filtered(…)`", crate::path::text(links))))
    };
    if places.next().is_some() {
        return refuse("`.matched()` stands twice in one path, and the filter matches one element");
    }
    if is_upsert {
        return refuse("a document that is inserted has no element that `.matched()` could mean");
    }
    let mut found = Found::default();
    found.look(filter, &array, true);
    match found {
        Found { of_others: true, .. } => {
            refuse("the filter has a condition on elements of another array, too")
        }
        Found { under_or: true, .. } => {
            refuse("a condition on the array under `|` or `!` need not be the one that matched")
        }
        Found { on_array: 0, has_raw: false, .. } => refuse(&format!(
            "`.matched()` needs a condition in the filter that an element of `{array}` meets"
        )),
        Found { on_array: 0 | 1, .. } => Ok(()),
        _ => refuse(
            "several conditions on the array may be met by several elements; join them in one \
             `.elem_match(…)`, or",
        ),
    }
}

#[derive(Default)]
struct Found {
    on_array: usize,
    of_others: bool,
    under_or: bool,
    has_raw: bool,
}

impl Found {
    fn look(&mut self, node: &Node, array: &str, is_certain: bool) {
        match node {
            Node::Field(field) => self.look_at(field, array, is_certain),
            Node::And(nodes) => nodes.iter().for_each(|node| self.look(node, array, is_certain)),
            Node::Or(nodes) => nodes.iter().for_each(|node| self.look(node, array, false)),
            // A negated condition has matched no element.
            Node::Nor(_) => {}
            Node::Whole(_) => self.has_raw = true,
        }
    }

    fn look_at(&mut self, field: &Field, array: &str, is_certain: bool) {
        let Some(element) = field.place.element else { return };
        let is_own = &field.path[..element.array] == array && !element.is_nested;
        match (is_own, is_certain) {
            (true, true) => self.on_array += 1,
            (true, false) => self.under_or = true,
            (false, _) => self.of_others = true,
        }
    }
}
