//! The home of a cursor: the member that it is on, where it must be closed.

use std::{sync::Arc, time::Duration};

use mongodb::{
    Client, ServerInfo,
    bson::{RawDocument, doc},
    options::{SelectionCriteria, ServerAddress},
    raw_batch_cursor::SessionRawBatchCursor,
};
use tokio::runtime::Handle;

/// How long closing may take. A member that cannot be reached closes its cursors itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// The cursor on the server.
///
/// The driver closes every cursor on the primary, also one that is on another member. So we look
/// for the member's address in the cursor's debug text, which is the only place where the driver
/// shows it. If it is not there, the driver closes the cursor.
#[derive(Clone, Debug)]
pub(super) struct Home {
    client: Client,
    address: ServerAddress,
    database: String,
    collection: String,
    id: i64,
    /// The cursor may be dropped where there is none.
    runtime: Handle,
    /// Whether the server may still have it.
    pub(super) is_open: bool,
}

impl Home {
    pub(super) fn of(
        client: &Client,
        cursor: &SessionRawBatchCursor,
        reply: &RawDocument,
    ) -> Option<Self> {
        let about = reply.get_document("cursor").ok()?;
        let id = about.get_i64("id").ok().filter(|id| *id != 0)?;
        let (database, collection) = about.get_str("ns").ok()?.split_once('.')?;
        Some(Self {
            client: client.clone(),
            address: address(&format!("{cursor:?}"))?,
            database: database.to_owned(),
            collection: collection.to_owned(),
            id,
            runtime: Handle::try_current().ok()?,
            is_open: true,
        })
    }

    /// Closes the cursor. It is not an error if it is gone already.
    pub(super) async fn close(self) {
        if !self.is_open {
            return;
        }
        let command = doc! { "killCursors": self.collection, "cursors": [self.id] };
        let address = self.address;
        let is_home = move |member: &ServerInfo<'_>| *member.address() == address;
        let criteria = SelectionCriteria::Predicate(Arc::new(is_home));
        let database = self.client.database(&self.database);
        let closed = database.run_command(command).selection_criteria(criteria);
        drop(tokio::time::timeout(PATIENCE, closed.into_future()).await);
    }

    /// The same in the background.
    pub(super) fn close_later(self) {
        if self.is_open {
            self.runtime.clone().spawn(self.close());
        }
    }
}

/// The address in the debug text of a cursor.
fn address(text: &str) -> Option<ServerAddress> {
    let (_, about) = text.split_once("CursorInformation {")?;
    let (_, host) = about.split_once("address: Tcp { host: \"")?;
    let (host, rest) = host.split_once('"')?;
    let (_, port) = rest.split_once("port: ")?;
    let port = port.strip_prefix("Some(").and_then(|port| port.split_once(')')?.0.parse().ok());
    Some(ServerAddress::Tcp { host: host.to_owned(), port })
}
