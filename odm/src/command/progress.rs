//! How far a bulk has come. It is known outside, in case the time is up before an answer comes.

use std::sync::{Arc, Mutex, MutexGuard};

use crate::{
    error::{Error, ErrorKind, Outcome, Result},
    support::locked,
};

use super::{
    plan::Group,
    report::{Report, Written},
    work::Work,
};

/// What is planned, what is done, and which command is being executed.
#[derive(Debug, Default)]
pub(super) struct Progress(Mutex<State>);

#[derive(Clone, Debug, Default)]
struct State {
    groups: Vec<Arc<Group>>,
    /// The next command, or the one that is being executed.
    at: usize,
    report: Report,
}

impl Progress {
    pub(super) fn begin(&self, groups: Vec<Group>) {
        self.state().groups = groups.into_iter().map(Arc::new).collect();
    }

    /// The command to send next.
    pub(super) fn current(&self) -> Option<Arc<Group>> {
        let state = self.state();
        state.groups.get(state.at).cloned()
    }

    /// The command has ended; the closure adds to the report what became of it.
    pub(super) fn advance<T>(&self, add: impl FnOnce(&mut Report) -> T) -> T {
        let mut state = self.state();
        state.at += 1;
        add(&mut state.report)
    }

    /// All commands have ended at once.
    pub(super) fn advance_to_end(&self, add: impl FnOnce(&mut Report)) {
        let mut state = self.state();
        state.at = state.groups.len();
        add(&mut state.report);
    }

    /// The end: what was not sent is not applied.
    pub(super) fn finish(&self, work: &Work, is_in_transaction: bool) -> Result<Written> {
        self.state().clone().finish(work, is_in_transaction)
    }

    /// The result when the time is up. If the command that is being executed was sent, its outcome
    /// is unknown: it goes on in the background. A transaction is aborted then.
    pub(super) fn cut_off(
        &self,
        error: Error,
        work: &Work,
        is_in_transaction: bool,
    ) -> Result<Written> {
        let is_cut_off = matches!(error.kind(), ErrorKind::Timeout);
        let mut state = self.state().clone();
        if !is_cut_off || state.groups.is_empty() {
            return Err(error);
        }
        if is_in_transaction {
            return Err(match error.outcome() {
                Outcome::NotSent if state.at == 0 => error,
                _ => error.with_outcome(Outcome::NotApplied),
            });
        }
        if let Some(group) = state.groups.get(state.at) {
            state.report.fail(group, error);
            state.at += 1;
        }
        state.finish(work, false)
    }

    /// The state stays whole after a panic: nothing that can panic runs while the lock is held.
    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.0)
    }
}

impl State {
    fn finish(mut self, work: &Work, is_in_transaction: bool) -> Result<Written> {
        self.report.leave_out(self.groups.get(self.at..).unwrap_or_default());
        if is_in_transaction {
            self.report.undo(work.statements.len());
        }
        self.report.into_result(work.is_insertion, work.statements.len())
    }
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // Lists of ranges are what is told.
mod tests {
    use super::*;
    use crate::command::{plan::Rules, reply::Reply, statements::Kind};

    /// Two inserts, an update and a delete; the command of the inserts is done.
    fn begun() -> (Progress, Work) {
        let mut work = Work::default();
        for kind in [Kind::Insert, Kind::Insert, Kind::Update, Kind::Delete] {
            work.statements.push("a", (kind, false), |_| Ok(())).unwrap();
        }
        let rules = Rules { is_ordered: true, keeps_multi_apart: true, option_bytes: 0 };
        let progress = Progress::default();
        progress.begin(super::super::plan::plan(&work.statements, rules));
        let reply = Reply { n: 2, ..Reply::default() };
        let group = progress.current().unwrap();
        assert!(progress.advance(|report| report.add(&group, true, reply)));
        (progress, work)
    }

    #[test]
    fn cut_off_what_was_done_is_told_and_what_is_under_way_is_unknown() {
        let (progress, work) = begun();
        let late = Error::new(ErrorKind::Timeout, Outcome::Unknown);
        let error = progress.cut_off(late, &work, false).unwrap_err();
        let ErrorKind::BulkWrite(failure) = error.kind() else { panic!("{error:?}") };
        assert_eq!((failure.inserted, failure.unknown.clone()), (2, vec![2..3]));
        assert_eq!((failure.not_applied.clone(), error.outcome()), (vec![3..4], Outcome::Partial));
    }

    #[test]
    fn cut_off_in_a_transaction_nothing_is_applied() {
        let (progress, work) = begun();
        let late = Error::new(ErrorKind::Timeout, Outcome::Unknown);
        let error = progress.cut_off(late, &work, true).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
        assert_eq!(error.outcome(), Outcome::NotApplied);
    }

    #[test]
    fn cut_off_the_command_under_way_can_still_end() {
        let (progress, work) = begun();
        let late = Error::new(ErrorKind::Timeout, Outcome::Unknown);
        let group = progress.current().unwrap();
        progress.cut_off(late, &work, false).unwrap_err();
        let reply = Reply { n: 1, modified: 1, ..Reply::default() };
        progress.advance(|report| report.add(&group, true, reply));
        let group = progress.current().unwrap();
        progress.advance(|report| report.add(&group, true, Reply::default()));
        assert_eq!(progress.finish(&work, false).unwrap().modified, 1);
    }

    #[test]
    fn cut_off_before_it_was_sent_a_command_is_not_applied() {
        let (progress, work) = begun();
        let unsent = Error::new(ErrorKind::Timeout, Outcome::NotSent);
        let error = progress.cut_off(unsent, &work, false).unwrap_err();
        let ErrorKind::BulkWrite(failure) = error.kind() else { panic!("{error:?}") };
        assert_eq!((failure.unknown.len(), failure.not_applied.clone()), (0, vec![2..4]));
        assert_eq!((failure.inserted, error.outcome()), (2, Outcome::Partial));
    }

    #[test]
    fn other_errors_stay_as_they_are() {
        let (progress, work) = begun();
        let refused = Error::new(ErrorKind::NotFound, Outcome::NotApplied);
        let error = progress.cut_off(refused, &work, false).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NotFound), "{error:?}");
    }
}
