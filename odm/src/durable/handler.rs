//! The handler, without its types.

use std::{
    fmt::{self, Display},
    future::Future,
    sync::{Arc, Mutex},
};

use futures::{FutureExt, future::BoxFuture};
use mongodb::bson::RawDocument;

use crate::{
    change_stream::{ChangeEvent, ResumeToken},
    error::{Error, Result},
    executor::{Session, Transaction},
    model::Model,
    options::WriteConcern,
    support::locked,
};

use super::{
    dead_letter::{DeadLetters, Letter},
    store::CollectionStore,
};

/// The future of the handler for one event.
type Work<'a> = BoxFuture<'a, Result<(), Refused>>;
type Plain<'a> = Box<dyn FnMut(&RawDocument) -> Work<'a> + Send + 'a>;
type Within<'a> = Box<dyn FnMut(&RawDocument, Transaction) -> Work<'a> + Send + 'a>;

/// The handler, and how it is run.
pub(super) enum Handler<'a> {
    Plain(Plain<'a>),
    /// In a transaction that also saves the token.
    InTransaction(Within<'a>, Ledger),
}

/// The session for the transactions of events, and the store for the token.
pub(super) struct Ledger {
    pub(super) session: Session,
    pub(super) store: Arc<CollectionStore>,
    pub(super) consumer: Arc<str>,
    /// Whether the session is known to be of the store's client.
    pub(super) is_checked: bool,
}

/// A handler's error; the error itself is in the [`LastError`].
#[derive(Clone, Debug)]
pub(super) struct Refused {
    text: String,
    /// Another attempt would not help.
    is_final: bool,
}

/// Why an attempt did not succeed.
pub(super) enum Failed {
    Refused(Refused),
    /// The transaction around the handler failed.
    Error(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Failed {
    /// Whether another attempt would not help.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::Refused(refused) if refused.is_final)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => f.write_str(&refused.text),
            Self::Error(error) => error.fmt(f),
        }
    }
}

/// Where the handler's last error is kept, for `run` to return.
pub(super) struct LastError<E>(Arc<Mutex<Option<E>>>);

impl Handler<'_> {
    /// Gives an event to the handler; in a transaction, the token is saved with it.
    pub(super) async fn take(
        &mut self,
        event: &RawDocument,
        epoch: u64,
        token: &ResumeToken,
    ) -> Result<(), Failed> {
        match self {
            Self::Plain(handler) => handler(event).await.map_err(Failed::Refused),
            Self::InTransaction(handler, ledger) => {
                let Ledger { session, store, consumer, .. } = ledger;
                let (store, consumer) = (&*store, &*consumer);
                let run = session.try_transaction(|transaction| {
                    let work = handler(event, transaction.clone());
                    async move {
                        work.await.map_err(Failed::Refused)?;
                        Ok(store.save_in(&transaction, consumer, (epoch, token)).await?)
                    }
                });
                run.write_concern(WriteConcern::majority()).await
            }
        }
    }

    /// Puts an event among the dead letters; in a transaction, the token is saved with it.
    pub(super) async fn bury(
        &mut self,
        letters: &DeadLetters,
        letter: &Letter<'_>,
        (epoch, token): (u64, &ResumeToken),
    ) -> Result<()> {
        match self {
            Self::Plain(_) => letters.add(letter, None).await,
            Self::InTransaction(_, Ledger { session, store, consumer, .. }) => {
                let (store, consumer) = (&*store, &*consumer);
                let run = session.transaction(|transaction| async move {
                    letters.add(letter, Some(&transaction)).await?;
                    store.save_in(&transaction, consumer, (epoch, token)).await
                });
                run.write_concern(WriteConcern::majority()).await
            }
        }
    }

    /// Refuses a session of another client than the store's, before anything is done in it. This
    /// asks the server once.
    pub(super) async fn check(&mut self) -> Result<()> {
        if let Self::InTransaction(_, ledger) = self
            && !ledger.is_checked
        {
            ledger.store.check_session(&ledger.session).await?;
            ledger.is_checked = true;
        }
        Ok(())
    }

    /// Whether the token is saved with each event.
    pub(super) fn saves(&self) -> bool {
        matches!(self, Self::InTransaction(..))
    }
}

impl<E: From<Error> + Display + Send> LastError<E> {
    pub(super) fn new() -> Self {
        Self(Arc::default())
    }

    pub(super) fn take(&self) -> Option<E> {
        locked(&self.0).take()
    }

    fn keep(&self, error: E) -> Refused {
        let text = error.to_string();
        locked(&self.0).replace(error);
        Refused { text, is_final: false }
    }

    fn refuse(&self, error: Error) -> Refused {
        Refused { is_final: true, ..self.keep(error.into()) }
    }

    /// The event with its types, unless it is not for the handler.
    fn read<M: Model>(
        &self,
        event: &RawDocument,
        refuses_undecodable: bool,
    ) -> Result<ChangeEvent<M>, Refused> {
        match ChangeEvent::decode(event) {
            Ok(ChangeEvent::Undecodable(event)) if refuses_undecodable => {
                Err(self.refuse(event.error))
            }
            event => event.map_err(|error| self.refuse(error)),
        }
    }

    /// The handler's future, with its error kept.
    fn work<'a, B>(&self, body: B) -> Work<'a>
    where
        B: Future<Output = Result<(), E>> + Send + 'a,
        E: 'a,
    {
        let last_error = Self(Arc::clone(&self.0));
        body.map(move |done| done.map_err(|error| last_error.keep(error))).boxed()
    }

    pub(super) fn plain<'a, M, F, B>(
        &self,
        mut handler: F,
        refuses_undecodable: bool,
    ) -> Handler<'a>
    where
        M: Model + 'a,
        F: FnMut(ChangeEvent<M>) -> B + Send + 'a,
        B: Future<Output = Result<(), E>> + Send + 'a,
        E: 'a,
    {
        let last_error = Self(Arc::clone(&self.0));
        Handler::Plain(Box::new(move |event| match last_error.read(event, refuses_undecodable) {
            Ok(event) => last_error.work(handler(event)),
            Err(refused) => futures::future::err(refused).boxed(),
        }))
    }

    pub(super) fn within<'a, M, F, B>(
        &self,
        mut handler: F,
        refuses_undecodable: bool,
        ledger: Ledger,
    ) -> Handler<'a>
    where
        M: Model + 'a,
        F: FnMut(ChangeEvent<M>, Transaction) -> B + Send + 'a,
        B: Future<Output = Result<(), E>> + Send + 'a,
        E: 'a,
    {
        let last_error = Self(Arc::clone(&self.0));
        let within = move |event: &RawDocument, transaction| match last_error
            .read(event, refuses_undecodable)
        {
            Ok(event) => last_error.work(handler(event, transaction)),
            Err(refused) => futures::future::err(refused).boxed(),
        };
        Handler::InTransaction(Box::new(within), ledger)
    }
}
