//! Where commands are sent: one after the other, in one session.

use std::time::Duration;

use mongodb::{
    ClientSession, Database,
    bson::{Document, RawDocumentBuf, Timestamp},
};

use crate::{
    error::{Access, Error, Result, UNACKNOWLEDGED},
    executor::{Call, RawCollection, TooLate, Watched},
    options::{WriteConcern, is_unacknowledged},
};

use super::number::Numbers;

pub(super) struct Lane<'a> {
    call: &'a mut Call,
    /// A session for these commands alone, if the caller gave none.
    own: Option<ClientSession>,
    /// `None` in a transaction, and where writes are not repeated.
    numbers: Option<Numbers>,
    collection: RawCollection,
    database: Database,
}

impl<'a> Lane<'a> {
    pub(super) async fn open(call: &'a mut Call) -> Result<Self> {
        let collection = call.collection();
        let client = collection.client();
        let database = client.database(&collection.namespace().db);
        let own = match call.session() {
            Some(_) => None,
            None => Some(client.start_session().causal_consistency(false).await?),
        };
        let mut lane = Self { call, own, numbers: None, collection, database };
        if !lane.is_in_transaction() && lane.takes_numbers() {
            lane.numbers = Some(Numbers::default());
        }
        Ok(lane)
    }

    fn takes_numbers(&mut self) -> bool {
        let Self { call, own, .. } = self;
        match own {
            Some(own) => call.deployment().takes_numbers(own),
            None => {
                let deployment = call.deployment();
                call.session().is_some_and(|session| deployment.takes_numbers(session))
            }
        }
    }

    pub(super) fn session(&mut self) -> &mut ClientSession {
        match &mut self.own {
            Some(own) => own,
            None => self.call.session().expect("a call without a session was given one"),
        }
    }

    pub(super) fn collection(&self, name: &str) -> RawCollection {
        match name == self.collection.name() {
            true => self.collection.clone(),
            false => self.database.collection(name),
        }
    }

    pub(super) fn is_in_transaction(&self) -> bool {
        self.call.is_in_transaction()
    }

    /// Whether a command can be repeated safely.
    pub(super) fn has_numbers(&self) -> bool {
        self.numbers.is_some()
    }

    /// A server has refused a number, as a standalone one does.
    pub(super) fn has_no_numbers(&mut self) {
        self.call.deployment().is_standalone();
        self.numbers = None;
    }

    /// The driver has sent a write of its own in the session.
    pub(super) fn driver_has_written(&mut self) {
        if let Some(numbers) = &mut self.numbers {
            numbers.forget();
        }
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
        let concern = given.or_else(|| self.collection.write_concern());
        match concern.is_some_and(is_unacknowledged) {
            true => Err(Error::invalid(UNACKNOWLEDGED)),
            false => Ok(concern.cloned()),
        }
    }

    /// A number for the next command, if it can be repeated.
    pub(super) async fn number(&mut self, is_repeatable: bool) -> Result<Option<i64>> {
        let Self { call, own, numbers, .. } = self;
        let Some(numbers) = numbers.as_mut().filter(|_| is_repeatable) else { return Ok(None) };
        let attempt = call.attempt();
        let Some(session) = own.as_mut().or_else(|| call.session()) else { return Ok(None) };
        let number = attempt.watch(numbers.next(session)).await;
        let number = number.map_err(|late| call.too_late(late))?;
        number.output.map_err(|error| Error::of_attempt(error, false, Access::Write))
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
        let answer = attempt.watch(async { action.session(self.session()).await }).await;
        answer.map_err(|late| self.call.too_late(late))
    }

    /// What a causally consistent session has seen. The driver adds it to its own commands only.
    pub(super) fn operation_time(&mut self) -> Option<Timestamp> {
        let is_ordered = self.call.is_causal() && !self.call.is_in_transaction();
        self.call.session().filter(|_| is_ordered)?.operation_time()
    }
}
