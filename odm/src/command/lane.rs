//! Where commands are sent: one after the other, in one session.

use std::time::Duration;

use mongodb::{
    ClientSession, Database, Namespace,
    bson::{Document, RawDocumentBuf, Timestamp},
    error::ErrorKind,
};

use crate::{
    error::{Access, Error, Result, UNACKNOWLEDGED},
    executor::{Call, PooledSession, TooLate, Watched},
    options::{WriteConcern, is_unacknowledged},
};

use super::number::next_number;

pub(super) struct Lane<'a> {
    call: &'a mut Call,
    /// A session for these commands alone, if the caller gave none.
    own: Option<PooledSession>,
    /// The last number of the session, if it is known.
    last_number: Option<i64>,
    /// Whether commands can have numbers: not in a transaction, nor where writes are not repeated.
    has_numbers: bool,
    database: Database,
}

impl<'a> Lane<'a> {
    pub(super) async fn open(call: &'a mut Call) -> Result<Self> {
        let database = call.target().commands().clone();
        let deployment = call.deployment();
        let own = match call.session() {
            Some(_) => None,
            None => Some(deployment.sessions.take(database.client()).await?),
        };
        let last_number = own.as_ref().and_then(|own| own.number);
        let mut lane = Self { call, own, last_number, has_numbers: false, database };
        lane.has_numbers = !lane.is_in_transaction() && deployment.takes_numbers(lane.session());
        Ok(lane)
    }

    pub(super) fn session(&mut self) -> &mut ClientSession {
        match &mut self.own {
            Some(own) => own.driver(),
            None => self.call.session().expect("a call without a session was given one"),
        }
    }

    /// The database and a collection of it.
    pub(super) fn namespace(&self, name: &str) -> Namespace {
        Namespace::new(self.database.name(), name)
    }

    pub(super) fn is_in_transaction(&self) -> bool {
        self.call.is_in_transaction()
    }

    /// Whether a command can be repeated safely.
    pub(super) fn has_numbers(&self) -> bool {
        self.has_numbers
    }

    /// A server has refused a number, as a standalone one does.
    pub(super) fn has_no_numbers(&mut self) {
        self.call.deployment().is_standalone();
        self.has_numbers = false;
    }

    /// The driver has sent a write of its own in the session.
    pub(super) fn driver_has_written(&mut self) {
        self.last_number = None;
    }

    pub(super) fn has_deadline(&self) -> bool {
        self.call.max_time().is_some()
    }

    /// Whether the time is up.
    pub(super) fn is_late(&self) -> bool {
        self.call.is_late()
    }

    /// The error for a command that was not sent in time.
    pub(super) fn too_late(&self) -> Error {
        self.call.too_late(TooLate { is_sent: false })
    }

    /// How long the server may work.
    pub(super) fn max_time(&self) -> Option<Duration> {
        self.call.max_time()
    }

    /// Until the next command is sent, nothing of it can have been applied.
    pub(super) fn next_command(&self) {
        self.call.next_command();
    }

    /// The given concern, otherwise the collection's. A transaction has its own.
    ///
    /// # Errors
    ///
    /// `Invalid` if the server would not answer at all.
    pub(super) fn write_concern(
        &self,
        given: Option<&WriteConcern>,
    ) -> Result<Option<WriteConcern>> {
        if self.is_in_transaction() {
            return Ok(None);
        }
        let concern = given.or_else(|| self.call.target().write_concern());
        match concern.is_some_and(is_unacknowledged) {
            true => Err(Error::invalid(UNACKNOWLEDGED)),
            false => Ok(concern.cloned()),
        }
    }

    /// A number for the next command, if it can be repeated.
    pub(super) async fn number(&mut self, is_repeatable: bool) -> Result<Option<i64>> {
        if !self.has_numbers || !is_repeatable {
            return Ok(None);
        }
        let (attempt, last) = (self.call.attempt(), self.last_number);
        let number = attempt.watch(next_number(last, self.session())).await;
        let number = number.map_err(|late| self.call.too_late(late))?;
        self.last_number =
            number.output.map_err(|error| Error::of_attempt(error, false, Access::Write))?;
        Ok(self.last_number)
    }

    /// Sends a command once; tells whether it was sent, and the answer.
    ///
    /// # Errors
    ///
    /// `Timeout` if it was not waited for.
    pub(super) async fn run_command(
        &mut self,
        command: RawDocumentBuf,
    ) -> Result<Watched<mongodb::error::Result<Document>>> {
        let attempt = self.call.attempt();
        let database = self.database.clone();
        let mut action = database.run_raw_command(command);
        if !self.call.deployment().tells_checkouts()
            && let Some(primary) = attempt.unheard()
        {
            action = action.selection_criteria(primary);
        }
        self.settle(false);
        let answer = attempt.watch(async { action.session(self.session()).await }).await;
        let answer = answer.map_err(|late| self.call.too_late(late))?;
        let is_answered = match &answer.output {
            Ok(_) => true,
            Err(error) => matches!(*error.kind, ErrorKind::Command(_)),
        };
        self.settle(is_answered);
        Ok(answer)
    }

    /// Whether all that was sent in a session of our own was answered, so that it can be kept.
    fn settle(&mut self, is_settled: bool) {
        if let Some(own) = &mut self.own {
            (own.number, own.is_settled) = (self.last_number, is_settled);
        }
    }

    /// What a causally consistent session has seen. The driver adds it to its own commands only.
    pub(super) fn operation_time(&mut self) -> Option<Timestamp> {
        let is_ordered = self.call.is_causal() && !self.call.is_in_transaction();
        self.call.session().filter(|_| is_ordered)?.operation_time()
    }
}
