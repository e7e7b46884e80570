//! Documents that references named.

use std::{collections::HashMap, fmt, ops::Index, slice, vec};

use crate::{
    codec::{Encode, RawValue},
    error::Result,
    model::Model,
    reference::Ref,
};

use super::ids::stored;

/// The documents that references named, to be looked up by the references.
///
/// A document that is not there is no error: [`get`](Self::get) gives `None` for it.
///
/// ```no_run
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// struct Customer {
///     #[model(id)]
///     id: i64,
///     name: String,
/// }
///
/// #[derive(Model)]
/// struct Order {
///     #[model(id)]
///     id: i64,
///     customer: Ref<Customer>,
/// }
///
/// # async fn run(db: odm::Database) -> odm::Result<()> {
/// let orders = Order::find().all(&db).await?;
/// let customers = odm::load(orders.iter().map(|o| &o.customer), &db).await?;
/// for order in &orders {
///     let name = customers.get(&order.customer).map(|c| c.name.as_str());
///     println!("{}: {}", order.id, name.unwrap_or("somebody who is gone"));
/// }
/// # Ok(())
/// # }
/// ```
pub struct Loaded<M> {
    documents: Vec<M>,
    /// The place of each document by its `_id`: equal values have equal bytes.
    places: HashMap<RawValue, usize>,
}

impl<M: Model> Loaded<M> {
    pub(super) fn new(documents: Vec<M>) -> Result<Self> {
        let mut places = HashMap::with_capacity(documents.len());
        for (place, document) in documents.iter().enumerate() {
            if let Some(id) = document.document_id() {
                places.insert(RawValue::write("_id", |out| id.encode(out))?, place);
            }
        }
        Ok(Self { documents, places })
    }

    /// The document that the reference names, if it is there.
    pub fn get(&self, reference: &Ref<M>) -> Option<&M> {
        let place = self.places.get(&stored(reference).ok()?)?;
        self.documents.get(*place)
    }

    /// Whether the document is there that the reference names.
    pub fn contains(&self, reference: &Ref<M>) -> bool {
        self.get(reference).is_some()
    }
}

impl<M> Loaded<M> {
    /// How many documents were found.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether none was found.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// The documents, in the order in which the server gave them.
    pub fn iter(&self) -> slice::Iter<'_, M> {
        self.documents.iter()
    }

    /// The documents themselves.
    pub fn into_values(self) -> vec::IntoIter<M> {
        self.documents.into_iter()
    }
}

/// The document that the reference names.
///
/// # Panics
///
/// If it is not there, as the index of a map.
impl<M: Model> Index<&Ref<M>> for Loaded<M> {
    type Output = M;

    fn index(&self, reference: &Ref<M>) -> &M {
        match self.get(reference) {
            Some(document) => document,
            None => {
                panic!("the document of {} that the reference names is not there", M::COLLECTION)
            }
        }
    }
}

impl<'a, M> IntoIterator for &'a Loaded<M> {
    type Item = &'a M;
    type IntoIter = slice::Iter<'a, M>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<M> IntoIterator for Loaded<M> {
    type Item = M;
    type IntoIter = vec::IntoIter<M>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_values()
    }
}

impl<M> Default for Loaded<M> {
    fn default() -> Self {
        Self { documents: Vec::new(), places: HashMap::new() }
    }
}

impl<M: Clone> Clone for Loaded<M> {
    fn clone(&self) -> Self {
        Self { documents: self.documents.clone(), places: self.places.clone() }
    }
}

impl<M: fmt::Debug> fmt::Debug for Loaded<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.documents).finish()
    }
}
