//! Where tokens and leases are kept.

mod collection;
mod entry;
mod file;
mod lock;
mod memory;

use std::{fmt, future::Future, path::PathBuf, sync::Arc, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use mongodb::bson::Uuid;

pub use self::{collection::CollectionStore, file::FileStore, memory::MemoryStore};
use crate::{
    change_stream::ResumeToken,
    error::{Error, ErrorKind, Outcome},
    executor::Database,
};

/// The default name of the collection of tokens.
const COLLECTION: &str = "odm_tokens";

/// Where durable consumers keep their tokens and leases; clones are the same store.
///
/// ```
/// use odm::durable::TokenStore;
///
/// let store = TokenStore::memory();
/// assert_eq!(format!("{store:?}"), "TokenStore");
/// ```
pub struct TokenStore<S>(Arc<S>);

impl TokenStore<CollectionStore> {
    /// In the collection `odm_tokens` of a database: for any number of processes.
    pub fn collection(db: &Database) -> Self {
        Self::collection_named(db, COLLECTION)
    }

    /// In a collection of another name.
    pub fn collection_named(db: &Database, name: &str) -> Self {
        Self::custom(CollectionStore::new(db, name))
    }
}

impl TokenStore<FileStore> {
    /// In a file, for one consumer; see [`FileStore`].
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::custom(FileStore::new(path.into()))
    }
}

impl TokenStore<MemoryStore> {
    /// In memory: for tests, and for consumers that start from the present in each process.
    pub fn memory() -> Self {
        Self::custom(MemoryStore::default())
    }
}

impl<S: StoreTokens> TokenStore<S> {
    /// In a store of your own.
    pub fn custom(store: S) -> Self {
        Self(Arc::new(store))
    }

    pub(super) fn shared(&self) -> &Arc<S> {
        &self.0
    }
}

impl<S> Clone for TokenStore<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> fmt::Debug for TokenStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenStore")
    }
}

/// Keeps the tokens and the leases of durable consumers, by the consumer's name.
///
/// A lease has a number, its epoch, which grows with each holder. An operation under an old epoch
/// is refused with [`StoreError::TakenOver`]. So a holder that was stopped, and goes on late,
/// cannot move the token. Each operation must be atomic. `?` converts any error.
///
/// ```
/// use std::{sync::Mutex, time::Duration};
///
/// use odm::{
///     ResumeToken,
///     bson::Uuid,
///     durable::{StoreError, StoreResult, StoreTokens},
/// };
///
/// /// For one process, which never has to wait.
/// #[derive(Default)]
/// struct Kept(Mutex<(u64, Option<ResumeToken>)>);
///
/// impl StoreTokens for Kept {
///     async fn acquire(&self, _: &str, _: Uuid, _: Duration) -> StoreResult<Option<u64>> {
///         let mut kept = self.0.lock().unwrap();
///         kept.0 += 1;
///         Ok(Some(kept.0))
///     }
///
///     async fn renew(&self, _: &str, _: u64, _: Duration) -> StoreResult<()> {
///         Ok(())
///     }
///
///     async fn load(&self, _: &str, _: u64) -> StoreResult<Option<ResumeToken>> {
///         Ok(self.0.lock().unwrap().1.clone())
///     }
///
///     async fn save(&self, _: &str, epoch: u64, token: &ResumeToken) -> StoreResult<()> {
///         let mut kept = self.0.lock().unwrap();
///         if kept.0 != epoch {
///             return Err(StoreError::TakenOver);
///         }
///         kept.1 = Some(token.clone());
///         Ok(())
///     }
///
///     async fn release(&self, _: &str, _: u64) -> StoreResult<()> {
///         Ok(())
///     }
/// }
/// ```
pub trait StoreTokens: Send + Sync + 'static {
    /// Takes the lease for this time, if it is free or has run out, and returns its epoch, which is
    /// greater than any before. `None` if another owner holds it. For the owner that holds it
    /// already, the time starts again, under the same epoch.
    fn acquire(
        &self,
        consumer: &str,
        owner: Uuid,
        lease: Duration,
    ) -> impl Future<Output = StoreResult<Option<u64>>> + Send;

    /// Starts the time of the lease again.
    fn renew(
        &self,
        consumer: &str,
        epoch: u64,
        lease: Duration,
    ) -> impl Future<Output = StoreResult<()>> + Send;

    /// The token, if one was saved. From now on, nothing can be saved under an older epoch.
    fn load(
        &self,
        consumer: &str,
        epoch: u64,
    ) -> impl Future<Output = StoreResult<Option<ResumeToken>>> + Send;

    /// Saves the token, as permanently as the store can.
    fn save(
        &self,
        consumer: &str,
        epoch: u64,
        token: &ResumeToken,
    ) -> impl Future<Output = StoreResult<()>> + Send;

    /// Ends the lease, if it is still this one.
    fn release(&self, consumer: &str, epoch: u64) -> impl Future<Output = StoreResult<()>> + Send;
}

/// The result of an operation on a store.
pub type StoreResult<T> = Result<T, StoreError>;

/// Why a store did not do something.
///
/// It does not implement [`std::error::Error`], so that every error can be converted into it.
#[derive(Debug)]
pub enum StoreError {
    /// The lease has a greater epoch now.
    TakenOver,
    /// Anything else.
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for StoreError {
    fn from(error: E) -> Self {
        Self::Failed(Box::new(error))
    }
}

impl StoreError {
    /// The error as the caller of `run` sees it.
    pub(super) fn into_error(self, consumer: &str) -> Error {
        match self {
            Self::TakenOver => taken_over(consumer),
            Self::Failed(error) => match error.downcast::<Error>() {
                Ok(error) => *error,
                Err(error) => {
                    Error::new(ErrorKind::TokenStore(error.to_string()), Outcome::NotApplied)
                }
            },
        }
    }
}

pub(super) fn taken_over(consumer: &str) -> Error {
    let kind = ErrorKind::TakenOver { consumer: consumer.to_owned() };
    Error::new(kind, Outcome::NotApplied)
}

/// The error of a store that does not answer.
pub(super) fn late(reason: &str) -> Error {
    Error::new(ErrorKind::TokenStore(reason.to_owned()), Outcome::NotApplied)
}

/// A store of any kind, under one consumer's name.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) consumer: Arc<str>,
    tokens: Arc<dyn AnyStore>,
}

impl Store {
    pub(super) fn new<S: StoreTokens>(consumer: &str, store: &TokenStore<S>) -> Self {
        let tokens: Arc<dyn AnyStore> = Arc::<S>::clone(store.shared());
        Self { consumer: consumer.into(), tokens }
    }

    pub(super) async fn acquire(&self, owner: Uuid, lease: Duration) -> Result<Option<u64>, Error> {
        self.told(self.tokens.acquire(&self.consumer, owner, lease).await)
    }

    pub(super) async fn renew(&self, epoch: u64, lease: Duration) -> Result<(), Error> {
        self.told(self.tokens.renew(&self.consumer, epoch, lease).await)
    }

    pub(super) async fn load(&self, epoch: u64) -> Result<Option<ResumeToken>, Error> {
        self.told(self.tokens.load(&self.consumer, epoch).await)
    }

    pub(super) async fn save(&self, epoch: u64, token: &ResumeToken) -> Result<(), Error> {
        self.told(self.tokens.save(&self.consumer, epoch, token).await)
    }

    pub(super) async fn release(&self, epoch: u64) -> Result<(), Error> {
        self.told(self.tokens.release(&self.consumer, epoch).await)
    }

    fn told<T>(&self, result: StoreResult<T>) -> Result<T, Error> {
        result.map_err(|error| error.into_error(&self.consumer))
    }
}

/// [`StoreTokens`] with boxed futures.
trait AnyStore: Send + Sync {
    fn acquire<'a>(
        &'a self,
        consumer: &'a str,
        owner: Uuid,
        lease: Duration,
    ) -> BoxFuture<'a, StoreResult<Option<u64>>>;
    fn renew<'a>(
        &'a self,
        consumer: &'a str,
        epoch: u64,
        lease: Duration,
    ) -> BoxFuture<'a, StoreResult<()>>;
    fn load<'a>(
        &'a self,
        consumer: &'a str,
        epoch: u64,
    ) -> BoxFuture<'a, StoreResult<Option<ResumeToken>>>;
    fn save<'a>(
        &'a self,
        consumer: &'a str,
        epoch: u64,
        token: &'a ResumeToken,
    ) -> BoxFuture<'a, StoreResult<()>>;
    fn release<'a>(&'a self, consumer: &'a str, epoch: u64) -> BoxFuture<'a, StoreResult<()>>;
}

impl<S: StoreTokens> AnyStore for S {
    fn acquire<'a>(
        &'a self,
        consumer: &'a str,
        owner: Uuid,
        lease: Duration,
    ) -> BoxFuture<'a, StoreResult<Option<u64>>> {
        StoreTokens::acquire(self, consumer, owner, lease).boxed()
    }

    fn renew<'a>(
        &'a self,
        consumer: &'a str,
        epoch: u64,
        lease: Duration,
    ) -> BoxFuture<'a, StoreResult<()>> {
        StoreTokens::renew(self, consumer, epoch, lease).boxed()
    }

    fn load<'a>(
        &'a self,
        consumer: &'a str,
        epoch: u64,
    ) -> BoxFuture<'a, StoreResult<Option<ResumeToken>>> {
        StoreTokens::load(self, consumer, epoch).boxed()
    }

    fn save<'a>(
        &'a self,
        consumer: &'a str,
        epoch: u64,
        token: &'a ResumeToken,
    ) -> BoxFuture<'a, StoreResult<()>> {
        StoreTokens::save(self, consumer, epoch, token).boxed()
    }

    fn release<'a>(&'a self, consumer: &'a str, epoch: u64) -> BoxFuture<'a, StoreResult<()>> {
        StoreTokens::release(self, consumer, epoch).boxed()
    }
}
