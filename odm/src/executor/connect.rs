//! Connections.

use mongodb::options::ClientOptions;

use crate::error::{Error, Result};

use super::{Database, deployment::listen};

/// Connects to the database that a `mongodb://` or `mongodb+srv://` URI names.
///
/// No server needs to answer yet: the first operation waits for one (`serverSelectionTimeoutMS`,
/// 30 s by default). It does not wait if every server refuses TLS or the credentials.
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
    connect_with(ClientOptions::parse(uri.as_ref()).await.map_err(unusable)?)
}

/// Connects with the driver's options: a URI that was parsed and changed in code, as for event
/// handlers or credentials.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use odm::mongodb::options::ClientOptions;
///
/// let mut options = ClientOptions::parse("mongodb://localhost/shop?replicaSet=rs0").await?;
/// options.app_name = Some("orders".into());
/// let db = odm::connect_with(options)?;
/// # Ok(())
/// # }
/// ```
///
/// Unlike with a client that is [brought along](Database::from_driver), errors tell exactly whether
/// a write was sent, and why no server could be reached. Where a certificate or the credentials are
/// refused, operations do not wait for the time of server selection. Event handlers that are set
/// stay: they are called after this crate's own.
///
/// # Errors
///
/// `Invalid` if the options contradict each other or name no `default_database`.
pub fn connect_with(mut options: ClientOptions) -> Result<Database> {
    let Some(name) = options.default_database.clone() else {
        return Err(Error::invalid(
            "the URI names no database: put it after the host, as in mongodb://localhost/shop",
        ));
    };
    let deployment = listen(&mut options);
    let client = mongodb::Client::with_options(options).map_err(unusable)?;
    Ok(Database::of_deployment(client.database(&name), deployment))
}

/// The URI itself is not shown: it may hold a password.
fn unusable(error: mongodb::error::Error) -> Error {
    Error::from(error).during("use", "the connection string")
}
