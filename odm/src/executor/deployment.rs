//! What is known of a client, and of the servers behind it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use mongodb::{
    ClientSession,
    event::{EventHandler, cmap::CmapEvent, sdam::SdamEvent},
    options::ClientOptions,
};

use crate::support::driver_text;

use super::{locked, sending, session_pool::SessionPool};

/// What is known of a client. It is found out once and shared by all handles of a database.
#[derive(Debug, Default)]
pub(crate) struct Deployment {
    /// The client's setting; for a client that was made elsewhere, what its debug output tells.
    retries_writes: OnceLock<bool>,
    /// A server has answered that it takes no numbers: it is a standalone one.
    is_standalone: AtomicBool,
    /// Whether the client tells when a connection is given to a command.
    tells_checkouts: bool,
    /// Why the members cannot be reached, by address.
    failures: Mutex<BTreeMap<String, String>>,
    /// Whether it was said that writes are sent once.
    was_said: AtomicBool,
    /// For writes without a session.
    pub(crate) sessions: Arc<SessionPool>,
}

impl Deployment {
    /// What the options tell before there is a client.
    pub(super) fn of(options: &ClientOptions) -> Self {
        let retries = options.retry_writes.unwrap_or(true);
        Self { retries_writes: retries.into(), tells_checkouts: true, ..Self::default() }
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
        let failures = locked(&self.failures);
        let texts = failures.iter().map(|(address, failure)| format!("{address}: {failure}"));
        let texts: Vec<_> = texts.collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }

    fn note(&self, event: &SdamEvent) {
        match event {
            SdamEvent::ServerHeartbeatFailed(failed) => {
                let text = crate::error::Error::from(failed.failure.clone()).to_string();
                locked(&self.failures).insert(failed.server_address.to_string(), text);
            }
            SdamEvent::ServerHeartbeatSucceeded(event) => {
                locked(&self.failures).remove(&event.server_address.to_string());
            }
            SdamEvent::ServerClosed(event) => {
                locked(&self.failures).remove(&event.address.to_string());
            }
            _ => {}
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
        noting.note(&event);
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
