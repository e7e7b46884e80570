//! Two operators on one path, or on a path and its parent.

use std::cmp::Ordering;

use crate::error::{Error, ErrorKind, Outcome, Result};

/// Refuses paths of which one is another one, holds it, or goes into one array in another way.
pub(super) fn check(paths: &[impl AsRef<str>]) -> Result<()> {
    if paths.len() < 2 {
        return Ok(());
    }
    // In the order of their steps, paths that overlap are neighbours.
    let paths: Vec<_> = paths.iter().map(AsRef::as_ref).collect();
    let mut sorted = paths.clone();
    sorted.sort_unstable_by(|one, other| by_steps(one, other));
    match sorted.windows(2).any(|pair| overlap(pair[0], pair[1])) {
        false => Ok(()),
        true => Err(first_conflict(&paths)),
    }
}

fn by_steps(one: &str, other: &str) -> Ordering {
    one.split('.').cmp(other.split('.'))
}

/// The first path that overlaps with one before it.
fn first_conflict(paths: &[&str]) -> Error {
    let pairs = paths.iter().enumerate().find_map(|(at, path)| {
        let with = paths[..at].iter().find(|with| overlap(with, path))?;
        Some((path, with))
    });
    let (path, with) = pairs.unwrap_or((&paths[0], &paths[0]));
    conflict((*path).to_owned(), (*with).to_owned())
}

/// Whether two paths are the same, one holds the other, or they mix ways into one array.
pub(super) fn overlap(one: &str, other: &str) -> bool {
    let mut steps = one.split('.').zip(other.split('.'));
    match steps.find(|(one, other)| one != other) {
        None => true,
        // The elements of one array by position and by condition: the server refuses both at once.
        Some((one, other)) => one.starts_with("$[") != other.starts_with("$["),
    }
}

pub(super) fn conflict(path: String, with: String) -> Error {
    Error::new(ErrorKind::ConflictingUpdate { path, with }, Outcome::NotSent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(paths: &[&str]) -> bool {
        check(paths).is_err()
    }

    #[test]
    fn a_path_and_its_parent_overlap_whatever_stands_between_them() {
        assert!(is_refused(&["a", "a-b", "a.b"]));
        assert!(is_refused(&["a.b.c", "a.b!", "a.c", "a.b"]));
        assert!(!is_refused(&["a", "a-b", "ab", "b.a"]));
    }

    #[test]
    fn ways_into_one_array_do_not_mix() {
        assert!(is_refused(&["a.$[i].x", "a.0.y"]));
        assert!(is_refused(&["a.$[i].x", "b", "a.$.y", "a.$[j].z"]));
        assert!(!is_refused(&["a.$[i].x", "a.$[j].y", "b.0.x"]));
    }
}
