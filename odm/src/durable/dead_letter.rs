//! Dead letters: events whose handler failed to the end.

use mongodb::{
    bson::{DateTime, RawDocument, RawDocumentBuf, doc, raw::cstr},
    options::CollectionOptions,
};

use crate::{
    change_stream::{OUTLINE, ResumeToken},
    error::{Access, Error, ErrorKind, Result},
    executor::{Call, Collection, Purpose, ReadExecutor, Target, Transaction, in_session},
    options::WriteConcern,
};

/// A larger event may not fit into a document together with the other fields.
const LARGEST: usize = 16 * 1024 * 1024 - 64 * 1024;
const BURY: Purpose = Purpose::new(Access::Write, "add a dead letter to");

/// The collection of dead letters:
///
/// ```text
/// { _id: { consumer: "mailer", token: "8265…" }, error: "…", attempts: 4, at: 2025-01-01T…,
///   token: { _data: "8265…" }, event: { … } }
/// ```
///
/// `event` is the event as the server sent it. If it is too large, it has only its token, its kind,
/// its time and the key of its document. If it was too large to be sent at all, `attempts` is 0.
#[derive(Clone, Debug)]
pub(super) struct DeadLetters {
    collection: mongodb::Collection<RawDocumentBuf>,
}

/// One dead letter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter<'a> {
    pub(super) consumer: &'a str,
    pub(super) event: &'a RawDocument,
    pub(super) error: &'a str,
    pub(super) attempts: u32,
}

impl DeadLetters {
    /// The collection of this name, in the database that is watched.
    pub(super) fn beside(watched: &Target, name: &str) -> Self {
        let client = watched.commands().client();
        let mut options = CollectionOptions::default();
        options.write_concern = Some(WriteConcern::majority());
        let database = client.database(watched.commands().name());
        Self { collection: database.collection_with_options(name, options) }
    }

    /// Adds a letter. A letter that is there already stays as it is.
    pub(super) async fn add(
        &self,
        letter: &Letter<'_>,
        transaction: Option<&Transaction>,
    ) -> Result<()> {
        let document = letter.document()?;
        let ours = Collection::<RawDocumentBuf>::from_driver(self.collection.clone());
        let target = match transaction {
            Some(transaction) => ours.with_transaction(transaction).target(),
            None => ours.target(),
        };
        let call = Call::begin(target, BURY).await?;
        let added = call.run(move |mut call| async move {
            let collection = call.collection();
            let added = in_session!(call, collection.insert_one(document));
            call.settle(added).map(drop)
        });
        match added.await {
            Err(error) if matches!(error.kind(), ErrorKind::DuplicateKey(_)) => Ok(()),
            added => added,
        }
    }
}

impl Letter<'_> {
    fn document(&self) -> Result<RawDocumentBuf> {
        let part = |key| self.event.get_document(key).map(RawDocument::to_owned);
        let token = part("_id").unwrap_or_default();
        let text = ResumeToken::from_raw(token.clone()).to_string();
        let head = doc! {
            "_id": { "consumer": self.consumer, "token": text },
            "error": self.error,
            "attempts": i64::from(self.attempts),
            "at": DateTime::now(),
        };
        let head = RawDocumentBuf::try_from(head);
        let mut document = head.map_err(|error| Error::invalid(error.to_string()))?;
        document.append(cstr!("token"), token);
        if self.event.as_bytes().len() <= LARGEST {
            document.append(cstr!("event"), self.event.to_owned());
        } else {
            document.append(cstr!("event"), outline(self.event));
        }
        Ok(document)
    }
}

/// What can be told of any event.
fn outline(event: &RawDocument) -> RawDocumentBuf {
    let mut outline = RawDocumentBuf::new();
    for (key, value) in event.iter().flatten() {
        if key == "_id" || OUTLINE.contains(&key.as_str()) {
            outline.append(key, value);
        }
    }
    outline
}
