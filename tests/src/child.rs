//! A test of this binary in a process of its own, to be killed.
//!
//! Knows processes and signals. Does not know what the test does.

use std::{
    env,
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, getppid, kill_process, set_parent_process_death_signal};

/// In the environment of such a process: what it is to do.
const ORDERS: &str = "ODM_TEST_ORDERS";
const PARENT: &str = "ODM_TEST_PARENT";

/// A process that runs one test; dropping it kills it.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Runs the test of this full name, as `durable::consumer`, with orders.
    pub fn start(test: &str, orders: &str) -> Self {
        let mut command = Command::new(env::current_exe().expect("a test binary"));
        command.args([test, "--exact", "--nocapture"]);
        command.env(ORDERS, orders).env(PARENT, std::process::id().to_string());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        Self(command.spawn().expect("a process"))
    }

    /// What to do, in such a process; `None` in any other. The process dies with its parent.
    pub fn orders() -> Option<String> {
        let orders = env::var(ORDERS).ok()?;
        set_parent_process_death_signal(Some(Signal::KILL)).expect("a signal");
        let parent = getppid().map(|parent| parent.as_raw_pid().to_string());
        assert_eq!(parent, env::var(PARENT).ok(), "the parent has died before");
        Some(orders)
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Kills it (SIGKILL) and returns when it is gone.
    pub fn kill(mut self) {
        self.0.kill().expect("a process that runs");
        self.0.wait().expect("a process that ends");
    }

    /// Stops it in its tracks (SIGSTOP).
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on (SIGCONT).
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).expect("a process that runs");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
