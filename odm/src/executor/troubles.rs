//! Why the members of a deployment cannot be used, and whether that will pass.
//!
//! Knows the driver's events. Does not know operations.
//!
//! ```text
//!              a heartbeat fails, not by TLS ───────────────► trouble that may pass
//! a member ────┤ … by TLS, twice in a row ──────────────────► lasting trouble
//!              └ credentials are refused ───────────────────► lasting trouble
//! ```
//!
//! A heartbeat that succeeds ends them. After refused credentials the driver selects the member no
//! more until then, so nothing is lost if operations do not wait; after it, they try again.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use mongodb::{
    error::{Error as DriverError, ErrorKind as Driver},
    event::sdam::SdamEvent,
    options::ServerAddress,
};

use crate::error::{Error, ErrorKind};

/// This many failures in a row do not pass: one may be of a server that starts or ends.
const ENOUGH: u32 = 2;

/// What is known of the members.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    members: BTreeSet<String>,
    /// Heartbeats that failed, by address.
    unreachable: BTreeMap<String, Unreachable>,
    /// Why the credentials were refused, by address.
    refused: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Unreachable {
    text: String,
    /// How many failures of TLS there were in a row.
    of_tls: u32,
}

/// A trouble of all members that will not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lasting {
    pub(super) text: String,
    /// The credentials were refused, by all members.
    pub(super) is_refusal: bool,
}

impl Troubles {
    pub(super) fn of(members: &[ServerAddress]) -> Self {
        Self { members: members.iter().map(ToString::to_string).collect(), ..Self::default() }
    }

    /// Each member with its trouble, in one line.
    pub(super) fn text(&self) -> Option<String> {
        let heard = self.unreachable.iter().map(|(address, found)| (address, &found.text));
        let refused = self.refused.iter().filter(|(at, _)| !self.unreachable.contains_key(*at));
        let texts = heard.chain(refused).map(|(address, text)| format!("{address}: {text}"));
        let texts: Vec<_> = texts.collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }

    /// The trouble, if every member has one that will not pass.
    pub(super) fn lasting(&self) -> Option<Lasting> {
        let is_lasting = |member: &String| match self.unreachable.get(member) {
            Some(found) => found.of_tls >= ENOUGH,
            None => self.refused.contains_key(member),
        };
        if !self.members.iter().all(is_lasting) {
            return None;
        }
        let text = self.text()?;
        Some(Lasting { text, is_refusal: self.unreachable.is_empty() })
    }

    /// Whether anything has changed.
    pub(super) fn note(&mut self, event: &SdamEvent) -> bool {
        match event {
            SdamEvent::ServerOpening(event) => self.members.insert(event.address.to_string()),
            SdamEvent::ServerClosed(event) => self.forget(&event.address.to_string()),
            SdamEvent::ServerHeartbeatSucceeded(event) => {
                self.unreachable.remove(&event.server_address.to_string()).is_some()
            }
            SdamEvent::ServerHeartbeatFailed(event) => {
                self.add_failure(event.server_address.to_string(), &event.failure);
                true
            }
            SdamEvent::ServerDescriptionChanged(event) => {
                let address = event.address.to_string();
                match event.new_description.error().filter(|error| is_refusal(error)) {
                    Some(error) => self.refused.insert(address, brief(error)).is_none(),
                    None => self.refused.remove(&address).is_some(),
                }
            }
            _ => false,
        }
    }

    fn forget(&mut self, address: &str) -> bool {
        let was_unreachable = self.unreachable.remove(address).is_some();
        let was_refused = self.refused.remove(address).is_some();
        self.members.remove(address) || was_unreachable || was_refused
    }

    fn add_failure(&mut self, address: String, error: &DriverError) {
        let before = self.unreachable.get(&address).map_or(0, |found| found.of_tls);
        let of_tls = if is_of_tls(error) { before + 1 } else { 0 };
        self.unreachable.insert(address, Unreachable { text: brief(error), of_tls });
    }
}

fn brief(error: &DriverError) -> String {
    Error::from(error.clone()).kind().to_string()
}

fn is_refusal(error: &DriverError) -> bool {
    matches!(Error::from(error.clone()).kind(), ErrorKind::Unauthorized(_))
}

/// Whether the certificate was refused, or the server does not speak TLS. The kinds are those of
/// rustls; OpenSSL has one of its own, and the texts below.
fn is_of_tls(error: &DriverError) -> bool {
    let Driver::Io(error) = &*error.kind else { return false };
    let text = error.to_string();
    match error.kind() {
        io::ErrorKind::InvalidData => true,
        _ => ["tls handshake", "certificate verify failed", "SSL routines"]
            .iter()
            .any(|part| text.contains(part)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Troubles {
        let address = |port| ServerAddress::Tcp { host: "a".into(), port: Some(port) };
        Troubles::of(&[address(1), address(2)])
    }

    fn failure(kind: io::ErrorKind) -> DriverError {
        io::Error::new(kind, "invalid peer certificate: UnknownIssuer").into()
    }

    #[test]
    fn a_trouble_lasts_if_every_member_has_it_twice() {
        let mut troubles = two();
        for address in ["a:1", "a:2", "a:1"] {
            troubles.add_failure(address.into(), &failure(io::ErrorKind::InvalidData));
            assert_eq!(troubles.lasting(), None);
        }
        troubles.add_failure("a:2".into(), &failure(io::ErrorKind::InvalidData));
        let lasting = troubles.lasting().unwrap();
        assert!(!lasting.is_refusal && lasting.text.contains("a:2: "), "{lasting:?}");
        troubles.add_failure("a:2".into(), &failure(io::ErrorKind::ConnectionRefused));
        assert_eq!(troubles.lasting(), None);
    }

    #[test]
    fn a_refusal_by_one_member_is_not_one_by_all() {
        let mut troubles = two();
        troubles.refused.insert("a:1".into(), "refused".into());
        assert_eq!(troubles.lasting(), None);
        troubles.refused.insert("a:2".into(), "refused".into());
        assert!(troubles.lasting().unwrap().is_refusal);
        assert_eq!(Troubles::default().lasting(), None);
    }
}
