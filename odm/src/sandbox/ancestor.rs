//! Which processes we descend from.
//!
//! Knows `/proc`, `ps` and the names of test runners. Does not know sets.

use std::fs;
use std::os::unix::process::parent_id;
use std::process::Command;

/// The programs whose one run shares a set.
const RUNNERS: &[&str] = &["cargo", "cargo-nextest"];
/// How far up to look: a test's own child processes share its set.
const GENERATIONS: usize = 8;

/// A process: its parent, the name of its program, and whether it still runs.
#[derive(Debug, PartialEq)]
pub(super) struct Process {
    parent: u32,
    pub(super) name: String,
    /// No for one that has ended and that its parent has not noticed yet, which is for ever where
    /// the first process of a container does not care for orphans.
    pub(super) runs: bool,
}

/// The nearest ancestor that is `cargo` or `cargo-nextest`.
pub(super) fn runner() -> Option<u32> {
    let mut identifier = parent_id();
    for _ in 0..GENERATIONS {
        let process = look(identifier)?;
        if RUNNERS.contains(&process.name.as_str()) {
            return Some(identifier);
        }
        identifier = process.parent;
    }
    None
}

/// What is known of a process.
pub(super) fn look(identifier: u32) -> Option<Process> {
    match fs::read_to_string(format!("/proc/{identifier}/stat")) {
        Ok(line) => from_proc(&line),
        Err(_) => from_ps(identifier),
    }
}

/// Reads `PROCESS (NAME) STATE PARENT …`; the name may hold anything.
fn from_proc(line: &str) -> Option<Process> {
    let (before, after) = line.rsplit_once(')')?;
    let name = before.split_once('(')?.1.to_owned();
    let mut words = after.split_whitespace();
    let runs = !words.next()?.starts_with('Z');
    let parent = words.next()?.parse().ok()?;
    Some(Process { parent, name, runs })
}

/// For systems without `/proc`.
fn from_ps(identifier: u32) -> Option<Process> {
    let identifier = identifier.to_string();
    let arguments = ["-o", "ppid=", "-o", "stat=", "-o", "comm=", "-p", &identifier];
    let output = Command::new("ps").args(arguments).output().ok()?;
    parse_ps(&String::from_utf8_lossy(&output.stdout))
}

/// Reads `PARENT STATE PATH`, where the path may hold blanks.
fn parse_ps(line: &str) -> Option<Process> {
    let (parent, rest) = line.trim().split_once(' ')?;
    let (state, path) = rest.trim().split_once(' ')?;
    let name = path.rsplit('/').next()?.trim().to_owned();
    Some(Process { parent: parent.parse().ok()?, name, runs: !state.starts_with('Z') })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_blanks_is_read() {
        let process = from_proc("42 (a) b (c) S 7 42 42 0").unwrap();
        assert_eq!(process, Process { parent: 7, name: "a) b (c".to_owned(), runs: true });
    }

    #[test]
    fn the_name_is_the_end_of_the_path() {
        let process = parse_ps("  7 /opt/my tools/cargo\n").unwrap();
        assert_eq!(process, Process { parent: 7, name: "cargo".to_owned(), runs: true });
    }

    #[test]
    fn a_process_that_has_ended_does_not_run() {
        assert!(!from_proc("42 (sh) Z 1 42 42 0").unwrap().runs);
        assert!(!parse_ps("1 Z <defunct>").unwrap().runs);
    }

    #[test]
    fn our_parent_is_found() {
        assert!(look(parent_id()).is_some());
    }
}
