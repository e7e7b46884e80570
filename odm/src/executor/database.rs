//! Databases and connections.

use mongodb::{
    bson::RawDocumentBuf,
    options::{ClientOptions, CollectionOptions},
};

use crate::{
    error::{Error, Result},
    model::Model,
};

use super::{Collection, Executor, Target};

/// A database; cheap to clone, and shared by as many tasks as need it.
#[derive(Clone, Debug)]
pub struct Database {
    driver: mongodb::Database,
}

/// Connects to the database that a `mongodb://` or `mongodb+srv://` URI names.
///
/// No server needs to answer yet: the first operation waits for one (`serverSelectionTimeoutMS`,
/// 30 s by default).
///
/// ```no_run
/// # async fn run() -> odm::Result<()> {
/// let db = odm::connect("mongodb://localhost/shop?replicaSet=rs0").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// `Invalid` for a URI that is malformed, has an unknown option or names no database;
/// `Unavailable` if the host of a `mongodb+srv://` URI cannot be resolved.
///
/// Manual: [connection strings](https://www.mongodb.com/docs/manual/reference/connection-string/).
pub async fn connect(uri: impl AsRef<str>) -> Result<Database> {
    let options = ClientOptions::parse(uri.as_ref()).await.map_err(unusable)?;
    let Some(name) = options.default_database.clone() else {
        return Err(Error::invalid(
            "the URI names no database: put it after the host, as in mongodb://localhost/shop",
        ));
    };
    let client = mongodb::Client::with_options(options).map_err(unusable)?;
    Ok(Database::from_driver(client.database(&name)))
}

/// The URI itself is not shown: it may hold a password.
fn unusable(error: mongodb::error::Error) -> Error {
    Error::from(error).during("use", "the connection string")
}

impl Database {
    /// A database of a client of your own.
    pub fn from_driver(driver: mongodb::Database) -> Self {
        Self { driver }
    }

    /// The driver's database, for all that this crate does not wrap.
    pub fn as_driver(&self) -> &mongodb::Database {
        &self.driver
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        self.driver.name()
    }

    /// The model's collection, with the database's options.
    pub fn collection<M: Model>(&self) -> Collection<M> {
        self.collection_named(M::COLLECTION)
    }

    /// A collection of another name with documents of the model: one per tenant, an archive.
    pub fn collection_named<M: Model>(&self, name: &str) -> Collection<M> {
        Collection::from_driver(self.driver.collection::<RawDocumentBuf>(name))
    }

    /// A collection with options of its own: read preference, read concern, write concern.
    pub fn collection_with_options<M: Model>(
        &self,
        name: &str,
        options: CollectionOptions,
    ) -> Collection<M> {
        Collection::from_driver(
            self.driver.collection_with_options::<RawDocumentBuf>(name, options),
        )
    }

    /// Removes the database with all its collections.
    ///
    /// # Errors
    ///
    /// `Unauthorized`, `Unavailable`.
    pub async fn drop(&self) -> Result<()> {
        let dropped = self.driver.drop().await;
        dropped.map_err(|error| Error::from(error).during("drop", self.name()))
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Executor<M> for Database {
    fn target(&self) -> Target {
        Target { collection: self.driver.collection(M::COLLECTION) }
    }
}
