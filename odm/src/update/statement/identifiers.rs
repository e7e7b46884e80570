//! Giving out the identifiers of array filters, when all paths of a statement are known.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::{
    codec::Fragment,
    condition::Node,
    error::{Error, Result},
};

/// The array filters of a statement: one identifier stands for one condition.
#[derive(Default)]
pub(super) struct Identifiers {
    filters: Vec<Filter>,
    names: HashSet<String>,
    /// Filters whose identifiers are ours, by array and condition.
    generated: HashMap<u64, Vec<usize>>,
    next: usize,
}

struct Filter {
    identifier: String,
    /// The path of the array; a named filter is for any.
    array: Option<String>,
    node: Node,
}

impl Identifiers {
    /// Takes over a filter that the user named.
    pub(super) fn add_named(&mut self, identifier: &str, node: &Node) -> Result<()> {
        match self.filters.iter().find(|own| own.identifier == identifier) {
            None => {
                self.add(identifier.to_owned(), None, node.clone());
                Ok(())
            }
            Some(twin) if twin.node == *node => Ok(()),
            Some(twin) => Err(two_conditions(identifier, &twin.node, node)),
        }
    }

    /// The identifier of a condition on the elements of an array; `wanted` if nobody has it.
    pub(super) fn of(&mut self, array: &str, node: Node, wanted: Option<&str>) -> &str {
        let mut hasher = DefaultHasher::new();
        (array, &node).hash(&mut hasher);
        let hash = hasher.finish();
        let is_same = |at: &usize| {
            self.filters[*at].array.as_deref() == Some(array) && self.filters[*at].node == node
        };
        let known = self.generated.get(&hash).and_then(|all| all.iter().copied().find(is_same));
        let at = known.unwrap_or_else(|| {
            let identifier = self.free(wanted);
            let at = self.add(identifier, Some(array.to_owned()), node);
            self.generated.entry(hash).or_default().push(at);
            at
        });
        &self.filters[at].identifier
    }

    /// The documents of the array filters.
    pub(super) fn into_documents(self) -> Vec<Fragment> {
        self.filters.iter().map(|filter| filter.node.elements(&filter.identifier)).collect()
    }

    fn add(&mut self, identifier: String, array: Option<String>, node: Node) -> usize {
        self.names.insert(identifier.clone());
        self.filters.push(Filter { identifier, array, node });
        self.filters.len() - 1
    }

    fn free(&mut self, wanted: Option<&str>) -> String {
        if let Some(wanted) = wanted.filter(|wanted| !self.names.contains(*wanted)) {
            return wanted.to_owned();
        }
        loop {
            let name = format!("e{}", self.next);
            self.next += 1;
            if !self.names.contains(&name) {
                return name;
            }
        }
    }
}

fn two_conditions(identifier: &str, one: &Node, other: &Node) -> Error {
    let show = |node: &Node| match node.elements(identifier).to_document() {
        Ok(document) => document.to_string(),
        Err(error) => error.to_string(),
    };
    Error::invalid(format!(
        "array-filter identifier `{identifier}` stands for two conditions: {} and {}",
        show(one),
        show(other)
    ))
}
