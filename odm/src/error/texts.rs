//! Texts of the server and the driver: which parts are told.

use mongodb::error::{Error as DriverError, ErrorKind as Driver, WriteFailure};

/// One line, without the dumps that follow some texts.
pub(super) fn brief(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let line = line.trim().trim_end_matches('.');
    match line.char_indices().nth(400) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// The text without the command that the server repeats in it, with all of its documents: of
/// `not authorized on shop to execute command { insert: "orders", … }` only the name is told.
pub(super) fn without_command(message: &str) -> String {
    let Some((head, command)) = message.split_once('{') else { return brief(message) };
    let name = command.split(':').next().unwrap_or_default().trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
    brief(if is_name { format!("{head}{name}") } else { head.into() }.as_str())
}

/// The server's text, where the driver keeps it.
pub(super) fn message_of(error: &DriverError) -> Option<&str> {
    match &*error.kind {
        Driver::Command(command) => Some(&command.message),
        Driver::Write(WriteFailure::WriteError(write)) => Some(&write.message),
        Driver::Write(WriteFailure::WriteConcernError(concern)) => Some(&concern.message),
        Driver::InsertMany(many) => {
            let write = many.write_errors.iter().flatten().next().map(|write| &write.message);
            let concern = many.write_concern_error.as_ref().map(|concern| &concern.message);
            write.or(concern).map(String::as_str)
        }
        Driver::BulkWrite(bulk) => {
            let write = bulk.write_errors.iter().min_by_key(|(index, _)| *index);
            let write = write.map(|(_, write)| &write.message);
            let concern = bulk.write_concern_errors.first().map(|concern| &concern.message);
            write.or(concern).map(String::as_str)
        }
        _ => None,
    }
}

/// The cause that may be printed: the driver's error if it is one of the network. All others may
/// repeat values: the driver prints the server's reply with them.
pub(super) fn cause(error: &DriverError) -> Option<&(dyn std::error::Error + 'static)> {
    if !is_of_the_network(error) || error.server_response().is_some() {
        return None;
    }
    let inner = std::error::Error::source(error);
    match inner.map(|inner| (inner, inner.downcast_ref::<DriverError>())) {
        None => Some(error),
        Some((_, Some(inner))) => cause(inner),
        Some((inner, None)) => Some(inner),
    }
}

fn is_of_the_network(error: &DriverError) -> bool {
    matches!(
        &*error.kind,
        Driver::Io(_)
            | Driver::ServerSelection { .. }
            | Driver::DnsResolve { .. }
            | Driver::InvalidTlsConfig { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_command_and_does_not_repeat_it() {
        let text = "not authorized on shop to execute command { insert: \"orders\", documents: [ { \
                    _id: 1, card: \"s3cret\" } ], $db: \"shop\" }";
        assert_eq!(without_command(text), "not authorized on shop to execute command insert");
        assert_eq!(without_command("refused { \"s3cret: 1\" }"), "refused");
        assert_eq!(without_command("Authentication failed."), "Authentication failed");
    }

    #[test]
    fn a_broken_connection_has_a_cause_and_an_answer_has_none() {
        let lost = DriverError::from(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
        assert!(cause(&lost).is_some());
        assert!(cause(&DriverError::custom("s3cret")).is_none());
    }
}
