//! Whether a command has gone to the server.
//!
//! The driver selects a server and takes a connection before it sends a command. Both may take long,
//! and until then nothing has happened. A command whose time is up is not sent any more, and neither
//! is the first command of an operation whose caller is gone. The driver tells nobody that it sends,
//! but it tells the client's listener that a connection was taken; it does so on the task of the
//! command, while its future is polled.
//!
//! ```text
//!          ┌─ time is up, or the caller is gone ──► dropped: NotSent
//! waiting ─┤
//!          └─ a connection was taken ──► sent ─┬─ reply, or error ──► that
//!                                              └─ GRACE after its time is up ──► dropped: unknown
//! ```
//!
//! A client that was made elsewhere has no listener of ours. There, a limited write counts as sent
//! as soon as a server is selected for it, and any other from its beginning.

use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use futures::future::OptionFuture;
use mongodb::{ServerInfo, ServerType, options::SelectionCriteria};
use tokio::time::{Instant, Sleep};

/// How long a command that was sent is waited for when its time is up. The server has its own limit,
/// so its answer comes by then, or never.
const GRACE: Duration = Duration::from_secs(1);

thread_local! {
    /// The command whose future is being polled.
    static CURRENT: RefCell<Option<Sending>> = const { RefCell::new(None) };
}

/// A connection was given to the command that is being polled.
pub(super) fn checked_out() {
    CURRENT.with_borrow(|current| {
        if let Some(current) = current {
            current.attempt_is_sent(true);
        }
    });
}

/// Whether the command that an operation is at has been sent, once or twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sending(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    /// One of the attempts was sent.
    is_sent: AtomicBool,
    /// The attempt that is made now was sent; there is one at a time.
    is_attempt_sent: AtomicBool,
    /// This command was sent, or one before it.
    has_begun: AtomicBool,
    is_given_up: AtomicBool,
    is_hopeless: AtomicBool,
}

/// A command that was not waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLate {
    /// Whether this attempt was sent.
    pub(crate) is_sent: bool,
}

/// The end of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Watched<T> {
    pub(crate) output: T,
    /// Whether this attempt was sent.
    pub(crate) is_sent: bool,
}

impl Sending {
    pub(crate) fn is_sent(&self) -> bool {
        self.0.is_sent.load(Ordering::Acquire)
    }

    /// Whether any command of the operation has been sent.
    pub(super) fn has_begun(&self) -> bool {
        self.0.has_begun.load(Ordering::Acquire)
    }

    /// No server can be used, and nothing was sent.
    pub(super) fn end_hope(&self) {
        self.0.is_hopeless.store(true, Ordering::Release);
    }

    pub(super) fn is_hopeless(&self) -> bool {
        self.0.is_hopeless.load(Ordering::Acquire)
    }

    /// The next command begins.
    pub(crate) fn reset(&self) {
        self.0.is_sent.store(false, Ordering::Release);
    }

    fn attempt_is_sent(&self, is_sent: bool) {
        self.0.is_attempt_sent.store(is_sent, Ordering::Release);
    }

    /// Nobody waits for the operation any more. If none of its commands was sent, none is.
    pub(super) fn give_up(&self) {
        self.0.is_given_up.store(true, Ordering::Release);
    }

    /// The sending of a command, for the first or the second time, when the one before is over.
    pub(crate) fn attempt(&self, deadline: Option<Instant>) -> Attempt {
        self.attempt_is_sent(false);
        Attempt { sending: self.clone(), deadline }
    }
}

/// One sending of a command.
#[derive(Debug)]
pub(crate) struct Attempt {
    sending: Sending,
    deadline: Option<Instant>,
}

impl Attempt {
    /// Without a listener: a primary, and its choice counts as the sending. Without a limit, the
    /// beginning does.
    pub(crate) fn unheard(&self) -> Option<SelectionCriteria> {
        if self.deadline.is_none() {
            self.sending.attempt_is_sent(true);
            return None;
        }
        let sending = self.sending.clone();
        Some(SelectionCriteria::Predicate(Arc::new(move |server: &ServerInfo<'_>| {
            let is_found = takes_writes(server.server_type());
            sending.0.is_attempt_sent.fetch_or(is_found, Ordering::AcqRel);
            is_found
        })))
    }

    /// Awaits the command; see the module's diagram.
    pub(crate) async fn watch<F: Future>(self, command: F) -> Result<Watched<F::Output>, TooLate> {
        let timer = self.deadline.map(tokio::time::sleep_until);
        let (mut command, mut timer) = (pin!(command), pin!(OptionFuture::from(timer)));
        poll_fn(|context| {
            let before = CURRENT.replace(Some(self.sending.clone()));
            let polled = command.as_mut().poll(context);
            CURRENT.set(before);
            self.note();
            match polled {
                Poll::Ready(output) => Poll::Ready(Ok(Watched { output, is_sent: self.is_sent() })),
                Poll::Pending => self.is_over(timer.as_mut(), context).map(Err),
            }
        })
        .await
    }

    fn is_sent(&self) -> bool {
        self.sending.0.is_attempt_sent.load(Ordering::Acquire)
    }

    fn note(&self) {
        if self.is_sent() {
            self.sending.0.is_sent.store(true, Ordering::Release);
            self.sending.0.has_begun.store(true, Ordering::Release);
        }
    }

    /// Whether the command is not waited for any longer.
    fn is_over(
        &self,
        mut timer: Pin<&mut OptionFuture<Sleep>>,
        context: &mut Context<'_>,
    ) -> Poll<TooLate> {
        let is_sent = self.is_sent();
        if !self.sending.has_begun() && self.sending.0.is_given_up.load(Ordering::Acquire) {
            return Poll::Ready(TooLate { is_sent });
        }
        while let (Some(deadline), Poll::Ready(_)) = (self.deadline, timer.as_mut().poll(context)) {
            let end = deadline + GRACE;
            if !is_sent || end <= Instant::now() {
                return Poll::Ready(TooLate { is_sent });
            }
            timer.set(Some(tokio::time::sleep_until(end)).into());
        }
        Poll::Pending
    }
}

fn takes_writes(server: ServerType) -> bool {
    use ServerType as Type;
    matches!(server, Type::RsPrimary | Type::Standalone | Type::Mongos | Type::LoadBalancer)
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    fn sent_with<T>(output: T) -> Watched<T> {
        Watched { output, is_sent: true }
    }

    fn attempt(sending: &Sending) -> Attempt {
        sending.attempt(Some(Instant::now() + SOON))
    }

    #[tokio::test]
    async fn a_command_that_was_not_sent_in_time_is_dropped() {
        let sending = Sending::default();
        let late = attempt(&sending).watch(pending::<()>()).await;
        assert_eq!((late, sending.is_sent()), (Err(TooLate { is_sent: false }), false));
    }

    #[tokio::test]
    async fn a_command_that_was_sent_is_waited_for_a_little_longer() {
        let (sending, start) = (Sending::default(), Instant::now());
        let sent = async {
            checked_out();
            pending::<()>().await
        };
        let late = attempt(&sending).watch(sent).await;
        assert_eq!((late, sending.is_sent()), (Err(TooLate { is_sent: true }), true));
        assert!(start.elapsed() >= SOON + GRACE);

        let answered = async {
            checked_out();
            tokio::time::sleep(SOON * 2).await;
            7
        };
        assert_eq!(attempt(&sending).watch(answered).await, Ok(sent_with(7)));
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_not_sent_any_more() {
        let sending = Sending::default();
        sending.give_up();
        let unsent = sending.attempt(None).watch(pending::<()>()).await;
        assert_eq!(unsent, Err(TooLate { is_sent: false }));
        let sent = async {
            checked_out();
            tokio::task::yield_now().await;
            7
        };
        assert_eq!(sending.attempt(None).watch(sent).await, Ok(sent_with(7)));
    }

    #[tokio::test]
    async fn only_the_command_that_is_polled_takes_the_connection() {
        let (first, second) = (Sending::default(), Sending::default());
        let both = first
            .attempt(None)
            .watch(async { second.attempt(None).watch(async { checked_out() }).await });
        let both = both.await.unwrap();
        assert_eq!((both.is_sent, both.output), (false, Ok(sent_with(()))));
        assert_eq!((first.is_sent(), second.is_sent()), (false, true));
        checked_out();
        assert!(!first.is_sent());
    }

    #[tokio::test]
    async fn of_two_attempts_the_first_may_have_been_sent() {
        let sending = Sending::default();
        let sent = sending.attempt(None).watch(async { checked_out() }).await;
        assert_eq!(sent, Ok(sent_with(())));
        let late = attempt(&sending).watch(pending::<()>()).await;
        assert_eq!((late, sending.is_sent()), (Err(TooLate { is_sent: false }), true));
        sending.reset();
        assert!(!sending.is_sent());
    }
}
