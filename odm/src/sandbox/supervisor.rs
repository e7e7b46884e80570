//! The process that outlives us just long enough to clean up.
//!
//! Knows processes, signals and the set's folder. Does not know MongoDB's protocol.
//!
//! A shell is the parent of every `mongod` and reads commands from a pipe that we hold. However
//! we end, SIGKILL included, the kernel closes the pipe; the shell then kills the members and
//! removes the folder. Each member has a subshell that waits for it and reports its end.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::watch;

use crate::error::{Error, Result};

/// `$1` is the folder of the set; the rest is `mongod` and the options that all members share.
///
/// HUP is ignored because the kernel sends it to a process group that is left with a stopped
/// member. An empty `.pid` file stands for a member whose number is not known yet. PIPE is
/// ignored where it could end the subshell of a set that outlives its starter (`keep`). A process
/// in state Z has ended, but `kill -0` still finds it until its parent takes notice.
const SCRIPT: &str = r#"
dir=$1; shift
keeper=; extra=
trap '' HUP INT QUIT
trap 'keeper=' TERM
umask 077
runs() {
  kill -0 "$1" || return
  read -r stat <"/proc/$1/stat" || return 0
  case $stat in *") Z "*) return 1 ;; esac
}
mkdir "$dir" || exit 1
while read -r verb a b; do
  case $verb in
  start)
    : >"$dir/$a.pid"
    mkdir -p "$dir/$a"
    (
      trap - TERM
      "$@" --port "$b" --dbpath "$dir/$a" --logpath "$dir/$a.log" </dev/null >"$dir/$a.out" 2>&1 &
      pid=$!
      echo "$pid" >"$dir/$a.pid"
      trap '' PIPE
      echo "started $a $pid"
      wait "$pid"; code=$?
      rm -f "$dir/$a.pid"
      echo "exited $a $code"
    ) & ;;
  keep) keeper=$a; extra=$b ;;
  esac
done
while [ -n "$keeper" ] && [ ! -e "$dir/end" ] && runs "$keeper"; do sleep 0.5; done
[ -e "$dir/end" ] && extra=
for file in "$dir"/*.pid; do
  tries=0
  while [ -e "$file" ] && [ ! -s "$file" ] && [ $tries -lt 100 ]; do
    tries=$((tries + 1)); sleep 0.02
  done
  read -r pid <"$file" && kill -KILL "$pid"
done
wait
rm -rf "$dir" ${extra:+"$extra"}
"#;

/// In the folder of a set that outlives its starter, asks its supervisor to end it.
const END: &str = "end";

/// The exit status of a member whose supervisor was killed.
const UNKNOWN: i32 = -1;

/// What the supervisor has said of a member so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum State {
    /// Told to start, or not even that.
    Idle,
    Running(Pid),
    /// Ended, with the shell's exit status (128 and more for a signal).
    Exited(i32),
}

/// A handle on the supervising shell; dropping it ends every member and removes the folder.
pub(super) struct Supervisor {
    shell: Child,
    commands: Mutex<Option<ChildStdin>>,
    states: Arc<watch::Sender<Vec<State>>>,
    folder: PathBuf,
}

impl Supervisor {
    /// Starts the shell for a set whose members run `command` with a port and a folder added.
    pub(super) fn start(folder: &Path, members: usize, command: &[String]) -> Result<Supervisor> {
        let mut shell = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "odm-sandbox"])
            .arg(folder)
            .args(command)
            // mongod refuses to start in a locale that is not installed.
            .env("LC_ALL", "C")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl-C in the terminal is for the tests, not for the members.
            .process_group(0)
            .spawn()
            .map_err(|cause| Error::sandbox(format!("cannot run /bin/sh: {cause}")))?;
        let states = Arc::new(watch::Sender::new(vec![State::Idle; members]));
        if let Some(output) = shell.stdout.take() {
            let states = Arc::clone(&states);
            thread::spawn(move || listen(output, &states));
        }
        let commands = Mutex::new(shell.stdin.take());
        Ok(Supervisor { shell, commands, states, folder: folder.to_owned() })
    }

    /// Where the members keep their data and their logs.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The process that supervises.
    pub(super) fn process(&self) -> u32 {
        self.shell.id()
    }

    /// Starts a member and returns once its process exists; it may have ended again since.
    pub(super) async fn launch(&self, member: usize, port: u16) -> Result<()> {
        self.set(member, State::Idle);
        self.tell(&format!("start {member} {port}"))?;
        match self.wait_for(member, |state| state != State::Idle).await {
            State::Exited(UNKNOWN) => Err(self.ended()),
            _ => Ok(()),
        }
    }

    /// Sends a signal to a member that runs; says whether it does.
    pub(super) fn signal(&self, member: usize, signal: Signal) -> bool {
        match self.state(member) {
            State::Running(pid) => kill_process(pid, signal).is_ok(),
            State::Idle | State::Exited(_) => false,
        }
    }

    /// Returns when the member's process has ended.
    pub(super) async fn gone(&self, member: usize) {
        self.wait_for(member, |state| matches!(state, State::Exited(_))).await;
    }

    /// What is known of the member now.
    pub(super) fn state(&self, member: usize) -> State {
        self.states.borrow()[member]
    }

    /// Lets the set outlive us: it ends, and `extra` with it, when the process `keeper` does.
    pub(super) fn keep(self, keeper: u32, extra: &Path) -> Result<()> {
        self.tell(&format!("keep {keeper} {}", extra.display()))?;
        // Nothing is left for `drop` to wait for once the pipe is closed here.
        self.close();
        Ok(())
    }

    async fn wait_for(&self, member: usize, enough: impl Fn(State) -> bool) -> State {
        let mut states = self.states.subscribe();
        match states.wait_for(|states| enough(states[member])).await {
            Ok(states) => states[member],
            Err(_) => State::Exited(UNKNOWN),
        }
    }

    fn ended(&self) -> Error {
        Error::sandbox(format!("the supervisor of the sandbox in {} ended", self.folder.display()))
    }

    fn set(&self, member: usize, state: State) {
        self.states.send_modify(|states| states[member] = state);
    }

    fn tell(&self, command: &str) -> Result<()> {
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        let told = match commands.as_mut() {
            Some(pipe) => writeln!(pipe, "{command}"),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        };
        told.map_err(|cause| {
            Error::sandbox(format!("cannot reach the sandbox's supervisor: {cause}"))
        })
    }

    fn close(&self) -> bool {
        self.commands.lock().unwrap_or_else(PoisonError::into_inner).take().is_some()
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        if self.close() {
            let _ = self.shell.wait();
            // Already gone, unless somebody killed the supervisor.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Asks the supervisor of a set of another process (see [`Supervisor::keep`]) to end it.
pub(super) fn ask_to_end(folder: &Path) {
    let _ = fs::write(folder.join(END), "");
}

fn listen(output: ChildStdout, states: &watch::Sender<Vec<State>>) {
    for line in BufReader::new(output).lines().map_while(|line| line.ok()) {
        if let Some((member, state)) = parse(&line) {
            states.send_modify(|states| states[member] = state);
        }
    }
    states.send_modify(|states| states.fill(State::Exited(UNKNOWN)));
}

/// Reads `started MEMBER PROCESS` and `exited MEMBER STATUS`.
fn parse(line: &str) -> Option<(usize, State)> {
    let mut words = line.split(' ');
    let (verb, member, number) = (words.next()?, words.next()?, words.next()?.parse().ok()?);
    let state = match verb {
        "started" => State::Running(Pid::from_raw(number)?),
        "exited" => State::Exited(number),
        _ => return None,
    };
    Some((member.parse().ok()?, state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_supervisor_says_who_started_and_who_ended() {
        let running = State::Running(Pid::from_raw(42).unwrap());
        assert_eq!(parse("started 1 42"), Some((1, running)));
        assert_eq!(parse("exited 0 137"), Some((0, State::Exited(137))));
        assert_eq!(parse("started 1"), None);
    }
}
