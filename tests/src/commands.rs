//! A record of the commands that a client sends.
//!
//! Knows the driver's events. Does not know sets.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use mongodb::{
    bson::Document,
    error::Error,
    event::{EventHandler, command::CommandEvent},
};

/// The commands that were sent to the server, and those that failed.
#[derive(Clone, Debug, Default)]
pub struct Commands(Arc<Mutex<Record>>);

#[derive(Debug, Default)]
struct Record {
    sent: Vec<Document>,
    failed: Vec<Failed>,
    then: Option<Then>,
}

/// A command that failed.
#[derive(Clone, Debug)]
pub struct Failed {
    /// The command's name.
    pub name: String,
    /// Why; without the labels that the driver adds afterwards.
    pub error: Error,
}

/// What is done once, after the first answer to a command.
struct Then {
    command: String,
    action: Box<dyn FnOnce() + Send>,
}

impl fmt::Debug for Then {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Then").field(&self.command).finish()
    }
}

impl Commands {
    /// All commands since the last [`clear`](Self::clear).
    pub fn all(&self) -> Vec<Document> {
        self.record().sent.clone()
    }

    /// Their names.
    pub fn names(&self) -> Vec<String> {
        self.record().sent.iter().filter_map(|command| command.keys().next().cloned()).collect()
    }

    /// Those of this name.
    pub fn named(&self, name: &str) -> Vec<Document> {
        let is_named = |command: &Document| command.keys().next().is_some_and(|key| key == name);
        self.all().into_iter().filter(is_named).collect()
    }

    /// The failures since the last [`clear`](Self::clear): broken connections, and answers that
    /// are errors. A `writeErrors` or a `writeConcernError` is in an answer that is none.
    pub fn failed(&self) -> Vec<Failed> {
        self.record().failed.clone()
    }

    /// Forgets the commands and the failures.
    pub fn clear(&self) {
        let mut record = self.record();
        record.sent.clear();
        record.failed.clear();
    }

    /// Once, right after the first answer to a command of this name or its failure, and before
    /// the driver does anything about it. The action may block.
    pub fn then_once(&self, command: &str, action: impl FnOnce() + Send + 'static) {
        let then = Then { command: command.to_owned(), action: Box::new(action) };
        self.record().then = Some(then);
    }

    /// The handler to give to the client.
    pub fn handler(&self) -> EventHandler<CommandEvent> {
        let commands = self.clone();
        EventHandler::callback(move |event| match event {
            CommandEvent::Started(started) => commands.record().sent.push(started.command),
            CommandEvent::Succeeded(succeeded) => commands.answered(&succeeded.command_name),
            CommandEvent::Failed(failed) => {
                let (name, error) = (failed.command_name, failed.failure);
                commands.record().failed.push(Failed { name: name.clone(), error });
                commands.answered(&name);
            }
            _ => {}
        })
    }

    fn answered(&self, name: &str) {
        let then = self.record().then.take_if(|then| then.command == name);
        if let Some(then) = then {
            (then.action)();
        }
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().expect("no test panics while it holds the lock")
    }
}
