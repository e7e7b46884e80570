//! How the server answers a query.
//!
//! Knows targets and the server's plans. Does not know queries.

use mongodb::bson::{Bson, Document, doc};

use crate::{
    error::{Access, Result},
    executor::{Call, Purpose, Target, in_session},
};

const EXPLAIN: Purpose = Purpose::new(Access::Read, "explain in");

/// How the server answered a query: what it used and how much it read.
///
/// Manual: [explain results](https://www.mongodb.com/docs/manual/reference/explain-results/).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explain {
    /// The names of the indexes that were used.
    pub indexes: Vec<String>,
    /// The stages of the plan, the last one first: `FETCH`, `IXSCAN`; then those of the pipeline.
    pub stages: Vec<String>,
    /// How many keys of indexes were read.
    pub keys_examined: u64,
    /// How many documents were read.
    pub documents_examined: u64,
    /// How many documents the plan handed on.
    pub returned: u64,
    /// The server's whole answer.
    pub raw: Document,
}

impl Explain {
    /// Whether every document of the collection was read (`COLLSCAN`).
    #[doc(alias = "COLLSCAN")]
    pub fn is_collection_scan(&self) -> bool {
        self.has_stage("COLLSCAN")
    }

    /// Whether documents were sorted after they had been read (`SORT`): no index gave the order.
    #[doc(alias = "SORT")]
    pub fn sorts(&self) -> bool {
        self.has_stage("SORT") || self.has_stage("$sort")
    }

    /// Whether no document was read: an index had all that was asked for.
    pub fn is_covered(&self) -> bool {
        !self.indexes.is_empty() && self.documents_examined == 0
    }

    /// Whether the plan or the pipeline has a stage.
    pub fn has_stage(&self, name: &str) -> bool {
        self.stages.iter().any(|stage| stage == name)
    }

    fn of(raw: Document) -> Self {
        let mut explain = Self {
            indexes: Vec::new(),
            stages: Vec::new(),
            keys_examined: 0,
            documents_examined: 0,
            returned: 0,
            raw: Document::new(),
        };
        explain.read(&raw);
        explain.raw = raw;
        explain
    }

    /// Reads one member's answer, or that of all shards.
    fn read(&mut self, answer: &Document) {
        if let Ok(plan) =
            answer.get_document("queryPlanner").and_then(|it| it.get_document("winningPlan"))
        {
            self.read_plan(plan.get_document("queryPlan").unwrap_or(plan));
        }
        if let Ok(stats) = answer.get_document("executionStats") {
            self.keys_examined += number(stats, "totalKeysExamined");
            self.documents_examined += number(stats, "totalDocsExamined");
            self.returned += number(stats, "nReturned");
        }
        for stage in answer.get_array("stages").into_iter().flatten().filter_map(Bson::as_document)
        {
            match stage.get_document("$cursor") {
                Ok(cursor) => self.read(cursor),
                Err(_) => {
                    self.stages.extend(stage.keys().find(|key| key.starts_with('$')).cloned())
                }
            }
        }
        let shards = answer.get_document("shards").ok();
        for shard in shards.into_iter().flat_map(Document::values).filter_map(Bson::as_document) {
            self.read(shard);
        }
    }

    fn read_plan(&mut self, plan: &Document) {
        self.stages.extend(plan.get_str("stage").map(str::to_owned));
        if let Ok(index) = plan.get_str("indexName")
            && !self.indexes.iter().any(|known| known == index)
        {
            self.indexes.push(index.to_owned());
        }
        for (key, value) in plan {
            match value {
                Bson::Document(inner) if key.ends_with("Stage") => self.read_plan(inner),
                Bson::Array(inner) if key == "inputStages" => {
                    inner.iter().filter_map(Bson::as_document).for_each(|it| self.read_plan(it));
                }
                _ => {}
            }
        }
    }
}

/// A number that the server counts; 0 if there is none.
pub(crate) fn number(stats: &Document, name: &str) -> u64 {
    match stats.get(name) {
        Some(Bson::Int32(number)) => u64::try_from(*number).unwrap_or(0),
        Some(Bson::Int64(number)) => u64::try_from(*number).unwrap_or(0),
        _ => 0,
    }
}

/// Runs a command in order to see how it is answered.
pub(crate) async fn explain(target: Target, command: Document) -> Result<Explain> {
    target.check_no_transaction("`explain` cannot be used in a transaction", &EXPLAIN)?;
    let call = Call::begin(target, EXPLAIN).await?;
    let explained = call.run(|mut call| async move {
        let database = call.target().database();
        let action =
            database.run_command(doc! { "explain": command, "verbosity": "executionStats" });
        let explained = in_session!(call, action);
        call.settle(explained)
    });
    explained.await.map(Explain::of)
}
