//! Lines for the terminal, on the standard output.

use std::{
    fmt,
    io::Write,
    sync::atomic::{AtomicU8, Ordering},
};

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Quiet,
    Info,
    Debug,
}

static LEVEL: AtomicU8 = AtomicU8::new(Level::Info as u8);

pub(crate) fn set_level(level: Level) {
    LEVEL.store(level as u8, Ordering::Relaxed);
}

pub(crate) fn info(line: impl fmt::Display) {
    write(Level::Info, &line);
}

pub(crate) fn debug(line: impl fmt::Display) {
    write(Level::Debug, &line);
}

fn write(level: Level, line: &dyn fmt::Display) {
    if level as u8 <= LEVEL.load(Ordering::Relaxed) {
        // Whoever started us may have stopped reading; that is no reason to end.
        drop(writeln!(std::io::stdout(), "{line}"));
    }
}
