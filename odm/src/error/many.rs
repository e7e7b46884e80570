//! Failures of many writes at once: what was done, what was not, and what nobody knows.

use std::{collections::BTreeMap, fmt, ops::Range};

use mongodb::bson::Bson;

use super::{ErrorKind, Outcome, counts};

/// What became of the writes of a bulk that did not succeed as a whole.
///
/// Indexes are those of the caller: the first write of the bulk is 0. A write that is in no list
/// was applied.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct BulkWriteFailure {
    /// How many documents were inserted.
    pub inserted: u64,
    /// How many documents the filters of updates and replacements matched.
    pub matched: u64,
    /// How many were changed by them.
    pub modified: u64,
    /// How many documents upserts inserted.
    pub upserted: u64,
    /// How many documents were removed.
    pub deleted: u64,
    /// The `_id`s of the documents that upserts inserted, by index.
    pub upserted_ids: BTreeMap<usize, Bson>,
    /// The writes that the server refused, by index.
    pub failures: Vec<FailedWrite>,
    /// Writes that may have been applied: no answer came. The counts do not include them.
    pub unknown: Vec<Range<usize>>,
    /// Writes that were not applied: not sent, left out after a failure, or undone with a
    /// transaction.
    pub not_applied: Vec<Range<usize>>,
    /// What ended the bulk, if it was something else than the refusal of a write: a broken
    /// connection, a time limit, a write concern that was not met.
    pub cause: Option<Box<ErrorKind>>,
}

/// What became of the documents of an `insert_many` that did not succeed as a whole.
///
/// Each document is in one of the lists.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct InsertManyFailure {
    /// The documents that were inserted.
    pub inserted: Vec<Range<usize>>,
    /// The documents that the server refused, by index.
    pub failures: Vec<FailedWrite>,
    /// Documents that may have been inserted: no answer came.
    pub unknown: Vec<Range<usize>>,
    /// Documents that were not inserted: not sent, left out after a failure, or undone with a
    /// transaction.
    pub not_inserted: Vec<Range<usize>>,
    /// What ended the insertion, if it was something else than the refusal of a document.
    pub cause: Option<Box<ErrorKind>>,
}

/// One write that the server refused.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FailedWrite {
    /// Its place among those that were given, from 0.
    pub index: usize,
    /// Why it was refused.
    pub kind: ErrorKind,
}

impl FailedWrite {
    pub(crate) fn new(index: usize, kind: ErrorKind) -> Self {
        Self { index, kind }
    }
}

impl BulkWriteFailure {
    /// What became of the whole.
    pub(crate) fn outcome(&self) -> Outcome {
        let done = self.inserted + self.matched + self.upserted + self.deleted;
        match (done, self.unknown.is_empty()) {
            (0, false) => Outcome::Unknown,
            (_, false) => Outcome::Partial,
            _ if self.failures.is_empty() && self.not_applied.is_empty() => Outcome::Applied,
            (0, true) => Outcome::NotApplied,
            (_, true) => Outcome::Partial,
        }
    }
}

counts!(BulkWriteFailure);

impl InsertManyFailure {
    /// What became of the whole.
    pub(crate) fn outcome(&self) -> Outcome {
        match (self.inserted.is_empty(), self.unknown.is_empty()) {
            (true, false) => Outcome::Unknown,
            (false, false) => Outcome::Partial,
            _ if self.failures.is_empty() && self.not_inserted.is_empty() => Outcome::Applied,
            (true, true) => Outcome::NotApplied,
            (false, true) => Outcome::Partial,
        }
    }
}

impl fmt::Display for BulkWriteFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Parts::new(f, "write");
        parts.cause(self.cause.as_deref())?;
        parts.failures(&self.failures)?;
        parts.ranges(&self.unknown, "may have been applied")?;
        parts.ranges(&self.not_applied, "not applied")
    }
}

impl fmt::Display for InsertManyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Parts::new(f, "document");
        parts.cause(self.cause.as_deref())?;
        parts.failures(&self.failures)?;
        parts.ranges(&self.unknown, "may have been inserted")?;
        parts.ranges(&self.not_inserted, "not inserted")
    }
}

/// A text of several parts, with `; ` between them.
struct Parts<'a, 'b> {
    out: &'a mut fmt::Formatter<'b>,
    noun: &'static str,
    is_empty: bool,
}

impl<'a, 'b> Parts<'a, 'b> {
    fn new(out: &'a mut fmt::Formatter<'b>, noun: &'static str) -> Self {
        Self { out, noun, is_empty: true }
    }

    fn part(&mut self, text: fmt::Arguments<'_>) -> fmt::Result {
        if !std::mem::take(&mut self.is_empty) {
            self.out.write_str("; ")?;
        }
        self.out.write_fmt(text)
    }

    fn cause(&mut self, cause: Option<&ErrorKind>) -> fmt::Result {
        cause.map_or(Ok(()), |cause| self.part(format_args!("{cause}")))
    }

    fn failures(&mut self, failures: &[FailedWrite]) -> fmt::Result {
        let (noun, count) = (self.noun, failures.len());
        match failures {
            [] => Ok(()),
            [one] => self.part(format_args!("{noun} {} was refused: {}", one.index, one.kind)),
            [one, ..] => self.part(format_args!(
                "{count} {noun}s were refused, the first is {}: {}",
                one.index, one.kind
            )),
        }
    }

    /// `documents 3 to 9 and 12: not inserted`; of many ranges only the first is named.
    fn ranges(&mut self, ranges: &[Range<usize>], what: &str) -> fmt::Result {
        let noun = self.noun;
        let Some(first) = ranges.first() else { return Ok(()) };
        let count: usize = ranges.iter().map(ExactSizeIterator::len).sum();
        let last = first.end.saturating_sub(1);
        match (count, ranges.len()) {
            (1, _) => self.part(format_args!("{what}: {noun} {}", first.start)),
            (_, 1) => self.part(format_args!("{what}: {noun}s {} to {last}", first.start)),
            _ => self.part(format_args!("{what}: {count} {noun}s, the first is {}", first.start)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // Lists of ranges are what is told.
mod tests {
    use super::*;

    #[test]
    fn the_text_names_the_cause_the_refused_and_the_rest() {
        let failure = BulkWriteFailure {
            inserted: 2,
            failures: vec![FailedWrite::new(3, ErrorKind::WriteConflict)],
            unknown: vec![4..10],
            not_applied: vec![10..12, 20..21],
            cause: Some(Box::new(ErrorKind::Timeout)),
            ..BulkWriteFailure::default()
        };
        assert_eq!(
            failure.to_string(),
            "the time limit passed; write 3 was refused: another operation wrote the document \
             meanwhile; may have been applied: writes 4 to 9; not applied: 3 writes, the first is 10"
        );
    }

    #[test]
    fn the_outcome_follows_from_what_is_known() {
        let outcome = |change: fn(&mut BulkWriteFailure)| {
            let mut failure = BulkWriteFailure::default();
            change(&mut failure);
            failure.outcome()
        };
        assert_eq!(outcome(|_| {}), Outcome::Applied);
        assert_eq!(outcome(|failure| failure.not_applied.push(0..1)), Outcome::NotApplied);
        assert_eq!(outcome(|failure| failure.unknown.push(0..1)), Outcome::Unknown);
        assert_eq!(
            outcome(|failure| {
                failure.not_applied.push(1..2);
                failure.deleted = 1;
            }),
            Outcome::Partial
        );
    }
}
