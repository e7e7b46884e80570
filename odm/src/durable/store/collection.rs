//! Tokens in a collection.

use std::time::Duration;

use mongodb::{
    bson::{Bson, DateTime, Document, RawBsonRef, RawDocumentBuf, Uuid, doc},
    options::{CollectionOptions, FindOneAndUpdateOptions, ReturnDocument, SelectionCriteria},
};

use super::{StoreError, StoreResult, StoreTokens, taken_over};
use crate::{
    change_stream::ResumeToken,
    error::{Access, Error, Result},
    executor::{
        Call, Collection, Database, Purpose, ReadExecutor, Session, Target, Transaction, in_session,
    },
    options::WriteConcern,
};

/// Sessions are killed only to save time, so this does not wait long, and leaves most of the lease.
const PATIENCE: Duration = Duration::from_secs(5);
const SAVE: Purpose = Purpose::new(Access::Write, "save the token in");
const CHECK: Purpose = Purpose::new(Access::Read, "look into");
const LEASE: Purpose = Purpose::new(Access::Write, "lease in");

/// Tokens and leases in a collection, two documents a consumer:
///
/// ```text
/// { _id: "mailer", token: { _data: "8265…" }, epoch: 3, saved_at: 2025-01-01T00:00:00Z }
/// { _id: { lease: "mailer" }, epoch: 3, owner: UUID("…"), until: 2025-01-01T00:00:30Z }
/// ```
///
/// There are two so that a transaction that moves the token does not collide with the renewal of
/// the lease. Leases run out by the server's clock (`$$NOW`), never by ours. Everything is written
/// with the write concern `majority`.
#[derive(Clone, Debug)]
pub struct CollectionStore {
    collection: mongodb::Collection<RawDocumentBuf>,
}

impl CollectionStore {
    pub(super) fn new(db: &Database, name: &str) -> Self {
        let primary = mongodb::options::ReadPreference::primary();
        let mut options = CollectionOptions::default();
        options.write_concern = Some(WriteConcern::majority());
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(primary));
        Self { collection: db.as_driver().collection_with_options(name, options) }
    }

    /// Saves the token as part of a transaction, which is then committed under this epoch or not at
    /// all.
    pub(in crate::durable) async fn save_in(
        &self,
        transaction: &Transaction,
        consumer: &str,
        (epoch, token): (u64, &ResumeToken),
    ) -> Result<()> {
        let ours = Collection::<RawDocumentBuf>::from_driver(self.collection.clone());
        let target = ours.with_transaction(transaction).target();
        match save(target, consumer, epoch, token).await? {
            true => Ok(()),
            false => Err(taken_over(consumer)),
        }
    }

    /// Refuses a session of another client before anything is done in it.
    pub(in crate::durable) async fn check_session(&self, session: &Session) -> Result<()> {
        let ours = Collection::<RawDocumentBuf>::from_driver(self.collection.clone());
        let call = Call::begin(ours.with_session(session).target(), CHECK).await?;
        call.run(move |mut call| async move {
            let collection = call.collection();
            let found = in_session!(call, collection.find_one(doc! { "_id": Bson::MinKey }));
            call.settle(found).map(drop)
        })
        .await
    }

    fn target(&self) -> Target {
        Target::of(self.collection.clone())
    }

    /// Sends one `findAndModify` with a pipeline and returns the document as it is afterwards.
    async fn change(&self, filter: Document, stages: Vec<Document>) -> Result<RawDocumentBuf> {
        let mut options = FindOneAndUpdateOptions::default();
        options.upsert = Some(true);
        options.return_document = Some(ReturnDocument::After);
        let call = Call::begin(self.target(), LEASE).await?;
        let changed = self.collection.find_one_and_update(filter, stages).with_options(options);
        let changed = call.settle(changed.await)?;
        Ok(changed.unwrap_or_default())
    }

    /// Ends a transaction that the last owner left open. It would hold its locks for a minute.
    async fn kill(&self, session: Uuid, patience: Duration) {
        let command = doc! { "killSessions": [{ "id": session }] };
        let admin = self.collection.client().database("admin");
        drop(tokio::time::timeout(patience, admin.run_command(command).into_future()).await);
    }
}

impl StoreTokens for CollectionStore {
    async fn acquire(
        &self,
        consumer: &str,
        owner: Uuid,
        lease: Duration,
    ) -> StoreResult<Option<u64>> {
        let changed = self.change(lease_of(consumer), taking(owner, lease)).await?;
        if uuid_in(&changed, "owner") != Some(owner) {
            return Ok(None);
        }
        if let Some(previous) = uuid_in(&changed, "previous") {
            self.kill(previous, PATIENCE.min(lease / 4)).await;
        }
        Ok(Some(epoch_in(&changed)))
    }

    async fn renew(&self, consumer: &str, epoch: u64, lease: Duration) -> StoreResult<()> {
        let mut filter = lease_of(consumer);
        filter.insert("epoch", number(epoch));
        let stages = vec![doc! { "$set": { "until": from_now(lease) } }];
        let call = Call::begin(self.target(), LEASE).await?;
        let renewed = call.settle(self.collection.update_one(filter, stages).await)?;
        if renewed.matched_count == 1 { Ok(()) } else { Err(StoreError::TakenOver) }
    }

    async fn load(&self, consumer: &str, epoch: u64) -> StoreResult<Option<ResumeToken>> {
        let newest = doc! { "$max": ["$epoch", number(epoch)] };
        let stages = vec![doc! { "$set": { "epoch": newest } }];
        let document = self.change(doc! { "_id": consumer }, stages).await?;
        if epoch_in(&document) != epoch {
            return Err(StoreError::TakenOver);
        }
        match document.get_document("token") {
            Ok(token) => Ok(Some(ResumeToken::from_raw(token.to_owned()))),
            Err(_) => Ok(None),
        }
    }

    async fn save(&self, consumer: &str, epoch: u64, token: &ResumeToken) -> StoreResult<()> {
        match save(self.target(), consumer, epoch, token).await? {
            true => Ok(()),
            false => Err(StoreError::TakenOver),
        }
    }

    async fn release(&self, consumer: &str, epoch: u64) -> StoreResult<()> {
        let mut filter = lease_of(consumer);
        filter.insert("epoch", number(epoch));
        let change = doc! { "$unset": { "owner": "", "until": "", "previous": "" } };
        let call = Call::begin(self.target(), LEASE).await?;
        call.settle(self.collection.update_one(filter, change).await)?;
        Ok(())
    }
}

fn lease_of(consumer: &str) -> Document {
    doc! { "_id": { "lease": consumer } }
}

/// The stages that take a lease if it is free, renew it for its owner, and otherwise change
/// nothing.
fn taking(owner: Uuid, lease: Duration) -> Vec<Document> {
    let is_own = doc! { "$eq": ["$owner", owner] };
    let long_ago = Bson::DateTime(DateTime::from_millis(0));
    let is_over = doc! { "$lte": [{ "$ifNull": ["$until", long_ago] }, "$$NOW"] };
    let next = doc! { "$add": [{ "$ifNull": ["$epoch", 0_i64] }, 1_i64] };
    let taken = |value: Bson, old: &str| {
        doc! { "$cond": [is_over.clone(), value, old] }
    };
    let unless_own = |own: &str, changed: Document| {
        doc! { "$cond": [is_own.clone(), own, changed] }
    };
    let until = taken(from_now(lease).into(), "$until");
    let renewed = doc! { "$cond": [is_own.clone(), from_now(lease), until] };
    vec![doc! { "$set": {
        "previous": unless_own("$previous", taken("$owner".into(), "$previous")),
        "epoch": unless_own("$epoch", taken(next.into(), "$epoch")),
        "owner": taken(owner.into(), "$owner"),
        "until": renewed,
    } }]
}

fn from_now(lease: Duration) -> Document {
    let millis = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX / 2);
    doc! { "$add": ["$$NOW", millis] }
}

/// Whether the token was saved; `false` if the epoch is another one.
async fn save(target: Target, consumer: &str, epoch: u64, token: &ResumeToken) -> Result<bool> {
    let filter = doc! { "_id": consumer, "epoch": number(epoch) };
    let token = Document::try_from(token.as_raw());
    let token = token.map_err(|error| Error::invalid(error.to_string()))?;
    let change = doc! { "$set": { "token": token }, "$currentDate": { "saved_at": true } };
    let call = Call::begin(target, SAVE).await?;
    call.run(move |mut call| async move {
        let collection = call.collection();
        let saved = in_session!(call, collection.update_one(filter, change));
        call.settle(saved).map(|saved| saved.matched_count == 1)
    })
    .await
}

/// BSON has no unsigned numbers; an epoch grows by one with each holder.
fn number(epoch: u64) -> i64 {
    i64::try_from(epoch).unwrap_or(i64::MAX)
}

fn uuid_in(document: &RawDocumentBuf, key: &str) -> Option<Uuid> {
    match document.get(key) {
        Ok(Some(RawBsonRef::Binary(binary))) => binary.to_binary().to_uuid().ok(),
        _ => None,
    }
}

fn epoch_in(document: &RawDocumentBuf) -> u64 {
    document.get_i64("epoch").ok().and_then(|epoch| u64::try_from(epoch).ok()).unwrap_or(0)
}
