//! The server's own `bulkWrite`, from MongoDB 8.0, through the driver.
//!
//! It takes statements of several kinds and collections in one command. Our own commands are sent
//! where one of them is enough, because their statements are bytes already. They are also sent for
//! a bulk with a time limit, which the driver's action does not take, and for a bulk with
//! statements on many documents, which would prevent the repetition of all others.
//!
//! The tests have no server of that version. They test how statements become models, and how
//! results and errors are read.
//!
//! Manual: [`bulkWrite`](https://www.mongodb.com/docs/manual/reference/command/bulkWrite/).

use std::collections::BTreeSet;

use mongodb::{
    Namespace,
    bson::{Bson, Document, RawDocument, serialize_to_document},
    error::{BulkWriteError, Error as DriverError, ErrorKind as Driver, PartialBulkWriteResult},
    options::{
        BulkWriteOptions, DeleteOneModel, InsertOneModel, ReplaceOneModel, UpdateModifications,
        UpdateOneModel, WriteModel,
    },
    results::VerboseBulkWriteResult,
};

use crate::{
    common_options::CommandOptions,
    error::{Access, Error, FailedWrite, Outcome, Result, replied_kind},
    options::WriteConcern,
    support::driver_text,
};

use super::{
    lane::Lane, plan::Group, progress::Progress, report::Report, statements::Kind, work::Work,
};

/// Whether it needs fewer commands, without a disadvantage.
pub(super) fn is_better(lane: &mut Lane<'_>, work: &Work, groups: &[Group]) -> bool {
    let one_concern = work.concerns.windows(2).all(|two| two[0] == two[1]);
    let takes_all = !lane.has_deadline() && !groups.iter().any(|group| group.has_multi);
    groups.len() > 1 && takes_all && one_concern && lane.has_numbers() && has_bulk_write(lane)
}

/// The first server version that has the command: MongoDB 8.0.
const BULK_WRITE: i32 = 25;

/// Whether every server has the command.
fn has_bulk_write(lane: &mut Lane<'_>) -> bool {
    driver_text::oldest_wire_version(lane.session()).is_some_and(|version| version >= BULK_WRITE)
}

/// Runs the statements and adds what became of them.
pub(super) async fn run(
    lane: &mut Lane<'_>,
    work: &Work,
    (concern, progress): (Option<&Option<WriteConcern>>, &Progress),
) {
    let count = work.statements.len();
    let models = match models(lane, work) {
        Ok(models) => models,
        Err(error) => return progress.advance_to_end(|report| add_failure(report, count, error)),
    };
    let client = lane.session().client();
    let options = options(work, concern.cloned().flatten());
    let action = client.bulk_write(models).with_options(options).verbose_results();
    let result = action.session(lane.session()).await;
    lane.driver_has_written();
    progress.advance_to_end(|report| match result {
        Ok(result) => add_result(report, &result),
        Err(error) => add_error(report, (count, !work.is_ordered()), error),
    });
}

fn options(work: &Work, concern: Option<WriteConcern>) -> BulkWriteOptions {
    let CommandOptions { is_unordered, bypass_validation, let_vars, comment, .. } =
        work.options.command.clone();
    let mut options = BulkWriteOptions::default();
    options.ordered = Some(!is_unordered);
    options.bypass_document_validation = bypass_validation.then_some(true);
    options.comment = comment;
    options.let_vars = let_vars;
    options.write_concern = concern;
    options
}

fn models(lane: &Lane<'_>, work: &Work) -> Result<Vec<WriteModel>> {
    work.options.command.check_let()?;
    let statements = &work.statements;
    let models = (0..statements.len()).map(|index| {
        let family = statements.family(index);
        let name = statements.collection(family.collection);
        let namespace = lane.namespace(name);
        let raw = RawDocument::from_bytes(statements.get(index));
        let statement = raw.and_then(Document::try_from);
        let statement = statement.map_err(|error| Error::invalid(error.to_string()))?;
        Ok(model(namespace, family.kind, statement))
    });
    models.collect()
}

fn model(namespace: Namespace, kind: Kind, mut statement: Document) -> WriteModel {
    if kind == Kind::Insert {
        return InsertOneModel::builder().namespace(namespace).document(statement).build().into();
    }
    let filter = document(statement.remove("q")).unwrap_or_default();
    let collation = document(statement.remove("collation"));
    let hint = statement.remove("hint");
    if kind == Kind::Delete {
        let model = DeleteOneModel::builder().namespace(namespace).filter(filter);
        return model.collation(collation).hint(hint).build().into();
    }
    let upsert = statement.get_bool("upsert").ok();
    let sort = document(statement.remove("sort"));
    let update = match statement.remove("u") {
        Some(Bson::Array(stages)) => UpdateModifications::Pipeline(
            stages.into_iter().filter_map(|stage| document(Some(stage))).collect(),
        ),
        change => {
            let change = document(change).unwrap_or_default();
            if !change.keys().next().is_some_and(|first| first.starts_with('$')) {
                let model = ReplaceOneModel::builder().namespace(namespace).filter(filter);
                let model = model.replacement(change).collation(collation).hint(hint);
                return model.upsert(upsert).sort(sort).build().into();
            }
            UpdateModifications::Document(change)
        }
    };
    let array_filters = statement.get_array("arrayFilters").ok().cloned();
    let model = UpdateOneModel::builder().namespace(namespace).filter(filter).update(update);
    let model = model.array_filters(array_filters).collation(collation).hint(hint);
    model.upsert(upsert).sort(sort).build().into()
}

/// An error instead of a reply. The driver may have sent the command twice.
fn unanswered(error: DriverError) -> Error {
    let error = Error::from_driver(error, Access::ManyWrites);
    match error.outcome() {
        Outcome::Partial => error.with_outcome(Outcome::Unknown),
        _ => error,
    }
}

fn document(value: Option<Bson>) -> Option<Document> {
    match value {
        Some(Bson::Document(document)) => Some(document),
        _ => None,
    }
}

fn add_result(report: &mut Report, result: &VerboseBulkWriteResult) {
    let (summary, written) = (&result.summary, &mut report.written);
    let count = |count: i64| u64::try_from(count).unwrap_or_default();
    written.inserted += count(summary.inserted_count);
    written.matched += count(summary.matched_count);
    written.modified += count(summary.modified_count);
    written.deleted += count(summary.deleted_count);
    for (index, update) in &result.update_results {
        if let Some(id) = &update.upserted_id {
            written.upserted_ids.insert(*index, id.clone());
        }
    }
}

fn add_error(report: &mut Report, (count, is_unordered): (usize, bool), error: DriverError) {
    let cause = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref());
    let cause = cause.map(|cause: &DriverError| unanswered(cause.clone()));
    let Driver::BulkWrite(failure) = &*error.kind else {
        return add_failure(report, count, unanswered(error));
    };
    let mut rest = without_result(failure, count);
    if let Some(PartialBulkWriteResult::Verbose(result)) = &failure.partial_result {
        add_result(report, result);
    }
    for (index, refused) in &failure.write_errors {
        let refused = serialize_to_document(refused).unwrap_or_default();
        report.failures.push(FailedWrite::new(*index, replied_kind(&refused)));
    }
    if let Some(concern) = failure.write_concern_errors.first() {
        let concern = serialize_to_document(concern).unwrap_or_default();
        report.concern = Some(replied_kind(&concern));
    }
    if let Some(refused) = failure.write_errors.keys().min().filter(|_| !is_unordered) {
        report.not_applied.extend(rest.split_off(refused));
    }
    if let Some(cause) = cause {
        match cause.outcome() {
            Outcome::NotSent | Outcome::NotApplied => report.not_applied.extend(rest),
            _ => report.unknown.extend(rest),
        }
        report.cause = Some(cause);
    }
}

/// Statements that are in no list of a reply.
fn without_result(failure: &BulkWriteError, count: usize) -> BTreeSet<usize> {
    let mut rest: BTreeSet<_> = (0..count).collect();
    if let Some(PartialBulkWriteResult::Verbose(result)) = &failure.partial_result {
        let inserts = result.insert_results.keys().chain(result.delete_results.keys());
        for index in inserts.chain(result.update_results.keys()) {
            rest.remove(index);
        }
    }
    for index in failure.write_errors.keys() {
        rest.remove(index);
    }
    rest
}

/// An error instead of results.
fn add_failure(report: &mut Report, count: usize, error: Error) {
    match error.outcome() {
        Outcome::NotSent | Outcome::NotApplied => report.not_applied.extend(0..count),
        _ => report.unknown.extend(0..count),
    }
    report.cause = Some(error);
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)] // Lists of ranges are what is told.
mod tests {
    use mongodb::{
        bson::{deserialize_from_document, doc, serialize_to_document},
        error::WriteError,
        results::{InsertOneResult, UpdateResult},
    };

    use super::*;
    use crate::error::{BulkWriteFailure, ErrorKind};

    fn shown(kind: Kind, statement: Document) -> (Document, WriteModel) {
        let model = model(Namespace::new("shop", "orders"), kind, statement);
        (serialize_to_document(&model).unwrap(), model)
    }

    #[test]
    fn an_update_statement_becomes_a_model_with_all_of_its_options() {
        let (update, model) = shown(
            Kind::Update,
            doc! {
                "q": { "_id": 1 }, "u": { "$set": { "a.$[i]": 1 } },
                "arrayFilters": [{ "i": 2 }], "upsert": true, "sort": { "b": 1 },
                "hint": "_id_", "collation": { "locale": "en" },
            },
        );
        let expected = doc! {
            "filter": { "_id": 1 }, "updateMods": { "$set": { "a.$[i]": 1 } },
            "arrayFilters": [{ "i": 2 }], "collation": { "locale": "en" }, "hint": "_id_",
            "upsert": true, "sort": { "b": 1 },
        };
        assert_eq!(update, expected);
        assert!(matches!(model, WriteModel::UpdateOne(_)));
    }

    #[test]
    fn pipelines_replacements_deletes_and_inserts_become_their_models() {
        let stages = doc! { "q": {}, "u": [{ "$set": { "a": 1 } }] };
        let (pipeline, _) = shown(Kind::Update, stages);
        assert_eq!(pipeline, doc! { "filter": {}, "updateMods": [{ "$set": { "a": 1 } }] });
        let (replaced, model) = shown(Kind::Update, doc! { "q": { "_id": 1 }, "u": { "a": 1 } });
        assert_eq!(replaced, doc! { "filter": { "_id": 1 }, "updateMods": { "a": 1 } });
        assert!(matches!(model, WriteModel::ReplaceOne(_)));
        let (deleted, _) = shown(Kind::Delete, doc! { "q": { "a": 1 }, "limit": 1, "hint": "x" });
        assert_eq!(deleted, doc! { "filter": { "a": 1 }, "hint": "x" });
        let (inserted, _) = shown(Kind::Insert, doc! { "_id": 1 });
        assert_eq!(inserted, doc! { "document": { "_id": 1 } });
    }

    /// Four statements: an insert and an upsert that succeed, a refusal, one without a result.
    fn refused_at_2() -> BulkWriteError {
        let mut result = VerboseBulkWriteResult::default();
        result.summary.inserted_count = 1;
        result.summary.upserted_count = 1;
        result.insert_results.insert(0, InsertOneResult::default());
        let mut upserted = UpdateResult::default();
        upserted.upserted_id = Some(Bson::Int32(7));
        result.update_results.insert(1, upserted);
        let refused = doc! { "code": 11000, "errmsg": "E11000 …" };
        let refused: WriteError = deserialize_from_document(refused).unwrap();
        let mut failure = BulkWriteError::default();
        failure.partial_result = Some(PartialBulkWriteResult::Verbose(result));
        failure.write_errors.insert(2, refused);
        failure
    }

    fn told(error: DriverError, is_unordered: bool) -> BulkWriteFailure {
        let mut report = Report::default();
        add_error(&mut report, (4, is_unordered), error);
        let error = report.into_result(false, 4).unwrap_err();
        let ErrorKind::BulkWrite(failure) = error.kind() else { panic!("{error:?}") };
        failure.clone()
    }

    #[test]
    fn a_refusal_ends_an_ordered_bulk_and_what_was_done_is_told() {
        let failure = told(Driver::BulkWrite(refused_at_2()).into(), false);
        assert_eq!((failure.inserted, failure.upserted), (1, 1));
        assert_eq!(failure.upserted_ids, [(1, Bson::Int32(7))].into());
        assert!(matches!(
            failure.failures.as_slice(),
            [FailedWrite { index: 2, kind: ErrorKind::DuplicateKey(_) }]
        ));
        assert_eq!((failure.not_applied, failure.unknown.len()), (vec![3..4], 0));
    }

    #[test]
    fn without_a_reply_everything_is_unknown() {
        let lost = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let failure = told(lost.into(), false);
        assert_eq!((failure.unknown, failure.not_applied.len()), (vec![0..4], 0));
    }
}
