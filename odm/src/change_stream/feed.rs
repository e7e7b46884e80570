//! The cursor of a change stream and its session: one reply after the other.

use std::sync::{Arc, Mutex};

use futures::{FutureExt, StreamExt, future::BoxFuture};
use mongodb::{
    Client, ClientSession,
    bson::Document,
    raw_batch_cursor::{RawBatch, SessionRawBatchCursor},
};

use crate::{
    error::{Access, Error, Result},
    executor::{Call, Purpose, Target, locked},
};

use super::{
    home::Home,
    plan::{Plan, Position, Scope},
};

/// A cursor that is open on the server. Dropping it closes the cursor at its home.
pub(super) struct Feed {
    cursor: Box<SessionRawBatchCursor>,
    lane: Lane,
    home: Handle,
    /// The first reply came with the cursor.
    replies: u64,
}

/// The cursor on the server, for the one that closes it: the feed, or somebody who does not wait
/// for the feed.
#[derive(Clone, Default)]
pub(super) struct Handle(Arc<Mutex<Option<Home>>>);

impl Handle {
    /// The cursor, for the one that closes it. `None` before the first reply, and for everybody
    /// else.
    pub(super) fn take(&self) -> Option<Home> {
        locked(&self.0).take()
    }
}

/// The session that the cursor is used in.
enum Lane {
    /// A session of the stream's own, a new one each time it is opened.
    Own(Box<ClientSession>),
    /// The user's.
    Shared(Target),
}

pub(super) const WATCH: Purpose = Purpose::new(Access::Read, "watch");

/// A reply, or the end of the cursor.
pub(super) type Next = Option<Result<RawBatch>>;

impl Feed {
    /// Sends the `aggregate`. The driver repeats it once if the connection fails, with the same
    /// position.
    pub(super) async fn open(plan: &Plan, position: &Position) -> Result<Self> {
        let target = &plan.target;
        let mut call = Call::begin(target.clone(), WATCH).await?;
        let (cursor, lane) = match call.session() {
            Some(session) => {
                let cursor = aggregate(plan, position, session).await;
                (call.settle(cursor)?, Lane::Shared(target.clone()))
            }
            None => {
                let mut session = match own_session(target.collection.client()).await {
                    Ok(session) => session,
                    Err(error) => return call.settle(Err(error)),
                };
                let cursor = aggregate(plan, position, &mut session).await;
                (call.settle(cursor)?, Lane::Own(session))
            }
        };
        Ok(Self { cursor: Box::new(cursor), lane, home: Handle::default(), replies: 0 })
    }

    /// Waits for the next reply. The future owns everything, so dropping a waiter does not
    /// interrupt it. In a session of the user's it runs as a task, so that it gives the session
    /// back also when nobody waits.
    pub(super) fn next(self) -> BoxFuture<'static, (Self, Next)> {
        match self.lane {
            Lane::Own(_) => self.step().boxed(),
            Lane::Shared(_) => tokio::spawn(self.step())
                .map(|done| {
                    done.unwrap_or_else(|ended| std::panic::resume_unwind(ended.into_panic()))
                })
                .boxed(),
        }
    }

    async fn step(mut self) -> (Self, Next) {
        let next = match &mut self.lane {
            Lane::Own(session) => {
                let next = self.cursor.stream(session).next().await;
                next.map(|next| next.map_err(|error| Error::from_driver(error, Access::Read)))
            }
            Lane::Shared(target) => shared_step(&mut self.cursor, target.clone()).await,
        };
        if let Some(Ok(reply)) = &next {
            self.replies += 1;
            let reply = reply.as_raw_document();
            match &mut *locked(&self.home.0) {
                Some(home) => home.is_open = Home::is_open(reply),
                none if self.replies == 1 => *none = Home::of(&self.client(), &self.cursor, reply),
                None => {}
            }
        }
        (self, next)
    }

    /// Whether a `getMore` has been answered.
    pub(super) fn has_answered(&self) -> bool {
        self.replies > 1
    }

    /// Whether the server may have more.
    pub(super) fn is_open(&self) -> bool {
        locked(&self.home.0).as_ref().is_none_or(|home| home.is_open)
    }

    /// Closes the cursor, and waits until that is done.
    pub(super) async fn close(self) {
        if let Some(home) = self.home.take() {
            home.close().await;
        }
    }

    /// The cursor on the server.
    pub(super) fn handle(&self) -> Handle {
        self.home.clone()
    }

    fn client(&self) -> Client {
        match &self.lane {
            Lane::Own(session) => session.client(),
            Lane::Shared(target) => target.collection.client().clone(),
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        if let Some(home) = self.home.take() {
            home.close_later();
        }
    }
}

async fn shared_step(cursor: &mut SessionRawBatchCursor, target: Target) -> Next {
    let mut call = match Call::begin(target, WATCH).await {
        Ok(call) => call,
        Err(error) => return Some(Err(error)),
    };
    let next = cursor.stream(call.session()?).next().await;
    next.map(|next| call.settle(next))
}

async fn own_session(client: &Client) -> mongodb::error::Result<Box<ClientSession>> {
    client.start_session().causal_consistency(false).await.map(Box::new)
}

async fn aggregate(
    plan: &Plan,
    position: &Position,
    session: &mut ClientSession,
) -> mongodb::error::Result<SessionRawBatchCursor> {
    let stages: Vec<Document> = plan.stages(position);
    let collection = &plan.target.collection;
    let client = collection.client();
    let database = match plan.scope {
        Scope::Deployment => client.database("admin"),
        _ => client.database(&collection.namespace().db),
    };
    let mut aggregate = match plan.scope {
        Scope::Collection => collection.aggregate(stages),
        Scope::Database | Scope::Deployment => database.aggregate(stages),
    };
    aggregate = aggregate.with_options(plan.cursor.for_driver());
    aggregate.session(session).batch().await
}
