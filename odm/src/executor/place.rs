//! The collection that an operation is on.

use std::sync::Arc;

use mongodb::{Database, options::CollectionOptions};

use crate::options::WriteConcern;

use super::RawCollection;

/// The driver's collection, or what it is made of: a write sends a command, and needs no more.
#[derive(Clone)]
pub(crate) enum Place {
    Made {
        collection: RawCollection,
        /// Where commands are sent; they take none of its options.
        database: Database,
    },
    OfModel {
        database: Database,
        name: &'static str,
        options: Option<Arc<CollectionOptions>>,
    },
}

impl Place {
    /// A collection of any database.
    pub(super) fn of(collection: RawCollection) -> Self {
        let database = database_of(&collection);
        Self::Made { collection, database }
    }

    /// The driver's collection.
    pub(super) fn collection(&self) -> RawCollection {
        match self {
            Self::Made { collection, .. } => collection.clone(),
            Self::OfModel { database, name, options: Some(options) } => {
                database.collection_with_options(name, CollectionOptions::clone(options))
            }
            Self::OfModel { database, name, options: None } => database.collection(name),
        }
    }

    pub(super) fn database(&self) -> &Database {
        let (Self::Made { database, .. } | Self::OfModel { database, .. }) = self;
        database
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Made { collection, .. } => collection.name(),
            Self::OfModel { name, .. } => name,
        }
    }

    /// The write concern of what is written without one of its own.
    pub(super) fn write_concern(&self) -> Option<&WriteConcern> {
        match self {
            Self::Made { collection, .. } => collection.write_concern(),
            Self::OfModel { database, options, .. } => {
                let own = options.as_ref().and_then(|options| options.write_concern.as_ref());
                own.or_else(|| database.write_concern())
            }
        }
    }
}

/// The database of a collection, with the client's options.
pub(super) fn database_of(collection: &RawCollection) -> Database {
    collection.client().database(&collection.namespace().db)
}
