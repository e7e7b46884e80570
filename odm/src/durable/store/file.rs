//! Tokens in a file.

#[cfg(test)]
mod processes;

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use mongodb::bson::Uuid;
use tokio::task::spawn_blocking;

use super::{StoreError, StoreResult, StoreTokens, entry::Entry, lock::Lock};
use crate::change_stream::ResumeToken;

/// A lock is held for milliseconds.
const PAUSE: Duration = Duration::from_millis(2);

/// The token and the lease of one consumer, in a file.
///
/// A new file is written beside the old one, brought to the disk (`fsync`) and put in its place, so
/// that there is always a whole file. It is text, with one `key value` in each line.
///
/// Processes on one machine keep each other out by the lease in the file, with the machine's clock.
/// While one of them reads and writes the file, it has a lock on a second one, with `.lock` at the
/// end of its name. The system gives the lock back when the process ends, however that happens. A
/// process that is stopped in that moment, and lives, keeps the others waiting. The second file
/// stays. Folders of a network may not have such locks: use a collection there.
#[derive(Clone, Debug)]
pub struct FileStore {
    path: PathBuf,
}

impl FileStore {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Reads the file, changes what is in it and writes it, with the lock; on a thread that may
    /// block.
    async fn with<T: Send + 'static>(
        &self,
        consumer: &str,
        change: impl FnOnce(&mut Entry) -> StoreResult<T> + Send + 'static,
    ) -> StoreResult<T> {
        let (path, consumer, lock) = (self.path.clone(), consumer.to_owned(), self.lock().await?);
        let changed = spawn_blocking(move || {
            let _lock = lock;
            let old = read(&path, &consumer)?;
            let mut new = old.clone();
            let result = change(&mut new)?;
            if new != old {
                write(&path, &to_text(&consumer, &new))?;
            }
            Ok(result)
        });
        changed.await?
    }

    /// Waits for the lock. No thread waits, so that a runtime can end meanwhile.
    async fn lock(&self) -> StoreResult<Lock> {
        let path = beside(&self.path, ".lock");
        loop {
            let path = path.clone();
            let lock = spawn_blocking(move || {
                Lock::attempt(&path).map_err(|error| failed(format!("{}: {error}", path.display())))
            });
            match lock.await?? {
                Some(lock) => return Ok(lock),
                None => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

impl StoreTokens for FileStore {
    async fn acquire(
        &self,
        consumer: &str,
        owner: Uuid,
        lease: Duration,
    ) -> StoreResult<Option<u64>> {
        self.with(consumer, move |entry| Ok(entry.acquire(owner, lease))).await
    }

    async fn renew(&self, consumer: &str, epoch: u64, lease: Duration) -> StoreResult<()> {
        self.with(consumer, move |entry| entry.renew(epoch, lease)).await
    }

    async fn load(&self, consumer: &str, epoch: u64) -> StoreResult<Option<ResumeToken>> {
        self.with(consumer, move |entry| entry.load(epoch)).await
    }

    async fn save(&self, consumer: &str, epoch: u64, token: &ResumeToken) -> StoreResult<()> {
        let token = token.clone();
        self.with(consumer, move |entry| entry.save(epoch, &token)).await
    }

    async fn release(&self, consumer: &str, epoch: u64) -> StoreResult<()> {
        let release = move |entry: &mut Entry| {
            entry.release(epoch);
            Ok(())
        };
        self.with(consumer, release).await
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn read(path: &Path, consumer: &str) -> StoreResult<Entry> {
    match fs::read_to_string(path) {
        Ok(text) => from_text(consumer, &text)
            .map_err(|reason| failed(format!("{}: {reason}", path.display()))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Entry::default()),
        Err(error) => Err(failed(format!("{}: {error}", path.display()))),
    }
}

fn failed(reason: String) -> StoreError {
    StoreError::Failed(reason.into())
}

/// Puts a whole new file in the place of the old one.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let new = beside(path, ".new");
    let mut file = File::create(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    // The name must reach the disk too. Where folders cannot be opened, that happens without this.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match File::open(folder.unwrap_or(Path::new("."))) {
        Ok(folder) => folder.sync_all(),
        Err(_) => Ok(()),
    }
}

fn to_text(consumer: &str, entry: &Entry) -> String {
    let mut text = format!("consumer {consumer:?}\nepoch {}\n", entry.epoch);
    if let Some(owner) = entry.owner {
        text += &format!("owner {owner}\nuntil {}\n", entry.until);
    }
    if let Some(token) = &entry.token {
        text += &format!("token {token}\n");
    }
    text + "end .\n"
}

fn from_text(consumer: &str, text: &str) -> Result<Entry, String> {
    let mut entry = Entry::default();
    let mut is_whole = false;
    for line in text.lines() {
        let (key, value) = line.split_once(' ').ok_or_else(|| unreadable(line))?;
        match key {
            "consumer" if value == format!("{consumer:?}") => {}
            "consumer" => return Err(format!("the file is that of the consumer {value}")),
            "epoch" => entry.epoch = value.parse().map_err(|_| unreadable(line))?,
            "owner" => {
                entry.owner = Some(Uuid::parse_str(value).map_err(|_| unreadable(line))?);
            }
            "until" => entry.until = value.parse().map_err(|_| unreadable(line))?,
            "token" => entry.token = Some(value.parse().map_err(|_| unreadable(line))?),
            "end" if value == "." => is_whole = true,
            _ => return Err(unreadable(line)),
        }
    }
    if is_whole { Ok(entry) } else { Err("the file has no end".to_owned()) }
}

fn unreadable(line: &str) -> String {
    format!("cannot read the line {line:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        let token = "8265F0C1".parse().unwrap();
        Entry { epoch: 7, owner: Some(Uuid::new()), until: 1234, token: Some(token) }
    }

    #[test]
    fn what_is_written_is_read() {
        for entry in [entry(), Entry::default()] {
            assert_eq!(from_text("a \"b\"\nc", &to_text("a \"b\"\nc", &entry)).unwrap(), entry);
        }
    }

    /// A file that was cut off is never taken for a whole one.
    #[test]
    fn no_part_of_a_file_is_read() {
        let text = to_text("mailer", &entry());
        for end in 0..text.len() - 1 {
            assert!(from_text("mailer", &text[..end]).is_err(), "{:?}", &text[..end]);
        }
    }

    #[test]
    fn another_consumers_file_is_refused() {
        let error = from_text("mailer", &to_text("indexer", &entry())).unwrap_err();
        assert_eq!(error, "the file is that of the consumer \"indexer\"");
    }
}
