//! One change stream for many subscribers.

use std::{
    fmt,
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::{Context, Poll, ready},
};

use futures::{
    FutureExt, Stream, StreamExt,
    future::{BoxFuture, Either, select},
    stream::Next,
};
use tokio::{
    sync::{
        broadcast::{self, Receiver, Sender, error::RecvError},
        watch,
    },
    task::AbortHandle,
};

use crate::{
    error::{Error, Result},
    model::Model,
    support::locked,
};

use super::{ChangeEvent, ChangeStream, ResumeToken, StreamStatus};

/// One change stream of the server, for any number of subscribers.
///
/// Each subscriber has a queue of the same length. A subscriber that is too slow loses the oldest
/// events of its queue, and is told how many ([`Delivery::Gap`]). It does not slow down the others.
/// All subscribers share the events' memory.
///
/// ```no_run
/// use odm::{change_stream::Delivery, prelude::*};
///
/// # #[derive(Model)]
/// # struct Order {
/// #     #[model(id)]
/// #     id: i64,
/// # }
/// # async fn run(db: odm::Database) -> odm::Result<()> {
/// let orders = Order::watch().stream(&db).await?.fan_out(256);
/// let mut subscription = orders.subscribe();
/// while let Some(delivery) = subscription.next().await {
///     match delivery? {
///         Delivery::Event(event) => println!("{:?}", event.id()),
///         Delivery::Gap { missed } => println!("{missed} events were missed"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// Dropping it closes the stream. If it is shared, as by an `Arc` in the state of a web server,
/// [`close`](Self::close) does so. Subscriptions end when they have read what is in their queues.
pub struct FanOut<M: Model> {
    /// `None` when the stream has ended.
    sender: Arc<Mutex<Option<Sender<Message<M>>>>>,
    status: watch::Receiver<StreamStatus>,
    token: watch::Receiver<Option<ResumeToken>>,
    /// The pump has the only receiver, and drops it when the stream is closed.
    stop: watch::Sender<bool>,
    pump: AbortHandle,
}

/// What a subscriber is given.
pub enum Delivery<M: Model> {
    /// An event, shared with all subscribers.
    Event(Arc<ChangeEvent<M>>),
    /// The subscriber was too slow, and events were dropped from its queue.
    Gap {
        /// How many.
        missed: u64,
    },
}

impl<M: Model + fmt::Debug> fmt::Debug for Delivery<M>
where
    M::Id: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(event) => event.fmt(f),
            Self::Gap { missed } => f.debug_struct("Gap").field("missed", missed).finish(),
        }
    }
}

/// The memory of a queue is taken at once: this many are 4 MB.
const LARGEST_QUEUE: usize = 1 << 16;

type Message<M> = Result<Arc<ChangeEvent<M>>>;

impl<M: Model + Send + Sync + 'static> ChangeStream<M>
where
    M::Id: Send + Sync,
{
    /// Gives the events to any number of subscribers, each with a queue of `capacity` events: at
    /// least 1, at most 65,536. A number outside of these is taken as the nearest of them.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime.
    pub fn fan_out(self, capacity: usize) -> FanOut<M> {
        let (sender, _) = broadcast::channel(capacity.clamp(1, LARGEST_QUEUE));
        let (tokens, token) = watch::channel(self.resume_token());
        let (status, sender) = (self.status(), Arc::new(Mutex::new(Some(sender))));
        let (stop, stopped) = watch::channel(false);
        let pump = tokio::spawn(pump(self, Arc::clone(&sender), (tokens, stopped)));
        FanOut { sender, status, token, stop, pump: pump.abort_handle() }
    }
}

/// Sends every event to the subscribers, until the stream ends or is to be closed.
async fn pump<M: Model>(
    mut stream: ChangeStream<M>,
    sender: Arc<Mutex<Option<Sender<Message<M>>>>>,
    (tokens, mut stopped): (watch::Sender<Option<ResumeToken>>, watch::Receiver<bool>),
) {
    loop {
        let stop = pin!(stopped.wait_for(|stop| *stop));
        let event = match select(stream.next(), stop).await {
            Either::Left((Some(event), _)) => event,
            Either::Left((None, _)) | Either::Right(_) => break,
        };
        // An error means that there are no subscribers.
        if let Some(sender) = &*locked(&sender) {
            drop(sender.send(event.map(Arc::new)));
        }
        tokens.send_replace(stream.resume_token());
    }
    locked(&sender).take();
    stream.close().await;
}

impl<M: Model> FanOut<M> {
    /// Closes the stream, and waits until that is done. Every subscription ends when it has read
    /// what is in its queue, in whatever task it is read. A server that shuts down calls this
    /// first, so that no open response keeps it running. Closing again has no further effect.
    pub async fn close(&self) {
        self.stop.send_replace(true);
        self.stop.closed().await;
    }

    /// A subscription to the events from now on.
    pub fn subscribe(&self) -> Subscription<M> {
        let receiver = locked(&self.sender).as_ref().map(Sender::subscribe);
        Subscription { receiver, waiting: None }
    }

    /// How many subscriptions there are.
    pub fn subscribers(&self) -> usize {
        locked(&self.sender).as_ref().map_or(0, Sender::receiver_count)
    }

    /// The token up to which everything has been sent to the subscribers.
    pub fn resume_token(&self) -> Option<ResumeToken> {
        self.token.borrow().clone()
    }

    /// The state of the stream.
    pub fn status(&self) -> watch::Receiver<StreamStatus> {
        self.status.clone()
    }
}

impl<M: Model> Drop for FanOut<M> {
    fn drop(&mut self) {
        self.pump.abort();
        locked(&self.sender).take();
    }
}

/// A subscriber's events: a [`Stream`] of `Result<`[`Delivery<M>`](Delivery)`>`. An error of the
/// change stream comes last.
pub struct Subscription<M: Model> {
    receiver: Option<Receiver<Message<M>>>,
    waiting: Option<Waiting<M>>,
}

type Waiting<M> = BoxFuture<'static, (Result<Message<M>, RecvError>, Receiver<Message<M>>)>;

impl<M: Model + Send + Sync + 'static> Subscription<M>
where
    M::Id: Send + Sync,
{
    /// The next event, or how many were missed. `None` is the end.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Next<'_, Self> {
        StreamExt::next(self)
    }
}

impl<M: Model + Send + Sync + 'static> Stream for Subscription<M>
where
    M::Id: Send + Sync,
{
    type Item = Result<Delivery<M>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(mut receiver) = this.receiver.take() {
            let waiting = async move { (receiver.recv().await, receiver) };
            this.waiting = Some(waiting.boxed());
        }
        let Some(waiting) = &mut this.waiting else { return Poll::Ready(None) };
        let (message, receiver) = ready!(waiting.poll_unpin(context));
        this.waiting = None;
        let delivery = match message {
            Ok(Ok(event)) => Ok(Delivery::Event(event)),
            Ok(Err(error)) => return Poll::Ready(Some(Err(error))),
            Err(RecvError::Lagged(missed)) => Ok(Delivery::Gap { missed }),
            Err(RecvError::Closed) => return Poll::Ready(None),
        };
        this.receiver = Some(receiver);
        Poll::Ready(Some(delivery))
    }
}

impl<M: Model> fmt::Debug for FanOut<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FanOut")
    }
}

impl<M: Model> fmt::Debug for Subscription<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription")
    }
}
