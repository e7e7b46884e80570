//! What is known of a client, and of the servers behind it.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use mongodb::{
    ClientSession,
    event::{EventHandler, cmap::CmapEvent},
    options::ClientOptions,
};
use tokio::sync::watch;

use crate::support::driver_text;

use super::{
    sending,
    session_pool::SessionPool,
    troubles::{Lasting, Troubles},
};

/// What is known of a client. It is found out once and shared by all handles of a database.
#[derive(Debug)]
pub(crate) struct Deployment {
    /// The client's setting; for a client that was made elsewhere, what its debug output tells.
    retries_writes: OnceLock<bool>,
    /// A server has answered that it takes no numbers: it is a standalone one.
    is_standalone: AtomicBool,
    /// Whether the client tells when a connection is given to a command.
    tells_checkouts: bool,
    troubles: watch::Sender<Troubles>,
    /// Whether it was said that writes are sent once.
    was_said: AtomicBool,
    /// For writes without a session.
    pub(crate) sessions: Arc<SessionPool>,
}

impl Deployment {
    /// What the options tell before there is a client.
    pub(super) fn of(options: &ClientOptions) -> Self {
        let retries = options.retry_writes.unwrap_or(true);
        let troubles = watch::Sender::new(Troubles::of(&options.hosts));
        Self { retries_writes: retries.into(), tells_checkouts: true, troubles, ..Self::default() }
    }

    /// Whether a write can have a number, so that the server recognizes its repetition.
    pub(crate) fn takes_numbers(&self, session: &ClientSession) -> bool {
        let known = || driver_text::retries_writes(session).unwrap_or(false);
        let retries = *self.retries_writes.get_or_init(known);
        let takes = retries && !self.is_standalone.load(Ordering::Relaxed);
        if !takes && !self.was_said.swap(true, Ordering::Relaxed) {
            say_sent_once(retries);
        }
        takes
    }

    /// A server has refused a number.
    pub(crate) fn is_standalone(&self) {
        self.is_standalone.store(true, Ordering::Relaxed);
    }

    pub(crate) fn tells_checkouts(&self) -> bool {
        self.tells_checkouts
    }

    /// Why no member can be reached, as far as it is known.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.troubles.borrow().text()
    }

    /// Waits until no member can be used for a reason that will not pass.
    pub(super) async fn lasting_trouble(&self) -> Lasting {
        let mut troubles = self.troubles.subscribe();
        let found = troubles.wait_for(|troubles| troubles.lasting().is_some()).await;
        found.ok().and_then(|found| found.lasting()).expect("the sender is in `self`")
    }
}

/// A client that was made elsewhere tells nothing.
impl Default for Deployment {
    fn default() -> Self {
        Self {
            retries_writes: OnceLock::new(),
            is_standalone: AtomicBool::new(false),
            tells_checkouts: false,
            troubles: watch::Sender::default(),
            was_said: AtomicBool::new(false),
            sessions: Arc::default(),
        }
    }
}

/// Says that a write whose connection breaks is not repeated.
fn say_sent_once(retries: bool) {
    let reason = match retries {
        true => "the server is a standalone one",
        false => "the client does not retry writes, or does not tell",
    };
    #[cfg(feature = "tracing-unstable")]
    tracing::warn!(target: "odm::writes", reason, "writes are sent once");
    let _ = reason;
}

/// Makes the client tell what [`Deployment`] wants to know. Handlers that are set stay.
pub(super) fn listen(options: &mut ClientOptions) -> Arc<Deployment> {
    let deployment = Arc::new(Deployment::of(options));
    let before = options.cmap_event_handler.take();
    options.cmap_event_handler = Some(EventHandler::callback(move |event| {
        if matches!(event, CmapEvent::ConnectionCheckedOut(_)) {
            sending::checked_out();
        }
        pass_on(before.as_ref(), event);
    }));
    let before = options.sdam_event_handler.take();
    let noting = Arc::clone(&deployment);
    options.sdam_event_handler = Some(EventHandler::callback(move |event| {
        noting.troubles.send_if_modified(|troubles| troubles.note(&event));
        pass_on(before.as_ref(), event);
    }));
    deployment
}

fn pass_on<T: Send + Sync + 'static>(handler: Option<&EventHandler<T>>, event: T) {
    match handler {
        Some(EventHandler::Callback(call)) => call(event),
        Some(EventHandler::AsyncCallback(call)) => drop(tokio::spawn(call(event))),
        Some(EventHandler::TokioMpsc(sender)) => {
            let sender = sender.clone();
            drop(tokio::spawn(async move { sender.send(event).await }));
        }
        _ => {}
    }
}
