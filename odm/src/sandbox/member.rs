//! One member: its port, its options, its last words.
//!
//! Knows the command line and the log of `mongod`. Does not know other members.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

/// The exit status of a `mongod` that cannot listen on its port.
pub(super) const PORT_TAKEN: i32 = 48;

/// Finds free ports of the loopback interface, all different.
///
/// They are held together and then released, so another process can still take one; a member
/// that finds its port taken says so and the whole start is tried again.
pub(super) fn free_ports(count: usize) -> io::Result<Vec<u16>> {
    let held = (0..count)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .collect::<io::Result<Vec<_>>>()?;
    held.iter().map(|listener| Ok(listener.local_addr()?.port())).collect()
}

/// The command that all members of a set share, without port and folders.
///
/// `mongod` refuses a parameter that is given twice, so the last value given replaces the others.
pub(super) fn command(mongod: &Path, parameters: &[(String, String)]) -> Vec<String> {
    let mut command = vec![mongod.display().to_string()];
    command.extend(OPTIONS.iter().map(|option| (*option).to_owned()));
    let ours = PARAMETERS.iter().copied();
    let theirs = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let values: BTreeMap<_, _> = ours.chain(theirs).collect();
    for (name, value) in values {
        command.extend(["--setParameter".to_owned(), format!("{name}={value}")]);
    }
    command
}

#[rustfmt::skip]
const OPTIONS: &[&str] = &[
    "--replSet", "rs0",
    "--bind_ip", "127.0.0.1",
    "--nounixsocket",
    "--oplogSize", "256",
    "--wiredTigerCacheSizeGB", "0.25",
];

const PARAMETERS: &[(&str, &str)] = &[
    // Without it there are no fail points.
    ("enableTestCommands", "1"),
    ("diagnosticDataCollectionEnabled", "false"),
    // By default a member told to end lets its clients finish for 15 s.
    ("shutdownTimeoutMillisForSignaledShutdown", "100"),
];

/// Why a member ended, in its own words: the last error of its log, or of its output.
pub(super) fn last_words(folder: &Path, member: usize) -> String {
    let read = |ending: &str| {
        let bytes = fs::read(folder.join(format!("{member}.{ending}"))).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let (log, output) = (read("log"), read("out"));
    last_error(&log)
        // What goes wrong before the log is open.
        .or_else(|| last_error(&output))
        .or_else(|| last_output(&output))
        .unwrap_or_else(|| "it left no message".to_owned())
}

/// The message of the last line of severity error or fatal, with its attributes.
fn last_error(log: &str) -> Option<String> {
    let severe = |line: &&str| line.contains(r#""s":"E""#) || line.contains(r#""s":"F""#);
    let line = log.lines().rev().find(severe)?;
    let message = line.split_once(r#""msg":""#)?.1;
    let (message, rest) = message.split_once('"')?;
    let attributes = rest.split_once(r#""attr":"#).map_or("", |(_, attributes)| attributes);
    let attributes = attributes.trim_end().strip_suffix('}').unwrap_or(attributes);
    Some(format!("{message} {attributes}").trim_end().to_owned())
}

/// The last line of the output that is not the hint to read the help.
fn last_output(output: &str) -> Option<String> {
    let telling =
        |line: &&str| !line.is_empty() && !line.starts_with("try ") && !line.starts_with('{');
    output.lines().map(str::trim).rfind(telling).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_ports_differ() {
        let mut ports = free_ports(8).unwrap();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 8);
    }

    #[test]
    fn a_parameter_is_given_once_with_its_last_value() {
        let parameter =
            |value: &str| ("diagnosticDataCollectionEnabled".to_owned(), value.to_owned());
        let command = command(Path::new("/bin/mongod"), &[parameter("maybe"), parameter("true")]);
        let given = |word: &&String| word.starts_with("diagnosticDataCollectionEnabled=");
        let given: Vec<_> = command.iter().filter(given).collect();
        assert_eq!(given, ["diagnosticDataCollectionEnabled=true"]);
        assert!(command.contains(&"enableTestCommands=1".to_owned()));
    }

    #[test]
    fn the_last_error_of_the_log_is_quoted() {
        let log = concat!(
            r#"{"t":{"$date":"2024"},"s":"I","c":"CONTROL","id":1,"ctx":"main","msg":"Starting"}"#,
            "\n",
            r#"{"t":{"$date":"2024"},"s":"E","c":"CONTROL","id":2,"ctx":"main","msg":"Failed to set up listener","attr":{"error":"Address already in use"}}"#,
            "\n",
            r#"{"t":{"$date":"2024"},"s":"I","c":"CONTROL","id":3,"ctx":"main","msg":"Now exiting"}"#,
        );
        let said = last_error(log).unwrap();
        assert_eq!(said, r#"Failed to set up listener {"error":"Address already in use"}"#);
    }

    #[test]
    fn the_output_is_quoted_without_the_hint() {
        let output = "BadValue: Unknown --setParameter 'x'\ntry 'mongod --help' for more\n";
        assert_eq!(last_output(output).unwrap(), "BadValue: Unknown --setParameter 'x'");
    }
}
