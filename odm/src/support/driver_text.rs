//! What only the debug output of the driver's types tells.
//!
//! Tested with the driver's versions 3.9.0 and 3.9.1. Another version may write another text: then
//! every function here says that it does not know, and whoever asks does without. The tests of this
//! module and those of repeated writes fail then.

use std::fmt::{self, Write};

use mongodb::ClientSession;

/// How many retryable writes and transactions the driver has counted in the session.
pub(crate) fn transaction_number(session: &ClientSession) -> Option<i64> {
    field(session, "txn_number")?.parse().ok()
}

/// Whether a connection of the session broke.
pub(crate) fn is_dirty(session: &ClientSession) -> Option<bool> {
    field(session, "dirty")?.parse().ok()
}

/// Whether the session's client retries writes. A client that was not told does.
pub(crate) fn retries_writes(session: &ClientSession) -> Option<bool> {
    match field(session, "retry_writes")?.as_str() {
        "None" | "Some(true" => Some(true),
        "Some(false" => Some(false),
        _ => None,
    }
}

/// The wire version of the oldest server that the session's client knows.
pub(crate) fn oldest_wire_version(session: &ClientSession) -> Option<i32> {
    let text = shown(session, "session_pool");
    let versions = text.split("max_wire_version: Some(").skip(1);
    versions.map(|rest| rest.split(')').next().and_then(|digits| digits.parse().ok())).min()?
}

/// The text of a field's value, up to its first `,`, ` ` or `)`. The first field of this name
/// counts: the session's own come before those of its client.
fn field(value: &impl fmt::Debug, name: &'static str) -> Option<String> {
    let mut text = FieldText { name, found: None };
    // An error is the way to end the output.
    let _ = write!(text, "{value:?}");
    text.found.filter(|found| !found.is_empty())
}

/// Keeps what follows the name of a field. Names and values come in parts of their own.
struct FieldText {
    name: &'static str,
    found: Option<String>,
}

impl Write for FieldText {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let Some(found) = &mut self.found else {
            if part == self.name {
                self.found = Some(String::new());
            }
            return Ok(());
        };
        if found.is_empty() && part == ": " {
            return Ok(());
        }
        match part.find([',', ' ', ')']) {
            Some(end) => {
                found.push_str(&part[..end]);
                Err(fmt::Error)
            }
            None => {
                found.push_str(part);
                Ok(())
            }
        }
    }
}

/// The debug output up to a field of this name. What comes after it may be long: all sessions of a
/// pool.
fn shown(value: &impl fmt::Debug, end: &'static str) -> String {
    let mut head = Head { text: String::with_capacity(4096), end };
    let _ = write!(head, "{value:?}");
    head.text
}

struct Head {
    text: String,
    end: &'static str,
}

impl Write for Head {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.text.push_str(part);
        if part == self.end { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use mongodb::{Client, options::ClientOptions};

    use super::*;

    async fn session(options: &str) -> ClientSession {
        let uri = format!("mongodb://localhost:1/?{options}");
        let options = ClientOptions::parse(uri).await.unwrap();
        Client::with_options(options).unwrap().start_session().await.unwrap()
    }

    #[tokio::test]
    async fn the_driver_tells_its_count_and_whether_it_retries() {
        let fresh = session("").await;
        assert_eq!(transaction_number(&fresh), Some(0));
        assert_eq!(is_dirty(&fresh), Some(false));
        assert_eq!(retries_writes(&fresh), Some(true));
        assert_eq!(oldest_wire_version(&fresh), None);
        assert_eq!(retries_writes(&session("retryWrites=false").await), Some(false));
        assert_eq!(retries_writes(&session("retryWrites=true").await), Some(true));
        let named = session("retryWrites=false&appName=retry_writes:%20None,%20txn_number:%207,");
        let named = named.await;
        assert_eq!((transaction_number(&named), retries_writes(&named)), (Some(0), Some(false)));
    }

    #[test]
    fn a_field_that_is_not_shown_is_not_known() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "only shown")]
        struct Session {
            txn_count: i64,
            name: &'static str,
            last: Option<i64>,
        }
        let session = Session { txn_count: 7, name: "txn_number: 8", last: Some(3) };
        assert_eq!(field(&session, "txn_number"), None);
        assert_eq!(field(&session, "txn_count").as_deref(), Some("7"));
        assert_eq!(field(&session, "last").as_deref(), Some("Some(3"));
    }

    #[test]
    fn the_debug_output_ends_at_a_field() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "only shown")]
        struct Session {
            txn_number: i64,
            client: [i64; 3],
        }
        let session = Session { txn_number: 7, client: [1, 2, 3] };
        assert_eq!(shown(&session, "client"), "Session { txn_number: 7, client");
        assert_eq!(shown(&session, "other"), format!("{session:?}"));
    }
}
