//! Where `mongod` comes from.
//!
//! Knows the order of the places. Does not know how to fetch or how to run.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::download;
use crate::error::{Error, Result};

/// Names the `mongod` to run.
const MONGOD: &str = "ODM_MONGOD";
/// Names the folder in which a fetched `mongod` is kept.
const CACHE: &str = "ODM_CACHE";

/// Finds a `mongod`, and fetches one if necessary. Blocks the thread.
pub(super) fn find(named: Option<&Path>) -> Result<PathBuf> {
    if let Some(path) = named {
        return check(path, "Builder::mongod");
    }
    if let Some(path) = variable(MONGOD) {
        return check(Path::new(&path), MONGOD);
    }
    if let Some(path) = env::var_os("PATH").and_then(|folders| on_path(&folders)) {
        return Ok(path);
    }
    let cache = cache_folder(variable);
    cache.and_then(|cache| download::cached_or_fetched(&cache)).map_err(|cause| none(&cause))
}

/// A named path is used or refused, never passed over.
fn check(path: &Path, named_by: &str) -> Result<PathBuf> {
    let wrong = |cause: &str| {
        Error::sandbox(format!(
            "cannot run the mongod {} named by {named_by}: {cause}",
            path.display()
        ))
    };
    // The supervisor runs it from another folder.
    let absolute = fs::canonicalize(path).map_err(|cause| wrong(&cause.to_string()))?;
    if is_program(&absolute) { Ok(absolute) } else { Err(wrong("it is not an executable file")) }
}

fn on_path(folders: &OsStr) -> Option<PathBuf> {
    let found = env::split_paths(folders)
        .map(|folder| folder.join("mongod"))
        .find(|path| is_program(path))?;
    fs::canonicalize(found).ok()
}

fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

fn cache_folder(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, String> {
    let inside = |name: &str, rest: &str| Some(PathBuf::from(variable(name)?).join(rest));
    variable(CACHE)
        .map(PathBuf::from)
        .or_else(|| inside("XDG_CACHE_HOME", "odm"))
        .or_else(|| inside("HOME", ".cache/odm"))
        .ok_or_else(|| {
            format!(
                "there is no folder to keep one in: {CACHE}, XDG_CACHE_HOME and HOME are not set"
            )
        })
}

/// A variable that is set and not empty.
fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// One sentence: what was tried, what to do.
fn none(cause: &str) -> Error {
    Error::sandbox(format!(
        "no mongod to run: {MONGOD} is not set, PATH has no mongod, and {cause}; install MongoDB or set {MONGOD} to the path of a mongod"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment<'a>(set: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<OsString> + 'a {
        move |name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into())
    }

    #[test]
    fn the_cache_folder_is_the_first_that_is_named() {
        let folder = |set| cache_folder(environment(set)).unwrap();
        assert_eq!(folder(&[("HOME", "/h")]), Path::new("/h/.cache/odm"));
        assert_eq!(folder(&[("HOME", "/h"), ("XDG_CACHE_HOME", "/x")]), Path::new("/x/odm"));
        assert_eq!(folder(&[("XDG_CACHE_HOME", "/x"), ("ODM_CACHE", "/c")]), Path::new("/c"));
        assert!(cache_folder(environment(&[])).unwrap_err().contains("ODM_CACHE"));
    }

    #[test]
    fn a_named_path_that_is_wrong_is_refused() {
        let message = check(Path::new("/nowhere/mongod"), MONGOD).unwrap_err().to_string();
        assert!(message.contains("the mongod /nowhere/mongod named by ODM_MONGOD: "), "{message}");
        let message = check(Path::new("/"), "Builder::mongod").unwrap_err().to_string();
        assert!(message.contains("it is not an executable file"), "{message}");
    }

    #[test]
    fn no_mongod_at_all_is_one_clear_sentence() {
        let message = none("fetching one with pip failed: no network").to_string();
        assert!(message.ends_with(
            "no mongod to run: ODM_MONGOD is not set, PATH has no mongod, and fetching one with pip failed: \
             no network; install MongoDB or set ODM_MONGOD to the path of a mongod"
        ));
    }
}
