//! One file and two real processes: this test binary once more, told what to do.

use std::{
    collections::BTreeSet,
    env,
    fs::File,
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Instant, SystemTime},
};

use tokio::time::timeout;

use super::*;

const ORDERS: &str = "ODM_FILE_STORE";
const ROUNDS: u64 = 200;
const LONG: Duration = Duration::from_secs(3600);
const PATIENCE: Duration = Duration::from_secs(20);

/// A folder of a test's own, which goes away with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = env::temp_dir().join(format!("odm-file-store-{}", Uuid::new()));
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("mailer")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Dropping it kills it.
struct Other(Child, BufReader<ChildStdout>);

impl Other {
    fn start(work: &str, path: &Path) -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["durable::store::file::processes::other", "--exact", "--nocapture"]);
        command.env(ORDERS, format!("{work} {}", path.display()));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Self(child, said)
    }

    /// What follows these words on the next line that begins with them.
    fn says(&mut self, words: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.1.read_line(&mut line).unwrap(), 0, "it has ended");
            if let Some((_, rest)) = line.split_once(words) {
                return rest.trim().to_owned();
            }
        }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The whole of such a process; nothing where it is run as a test.
#[tokio::test]
async fn other() {
    let Ok(orders) = env::var(ORDERS) else { return };
    let (work, path) = orders.split_once(' ').unwrap();
    match work {
        "hold" => {
            let _lock = Lock::attempt(&beside(Path::new(path), ".lock")).unwrap().unwrap();
            println!("holds it");
            // Until it is killed, or its parent ends.
            drop(std::io::stdin().read(&mut [0]));
        }
        _ => {
            for epoch in taken_again_and_again(Path::new(path)).await {
                println!("epoch {epoch}");
            }
        }
    }
}

/// A new owner takes a lease of no time, again and again.
async fn taken_again_and_again(path: &Path) -> Vec<u64> {
    let store = FileStore::new(path.to_owned());
    let mut epochs = Vec::new();
    for _ in 0..ROUNDS {
        left_behind(path, SystemTime::now() - LONG);
        epochs.push(store.acquire("mailer", Uuid::new(), Duration::ZERO).await.unwrap().unwrap());
    }
    epochs
}

/// A lock file of a process that has died.
fn left_behind(path: &Path, date: SystemTime) {
    let lock = File::options().create(true).append(true).open(beside(path, ".lock"));
    lock.unwrap().set_modified(date).unwrap();
}

/// If two had the lock at once, they would take the same epoch, or undo each other's.
#[tokio::test]
async fn of_two_processes_one_has_the_lock() {
    let folder = Folder::new();
    let mut other = Other::start("take", &folder.file());
    let mut epochs: BTreeSet<_> = taken_again_and_again(&folder.file()).await.into_iter().collect();
    for _ in 0..ROUNDS {
        epochs.insert(other.says("epoch ").parse().unwrap());
    }
    assert_eq!(epochs, (1..=2 * ROUNDS).collect());
}

#[tokio::test]
async fn a_holder_that_is_killed_frees_the_lock_at_once() {
    let folder = Folder::new();
    let mut other = Other::start("hold", &folder.file());
    other.says("holds it");
    let store = FileStore::new(folder.file());
    let taken = store.acquire("mailer", Uuid::new(), LONG);
    let waiting = timeout(Duration::from_millis(100), taken).await;
    assert!(waiting.is_err(), "the other one holds it");
    let killed = Instant::now();
    drop(other);
    let taken = timeout(PATIENCE, store.acquire("mailer", Uuid::new(), LONG)).await;
    assert_eq!(taken.expect("a lock in time").unwrap(), Some(1));
    assert!(killed.elapsed() < Duration::from_secs(2), "{:?}", killed.elapsed());
}

#[tokio::test]
async fn the_date_of_a_lock_file_means_nothing() {
    let folder = Folder::new();
    let store = FileStore::new(folder.file());
    for (date, epoch) in [(SystemTime::now() + LONG, 1), (SystemTime::now() - LONG, 2)] {
        left_behind(&folder.file(), date);
        let taken = timeout(PATIENCE, store.acquire("mailer", Uuid::new(), Duration::ZERO)).await;
        assert_eq!(taken.expect("a lock in time").unwrap(), Some(epoch));
    }
}

/// An old holder neither reads nor writes, and does not end the lease of the new one.
#[tokio::test]
async fn an_old_epoch_is_fenced_off() {
    let (folder, token) = (Folder::new(), "8265F0C1".parse().unwrap());
    let (old, new) = (FileStore::new(folder.file()), FileStore::new(folder.file()));
    assert_eq!(old.acquire("mailer", Uuid::new(), Duration::ZERO).await.unwrap(), Some(1));
    old.save("mailer", 1, &token).await.unwrap();
    assert_eq!(new.acquire("mailer", Uuid::new(), LONG).await.unwrap(), Some(2));
    assert!(matches!(old.load("mailer", 1).await, Err(StoreError::TakenOver)));
    assert!(matches!(old.save("mailer", 1, &token).await, Err(StoreError::TakenOver)));
    assert!(matches!(old.renew("mailer", 1, LONG).await, Err(StoreError::TakenOver)));
    old.release("mailer", 1).await.unwrap();
    assert_eq!(old.acquire("mailer", Uuid::new(), LONG).await.unwrap(), None);
    assert_eq!(new.load("mailer", 2).await.unwrap(), Some(token));
}

/// A runtime that ends does not wait for a lock.
#[test]
fn a_runtime_ends_while_a_lock_is_awaited() {
    let folder = Folder::new();
    let _held = Lock::attempt(&beside(&folder.file(), ".lock")).unwrap().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let store = FileStore::new(folder.file());
    runtime.block_on(async {
        let taken = store.acquire("mailer", Uuid::new(), LONG);
        assert!(timeout(Duration::from_millis(50), taken).await.is_err());
        tokio::spawn(async move { drop(store.acquire("mailer", Uuid::new(), LONG).await) });
    });
    let ending = Instant::now();
    drop(runtime);
    assert!(ending.elapsed() < PATIENCE, "{:?}", ending.elapsed());
}
