//! Where the columns of a row are.

use std::sync::Arc;

use crate::path::{Field, Path, Required, Step, Value};

/// Where the columns are that stages added to a row, in their order.
#[doc(hidden)]
#[derive(Clone, Debug, Default)]
pub struct Layout {
    root: Path,
    added: Vec<Added>,
}

#[derive(Clone, Debug)]
enum Added {
    /// Under a name of ours.
    Column,
    /// In the place of the array that was unwound.
    Element(Path),
}

impl Layout {
    /// The same columns for a closure of its own, whose conditions stay in it.
    pub(crate) fn for_closure(&self) -> Self {
        Self { root: self.with_root(Path::root_of_closure()), added: self.added.clone() }
    }

    /// The row with one column more, under the name that [`column_name`] gives.
    pub(crate) fn with_column(mut self) -> Self {
        self.added.push(Added::Column);
        self
    }

    /// The row with an element in the place of the array at `path`.
    pub(crate) fn with_element(mut self, path: Path) -> Self {
        self.added.push(Added::Element(path));
        self.root = self.with_root(Path::root());
        self
    }

    /// Which closure's argument the columns begin with.
    pub(crate) fn origin(&self) -> u32 {
        self.root.origin()
    }

    pub(super) fn root(&self) -> Path {
        self.root.clone()
    }

    /// The column that was added as the one with this number.
    pub(super) fn added<X: Field>(&self, number: usize) -> Path {
        let value = Value::of::<X, Required>();
        match self.added.get(number) {
            Some(Added::Element(path)) => path.with_value(value),
            _ => Path::root().then(Step::Key(column_name(number)), value),
        }
    }

    /// A root that knows which arrays have become one of their elements.
    fn with_root(&self, root: Path) -> Path {
        let unwound = self.added.iter().filter_map(|added| match added {
            Added::Element(path) => Some(path.text().into_owned()),
            Added::Column => None,
        });
        let unwound: Vec<_> = unwound.collect();
        match unwound.is_empty() {
            true => root,
            false => root.then(Step::Unwound(Arc::new(unwound)), Value::default()),
        }
    }
}

/// The name of an added column in the server's documents.
pub(crate) fn column_name(number: usize) -> String {
    format!("_c{number}")
}

/// The number of an added column by its name.
pub(super) fn column_number(name: &str) -> Option<usize> {
    name.strip_prefix("_c")?.parse().ok()
}
