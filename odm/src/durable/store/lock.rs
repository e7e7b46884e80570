//! A lock among processes, which the system gives back when its holder ends.
//!
//! Knows a path. Does not know what is guarded, and never waits.

use std::{fs::File, io, path::Path};

/// The lock on a file, held until it is dropped. The file stays.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock; `None` if somebody else has it, of this process or of another.
    pub(super) fn attempt(path: &Path) -> io::Result<Option<Self>> {
        Ok(opened(path)?.map(|file| Self { _file: file }))
    }
}

#[cfg(unix)]
fn opened(path: &Path) -> io::Result<Option<File>> {
    use rustix::{
        fs::{FlockOperation, flock},
        io::Errno,
    };

    let file = File::options().create(true).append(true).open(path)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file).filter(|file| is_at(file, path))),
        Err(Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether the file has this name. Where it was removed after it was opened, others have a new one.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::{fs, os::unix::fs::MetadataExt};

    let number = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let (ours, named) = (file.metadata().map(number), fs::metadata(path).map(number));
    ours.ok().is_some_and(|ours| named.is_ok_and(|named| named == ours))
}

/// While the file is open in this way, nobody else can open it.
#[cfg(windows)]
fn opened(path: &Path) -> io::Result<Option<File>> {
    use std::os::windows::fs::OpenOptionsExt;

    const SHARING_VIOLATION: i32 = 32;
    match File::options().create(true).append(true).share_mode(0).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.raw_os_error() == Some(SHARING_VIOLATION) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_has_the_lock() {
        let path = std::env::temp_dir().join(format!("odm-lock-{}", std::process::id()));
        let held = Lock::attempt(&path).unwrap().expect("a free lock");
        assert!(Lock::attempt(&path).unwrap().is_none());
        drop(held);
        let held = Lock::attempt(&path).unwrap().expect("a lock that was given back");
        std::fs::remove_file(&path).unwrap();
        let other = Lock::attempt(&path).unwrap().expect("a lock on a new file");
        drop(held);
        assert!(
            Lock::attempt(&path).unwrap().is_none(),
            "the old holder has not freed the new one"
        );
        drop(other);
        std::fs::remove_file(&path).unwrap();
    }

    /// It was opened before it was removed, and locked afterwards.
    #[test]
    fn a_removed_file_gives_no_lock() {
        let path = std::env::temp_dir().join(format!("odm-lock-removed-{}", std::process::id()));
        let file = File::create(&path).unwrap();
        assert!(is_at(&file, &path));
        std::fs::remove_file(&path).unwrap();
        assert!(!is_at(&file, &path), "nothing has the name");
        let other = File::create(&path).unwrap();
        assert!(!is_at(&file, &path) && is_at(&other, &path), "another file has the name");
        std::fs::remove_file(&path).unwrap();
    }
}
