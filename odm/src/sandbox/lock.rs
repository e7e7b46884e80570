//! A lock among processes, given back by the kernel when its holder ends.
//!
//! Knows a path. Does not know what is guarded.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::{Errno, retry_on_intr};

/// Holds the lock on a file until dropped.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock; calls `waiting` first if another process has it. Blocks the thread.
    pub(super) fn acquire(path: &Path, waiting: impl FnOnce()) -> io::Result<Lock> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => {
                waiting();
                retry_on_intr(|| flock(&file, FlockOperation::LockExclusive))?;
            }
            outcome => outcome?,
        }
        Ok(Lock { _file: file })
    }
}
