//! What became of every statement, by the caller's index.

mod ranges;
mod written;

use std::borrow::Borrow;

use crate::error::{
    BulkWriteFailure, Error, ErrorKind, FailedWrite, InsertManyFailure, Outcome, Result,
};

use self::ranges::{gaps, ranges, sorted};
pub(crate) use self::written::Written;
use super::{plan::Group, reply::Reply};

/// What a running bulk has done so far, and what has failed.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    pub(super) written: Written,
    pub(super) failures: Vec<FailedWrite>,
    pub(super) unknown: Vec<usize>,
    pub(super) not_applied: Vec<usize>,
    /// The first write concern that was not met.
    pub(super) concern: Option<ErrorKind>,
    /// What ended the bulk, if it was not a refused statement.
    pub(super) cause: Option<Error>,
    /// The labels of all replies.
    labels: Vec<String>,
    /// Whether a statement on many documents was refused, perhaps half-way.
    is_partial: bool,
    /// Whether something was executed.
    is_begun: bool,
}

impl Report {
    /// Adds the reply to a command; says whether all of its statements were executed.
    pub(super) fn add(&mut self, group: &Group, is_ordered: bool, reply: Reply) -> bool {
        self.is_begun = true;
        self.labels.extend(reply.labels.iter().cloned());
        self.written.add(group.kind, &reply);
        let written = &mut self.written;
        let index = |at: usize| group.indexes.get(at).copied();
        let ids = reply.upserted.into_iter().filter_map(|(at, id)| Some((index(at)?, id)));
        written.upserted_ids.extend(ids);
        if let Some(concern) = reply.concern {
            self.concern.get_or_insert(concern);
        }
        let Some(first) = reply.refused.first().map(|(at, _)| *at) else { return true };
        self.is_partial |= group.has_multi;
        let refused = reply.refused.into_iter();
        let refused = refused.filter_map(|(at, kind)| Some(FailedWrite::new(index(at)?, kind)));
        self.failures.extend(refused);
        if is_ordered {
            self.not_applied.extend(group.indexes.iter().skip(first + 1));
        }
        false
    }

    /// Adds a command that has no reply.
    pub(super) fn fail(&mut self, group: &Group, error: Error) {
        match error.outcome() {
            Outcome::NotSent | Outcome::NotApplied => self.not_applied.extend(&group.indexes),
            _ => self.unknown.extend(&group.indexes),
        }
        self.cause.get_or_insert(error);
    }

    /// The rest is not sent.
    pub(super) fn leave_out<B: Borrow<Group>>(&mut self, groups: &[B]) {
        let indexes = groups.iter().flat_map(|group| &group.borrow().indexes);
        self.not_applied.extend(indexes);
    }

    /// A failure has aborted the transaction: nothing was applied.
    pub(super) fn undo(&mut self, count: usize) {
        if self.cause.is_none() && self.failures.is_empty() {
            return;
        }
        if self.is_begun {
            self.cause = self.cause.take().map(|cause| cause.with_outcome(Outcome::NotApplied));
        }
        let refused = |index: &usize| self.failures.iter().any(|failed| failed.index == *index);
        self.not_applied = (0..count).filter(|index| !refused(index)).collect();
        self.unknown.clear();
        self.is_partial = false;
        self.written = Written::default();
    }

    /// What was done, or an error that says what was not. If nothing can have been applied, that
    /// error is returned itself. So is one that all documents of an insertion have in common.
    pub(super) fn into_result(mut self, is_insertion: bool, count: usize) -> Result<Written> {
        let Some(cause) = self.cause.take() else {
            return match (self.failures.is_empty(), self.concern.take()) {
                (true, None) => Ok(self.written),
                (true, Some(concern)) if is_insertion => Err(self.unacknowledged(concern)),
                (_, concern) => {
                    self.concern = concern;
                    Err(self.into_error(None, is_insertion, count))
                }
            };
        };
        let is_whole = self.failures.is_empty() && self.concern.is_none();
        if is_whole && self.not_applied.len() == count {
            let outcome = match cause.outcome() {
                Outcome::NotSent => Outcome::NotSent,
                _ => Outcome::NotApplied,
            };
            return Err(cause.with_outcome(outcome));
        }
        if is_whole && is_insertion && self.unknown.len() == count {
            return Err(cause.with_outcome(Outcome::Unknown));
        }
        Err(self.into_error(Some(cause), is_insertion, count))
    }

    /// All documents were inserted.
    fn unacknowledged(self, concern: ErrorKind) -> Error {
        Error::new(concern, Outcome::Applied).with_labels(&self.labels)
    }

    fn into_error(mut self, cause: Option<Error>, is_insertion: bool, count: usize) -> Error {
        let labels = std::mem::take(&mut self.labels);
        let (kind, outcome) = match is_insertion {
            true => self.insertion(cause.as_ref(), count),
            false => self.bulk(cause.as_ref()),
        };
        let error = match cause {
            Some(cause) => cause.with_kind(kind, outcome),
            None => Error::new(kind, outcome),
        };
        error.with_labels(&labels)
    }

    fn bulk(self, cause: Option<&Error>) -> (ErrorKind, Outcome) {
        let is_partial = self.is_partial;
        let Written { inserted, matched, modified, deleted, upserted_ids } = self.written;
        let failure = BulkWriteFailure {
            inserted,
            matched,
            modified,
            deleted,
            upserted: upserted_ids.len() as u64,
            upserted_ids,
            failures: sorted(self.failures),
            unknown: ranges(self.unknown),
            not_applied: ranges(self.not_applied),
            cause: cause.map(Error::kind).or(self.concern.as_ref()).cloned().map(Box::new),
        };
        let outcome = match failure.outcome() {
            Outcome::NotApplied if is_partial => Outcome::Partial,
            outcome => outcome,
        };
        (ErrorKind::BulkWrite(failure), outcome)
    }

    fn insertion(self, cause: Option<&Error>, count: usize) -> (ErrorKind, Outcome) {
        let mut others: Vec<_> = self.failures.iter().map(|failed| failed.index).collect();
        others.extend(self.unknown.iter().chain(&self.not_applied));
        let failure = InsertManyFailure {
            inserted: gaps(&ranges(others), count),
            failures: sorted(self.failures),
            unknown: ranges(self.unknown),
            not_inserted: ranges(self.not_applied),
            cause: cause.map(Error::kind).or(self.concern.as_ref()).cloned().map(Box::new),
        };
        let outcome = failure.outcome();
        (ErrorKind::InsertMany(failure), outcome)
    }
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // Lists of ranges are what is told.
mod tests {
    use mongodb::bson::{Bson, doc};

    use super::*;
    use crate::command::statements::Kind;

    fn read(reply: &mongodb::bson::Document) -> Reply {
        Reply::read(reply, 9).unwrap()
    }

    fn group(kind: Kind, indexes: &[usize]) -> Group {
        Group { kind, collection: 0, has_multi: false, indexes: indexes.to_vec() }
    }

    fn failure(report: Report) -> BulkWriteFailure {
        let error = report.into_result(false, 9).unwrap_err();
        let ErrorKind::BulkWrite(failure) = error.kind() else { panic!("{error:?}") };
        failure.clone()
    }

    #[test]
    fn a_reply_counts_by_kind_and_upserts_are_not_matched() {
        let mut report = Report::default();
        let reply = read(&doc! {
            "ok": 1, "n": 3, "nModified": 1, "upserted": [{ "index": 1, "_id": 7_i64 }],
        });
        assert!(report.add(&group(Kind::Update, &[4, 6, 8]), true, reply));
        let reply = read(&doc! { "ok": 1.0, "n": 2_i64 });
        assert!(report.add(&group(Kind::Delete, &[0]), true, reply));
        let written = report.into_result(false, 9).unwrap();
        assert_eq!((written.matched, written.modified, written.deleted), (2, 1, 2));
        assert_eq!(written.upserted_ids, [(6, Bson::Int64(7))].into());
    }

    #[test]
    fn ordered_what_comes_after_a_refused_statement_is_not_applied() {
        let reply = doc! {
            "ok": 1, "n": 1, "nModified": 1,
            "writeErrors": [{
                "index": 1, "code": 11000, "errmsg": "E11000 …", "keyValue": { "a": 1 },
            }],
        };
        let mut report = Report::default();
        assert!(!report.add(&group(Kind::Update, &[2, 3, 4]), true, read(&reply)));
        report.leave_out(&[group(Kind::Delete, &[5]), group(Kind::Update, &[6, 7])]);
        let failure = failure(report);
        assert_eq!(failure.not_applied, [4..8]);
        let [FailedWrite { index: 3, kind: ErrorKind::DuplicateKey(duplicate) }] =
            failure.failures.as_slice()
        else {
            panic!("{failure:?}")
        };
        assert_eq!(duplicate.key_value, Some(doc! { "a": 1 }));
        assert_eq!((failure.matched, failure.outcome()), (1, Outcome::Partial));
    }

    #[test]
    fn unordered_only_the_refused_are_not_applied() {
        let errors: Vec<_> = [2, 0]
            .into_iter()
            .map(|index| doc! { "index": index, "code": 2, "errmsg": "no" })
            .collect();
        let reply = doc! { "ok": 1, "n": 1, "writeErrors": errors };
        let mut report = Report::default();
        report.add(&group(Kind::Insert, &[1, 3, 5]), false, read(&reply));
        let failure = failure(report);
        let indexes: Vec<_> = failure.failures.iter().map(|failed| failed.index).collect();
        assert_eq!((indexes, failure.not_applied.len(), failure.inserted), (vec![1, 5], 0, 1));
    }

    #[test]
    fn without_an_answer_the_outcome_is_unknown_and_named() {
        let mut report = Report::default();
        report.add(&group(Kind::Insert, &[0, 1]), true, Reply { n: 2, ..Reply::default() });
        let lost = Error::new(ErrorKind::Unavailable("lost".into()), Outcome::Unknown);
        report.fail(&group(Kind::Update, &[2, 3, 4]), lost);
        report.leave_out(&[group(Kind::Delete, &[5, 6, 7, 8])]);
        let failure = failure(report);
        assert_eq!(
            (failure.unknown.clone(), failure.not_applied.clone()),
            (vec![2..5], vec![5..9])
        );
        assert_eq!(failure.outcome(), Outcome::Partial);
        assert!(matches!(failure.cause.as_deref(), Some(ErrorKind::Unavailable(_))));
    }

    #[test]
    fn an_error_before_anything_was_done_is_itself() {
        let mut report = Report::default();
        report
            .fail(&group(Kind::Update, &[0, 1]), Error::new(ErrorKind::Timeout, Outcome::NotSent));
        let error = report.into_result(false, 2).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
        assert_eq!(error.outcome(), Outcome::NotSent);
    }

    #[test]
    fn an_unmet_write_concern_leaves_everything_applied() {
        let reply = doc! {
            "ok": 1, "n": 1,
            "writeConcernError": { "code": 64, "codeName": "WriteConcernFailed", "errmsg": "…" },
        };
        let mut report = Report::default();
        assert!(report.add(&group(Kind::Delete, &[0]), true, read(&reply)));
        let failure = failure(report);
        assert_eq!((failure.deleted, failure.outcome()), (1, Outcome::Applied));
    }

    #[test]
    fn a_failure_undoes_the_whole_in_a_transaction() {
        let mut report = Report::default();
        report.add(&group(Kind::Insert, &[0, 1]), true, Reply { n: 2, ..Reply::default() });
        let refused = vec![(0, ErrorKind::WriteConflict)];
        report.add(&group(Kind::Update, &[2, 3]), true, Reply { refused, ..Reply::default() });
        report.undo(4);
        let failure = failure(report);
        assert_eq!(failure.not_applied, [0..2, 3..4]);
        assert_eq!((failure.inserted, failure.outcome()), (0, Outcome::NotApplied));
    }

    #[test]
    fn an_error_that_all_documents_share_is_itself() {
        let mut lost = Report::default();
        let error = Error::new(ErrorKind::Unavailable("lost".into()), Outcome::Unknown);
        lost.fail(&group(Kind::Insert, &[0, 1]), error);
        let error = lost.into_result(true, 2).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unavailable(_)), "{error:?}");
        assert_eq!(error.outcome(), Outcome::Unknown);

        let mut unmet = Report::default();
        let reply = Reply { n: 2, concern: Some(ErrorKind::Timeout), ..Reply::default() };
        unmet.add(&group(Kind::Insert, &[0, 1]), true, reply);
        let error = unmet.into_result(true, 2).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
        assert_eq!(error.outcome(), Outcome::Applied);
    }

    #[test]
    fn an_insertion_names_what_went_in() {
        let mut report = Report::default();
        report.add(&group(Kind::Insert, &[0, 1, 2]), true, Reply { n: 3, ..Reply::default() });
        let refused = vec![(1, ErrorKind::WriteConflict)];
        report.add(
            &group(Kind::Insert, &[3, 4, 5]),
            true,
            Reply { n: 1, refused, ..Reply::default() },
        );
        report.leave_out(&[group(Kind::Insert, &[6, 7])]);
        let error = report.into_result(true, 8).unwrap_err();
        let ErrorKind::InsertMany(failure) = error.kind() else { panic!("{error:?}") };
        assert_eq!(
            (failure.inserted.clone(), failure.not_inserted.clone()),
            (vec![0..4], vec![5..8])
        );
    }
}
