//! Errors that the server answered with, and are of no other kind.

use std::fmt;

use super::codes;

/// An error that the server answered with.
///
/// The text of the error and the debug output have the code and its name. They have the server's
/// text only where it is known to repeat no values.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerError {
    /// The number of the error.
    pub code: i32,
    /// Its name, as in `BadValue`.
    pub name: String,
    /// The server's text; it may repeat values of the operation.
    pub message: String,
}

impl ServerError {
    /// The text, if it is known to hold no values.
    fn shown(&self) -> Option<&str> {
        Some(self.message.as_str()).filter(|text| codes::shows_text(self.code) && !text.is_empty())
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.code)?;
        self.shown().map_or(Ok(()), |text| write!(f, ": {text}"))
    }
}

impl fmt::Debug for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ServerError");
        debug.field("code", &self.code).field("name", &self.name);
        if let Some(text) = self.shown() {
            debug.field("message", &text);
        }
        debug.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_without_values_are_shown() {
        let text = |code, message: &str| {
            let error = ServerError { code, name: "Name".into(), message: message.into() };
            (error.to_string(), format!("{error:?}").contains(message))
        };
        assert_eq!(text(2, "unknown operator: $s3cret"), ("Name (2)".into(), false));
        assert_eq!(text(10107, "not primary"), ("Name (10107): not primary".into(), true));
    }
}
