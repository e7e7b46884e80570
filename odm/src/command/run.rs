//! A bulk from its first command to its result.

use std::sync::Arc;

use mongodb::bson::{Document, RawDocument};

use crate::{
    error::{Error, ErrorKind, Outcome, Result},
    executor::Call,
    options::WriteConcern,
};

use super::{
    assemble::{CommandOptions, Sending, assemble},
    insert::insert,
    lane::Lane,
    plan::{Group, Rules, plan},
    progress::Progress,
    reply::Reply,
    report::Written,
    server,
    statements::{Kind, Statements},
};

/// What is to be done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    pub(crate) statements: Statements,
    pub(crate) options: CommandOptions,
    /// The write concerns of the collections, where they may differ.
    pub(crate) concerns: Vec<Option<WriteConcern>>,
    /// Whether it is an `insert_many`, whose error lists documents.
    pub(crate) is_insertion: bool,
}

/// Runs the statements in as few commands as their order allows.
///
/// # Errors
///
/// `BulkWrite` with what was done and what was not, or `InsertMany`. If nothing can have been done,
/// the error itself.
pub(crate) async fn run(call: Call, work: Arc<Work>) -> Result<Written> {
    let progress = Arc::new(Progress::default());
    let is_in_transaction = call.is_in_transaction();
    let (planned, done) = (Arc::clone(&work), Arc::clone(&progress));
    let ran = call.run(|mut call| async move {
        let written = execute(&mut call, &planned, &done).await;
        call.conclude(written)
    });
    match ran.await {
        Err(error) => progress.cut_off(error, &work, is_in_transaction),
        written => written,
    }
}

async fn execute(call: &mut Call, work: &Work, progress: &Progress) -> Result<Written> {
    let mut lane = Lane::open(call, work).await?;
    let groups = plan(&work.statements, rules(&lane, work));
    let is_better = server::is_better(&lane, work, &groups);
    progress.begin(groups);
    match is_better {
        true => server::run(&mut lane, work, progress).await,
        false => send_all(&mut lane, work, progress).await,
    }
    progress.finish(work, lane.is_in_transaction())
}

fn rules(lane: &Lane<'_>, work: &Work) -> Rules {
    Rules {
        is_ordered: !work.options.is_unordered,
        keeps_multi_apart: lane.has_numbers(),
        has_long_inserts: !lane.has_deadline(),
        option_bytes: work.options.bytes(),
    }
}

/// Sends one command after the other, until a failure ends the bulk.
async fn send_all(lane: &mut Lane<'_>, work: &Work, progress: &Progress) {
    // A refusal ends an ordered bulk, and a transaction.
    let goes_past_refusals = work.options.is_unordered && !lane.is_in_transaction();
    let mut goes_on = true;
    while let Some(group) = progress.current().filter(|_| goes_on) {
        let sent = match lane.is_late() {
            true => Err(Error::new(ErrorKind::Timeout, Outcome::NotSent)),
            false => send(lane, work, &group).await,
        };
        goes_on = progress.advance(|report| match sent {
            Ok(reply) => {
                let is_ordered = !work.options.is_unordered;
                report.add(&group, is_ordered, reply) || goes_past_refusals
            }
            Err(error) => {
                report.fail(&group, error);
                false
            }
        });
    }
}

async fn send(lane: &mut Lane<'_>, work: &Work, group: &Group) -> Result<Reply> {
    match group.kind {
        Kind::Insert if !lane.has_deadline() => insert(lane, work, group).await,
        _ => lane.send(work, group).await.map(|reply| Reply::read(&reply)),
    }
}

/// The commands as they are sent, without what is added for one sending.
pub(crate) fn preview(work: &Work) -> Result<Vec<Document>> {
    let rules = Rules {
        is_ordered: !work.options.is_unordered,
        keeps_multi_apart: true,
        has_long_inserts: true,
        option_bytes: work.options.bytes(),
    };
    let sending =
        Sending { write_concern: work.options.write_concern.clone(), ..Sending::default() };
    let shown = plan(&work.statements, rules).into_iter().map(|group| {
        let bytes = assemble(&work.statements, &group, (&work.options, &sending))?;
        let raw = RawDocument::from_bytes(&bytes);
        let document = raw.and_then(Document::try_from);
        document.map_err(|error| Error::invalid(error.to_string()))
    });
    shown.collect()
}
