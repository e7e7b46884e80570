//! A bulk from its first command to its result.

use std::sync::Arc;

use mongodb::bson::{Document, RawDocument};

use crate::{
    error::{Access, Error, Result},
    executor::Call,
    options::WriteConcern,
};

use super::{
    assemble::{Added, assemble},
    exchange::{Draft, exchange},
    lane::Lane,
    plan::{Group, Rules, plan},
    progress::Progress,
    reply::Reply,
    report::Written,
    server,
    work::Work,
};

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
    let ran = call.run_attempts(|mut call| async move {
        let written = execute(&mut call, &planned, &done).await;
        call.conclude(written)
    });
    match ran.await {
        Err(error) => progress.cut_off(error, &work, is_in_transaction),
        written => written,
    }
}

async fn execute(call: &mut Call, work: &Work, progress: &Progress) -> Result<Written> {
    let mut lane = Lane::open(call).await?;
    let concerns = concerns(&lane, work)?;
    let groups = plan(&work.statements, rules(&lane, work));
    let is_better = server::is_better(&mut lane, work, &groups);
    progress.begin(groups);
    match is_better {
        true => server::run(&mut lane, work, (concerns.first(), progress)).await,
        false => send_all(&mut lane, work, (&concerns, progress)).await,
    }
    progress.finish(work, lane.is_in_transaction())
}

/// The write concerns of the collections.
fn concerns(lane: &Lane<'_>, work: &Work) -> Result<Vec<Option<WriteConcern>>> {
    let all = work.options.command.write_concern.as_ref();
    if work.concerns.is_empty() {
        return Ok(vec![lane.write_concern(all)?]);
    }
    let own = work.concerns.iter().map(|own| {
        let given = all.or(own.as_ref());
        lane.write_concern(given).map(|concern| concern.filter(|_| given.is_some()))
    });
    own.collect()
}

fn rules(lane: &Lane<'_>, work: &Work) -> Rules {
    Rules {
        is_ordered: work.is_ordered(),
        keeps_multi_apart: lane.has_numbers(),
        option_bytes: work.options.command.bytes(),
    }
}

/// Sends one command after the other, until a failure ends the bulk.
async fn send_all(
    lane: &mut Lane<'_>,
    work: &Work,
    (concerns, progress): (&[Option<WriteConcern>], &Progress),
) {
    // A refusal ends an ordered bulk, and a transaction.
    let goes_past_refusals = !work.is_ordered() && !lane.is_in_transaction();
    let mut goes_on = true;
    while let Some(group) = progress.current().filter(|_| goes_on) {
        let concern = concerns.get(group.collection).or(concerns.first());
        let sent = send(lane, work, (&group, concern.cloned().flatten())).await;
        goes_on = progress.advance(|report| match sent {
            Ok(reply) => report.add(&group, work.is_ordered(), reply) || goes_past_refusals,
            Err(error) => {
                report.fail(&group, error);
                false
            }
        });
    }
}

async fn send(
    lane: &mut Lane<'_>,
    work: &Work,
    (group, write_concern): (&Group, Option<WriteConcern>),
) -> Result<Reply> {
    let assemble =
        |added: &Added| assemble(&work.statements, group, (&work.options.command, added));
    let draft = Draft {
        assemble: &assemble,
        added: Added { write_concern, ..Added::default() },
        is_repeatable: !group.has_multi,
        access: Access::ManyWrites,
    };
    Reply::read(&exchange(lane, draft).await?, group.indexes.len())
}

/// The commands as they are sent, without what is added for one sending.
pub(crate) fn preview(work: &Work) -> Result<Vec<Document>> {
    let options = &work.options.command;
    let rules = Rules {
        is_ordered: work.is_ordered(),
        keeps_multi_apart: true,
        option_bytes: options.bytes(),
    };
    let added = Added { write_concern: options.write_concern.clone(), ..Added::default() };
    let shown = plan(&work.statements, rules).into_iter().map(|group| {
        let bytes = assemble(&work.statements, &group, (options, &added))?;
        let raw = RawDocument::from_bytes(&bytes);
        let document = raw.and_then(Document::try_from);
        document.map_err(|error| Error::invalid(error.to_string()))
    });
    shown.collect()
}
