//! Runs chains in batches: some documents, as many updates, one find that reads all. If it finds
//! a document that the model cannot read, the batch is run again, one update at a time.

use futures::TryStreamExt;
use odm::{
    bson::Document,
    options::{Acknowledgment, WriteConcern},
    prelude::*,
};
use tests::{Connect, Random, shared_set};

use super::{
    chain::{Chain, DOCUMENTS, Parts},
    report::{Failure, Report},
    stored::{read, stored},
    subject::{Number, Subject},
};

/// A database whose writes do not wait for secondaries.
pub(super) async fn database(name: &str) -> Database {
    let connect = Connect::to(shared_set().await.uri()).options(|options| {
        options.write_concern = Some(WriteConcern::builder().w(Acknowledgment::Nodes(1)).build());
    });
    connect.database(name).await.0
}

/// A generator of its own for every model and batch.
pub(super) fn generator(seed: u64, name: &str, batch: u64) -> Random {
    let parts = name.bytes().map(u64::from).chain([batch]);
    let mixed = parts.fold(seed, |mixed, part| {
        let mixed = (mixed ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed ^ (mixed >> 29)
    });
    Random(mixed | 1)
}

/// Runs this many chains, and says what became of them.
pub(super) async fn chains<M: Subject>(name: &str, seed: u64, chains: u64) -> Report {
    let bench = Bench { db: database(name).await, parts: Parts::<M>::new() };
    let mut report = Report::new(seed);
    for number in 0..chains.div_ceil(DOCUMENTS.into()) {
        let batch = Batch::random(&bench.parts, generator(seed, name, number), &mut report);
        bench.run(&batch, &mut report).await;
    }
    report
}

/// Documents, and the chains that are run on them.
struct Batch<M> {
    documents: Vec<Document>,
    chains: Vec<Chain<M>>,
}

impl<M: Subject> Batch<M> {
    /// Chains that are refused before anything is sent are counted, and others take their place.
    fn random(parts: &Parts<M>, mut random: Random, report: &mut Report) -> Self {
        let documents = (0..DOCUMENTS).map(|n| stored::<M>(M::Id::number(n), &mut random));
        let documents = documents.collect();
        let mut chains = Vec::new();
        while chains.len() < DOCUMENTS as usize {
            let chain = Chain::random(parts, &mut random);
            match chain.update(parts).as_document() {
                Ok(_) => chains.push(chain),
                Err(_) => report.refused_locally += 1,
            }
        }
        Self { documents, chains }
    }
}

struct Bench<M> {
    db: Database,
    parts: Parts<M>,
}

impl<M: Subject> Bench<M> {
    async fn run(&self, batch: &Batch<M>, report: &mut Report) {
        self.fill(&batch.documents).await;
        for chain in &batch.chains {
            let result = chain.run(&self.parts, &self.db).await;
            report.count(&result, chain.operators(&self.parts).map(|change| change.operator));
        }
        if self.all().await.iter().any(|document| read::<M>(document).is_err()) {
            self.replay(batch, report).await;
        }
    }

    /// Finds the chains that leave unreadable documents. Such documents are removed, so that each
    /// is told once.
    async fn replay(&self, batch: &Batch<M>, report: &mut Report) {
        self.fill(&batch.documents).await;
        let mut before = batch.documents.clone();
        for chain in &batch.chains {
            // Counted before; whether it left what can be read is all that matters here.
            let _ = chain.run(&self.parts, &self.db).await;
            let after = self.all().await;
            let unreadable: Vec<_> = after.iter().filter(|d| read::<M>(d).is_err()).collect();
            for document in &unreadable {
                let before = before.iter().find(|before| before.get("_id") == document.get("_id"));
                let failure = self.smallest(chain, before, document).await;
                report.fail(failure);
            }
            if !unreadable.is_empty() {
                let readable = after.iter().filter(|d| read::<M>(d).is_ok()).cloned();
                before = readable.collect();
                self.fill(&before).await;
            } else {
                before = after;
            }
        }
    }

    /// The failure with one operator, if one alone makes it.
    async fn smallest(
        &self,
        chain: &Chain<M>,
        before: Option<&Document>,
        after: &Document,
    ) -> Failure {
        for single in chain.single() {
            self.fill(before.map(std::slice::from_ref).unwrap_or_default()).await;
            let _ = single.run(&self.parts, &self.db).await;
            let left = self.all().await;
            if let Some(after) = left.iter().find(|document| read::<M>(document).is_err()) {
                return self.failure(&single, before, after);
            }
        }
        self.failure(chain, before, after)
    }

    fn failure(&self, chain: &Chain<M>, before: Option<&Document>, after: &Document) -> Failure {
        let operators = chain.operators(&self.parts);
        let operators = operators.map(|change| format!("{} {}", change.operator, change.path));
        Failure {
            operators: operators.collect::<Vec<_>>().join(", "),
            statement: chain.update(&self.parts).as_document().expect("a valid update"),
            before: before.cloned(),
            after: after.clone(),
            error: read::<M>(after).err().map(|error| error.to_string()).unwrap_or_default(),
        }
    }

    async fn fill(&self, documents: &[Document]) {
        let collection = self.db.as_driver().collection::<Document>(M::COLLECTION);
        collection.delete_many(doc! {}).await.expect("an empty collection");
        if !documents.is_empty() {
            collection.insert_many(documents).await.expect("documents as they are");
        }
    }

    async fn all(&self) -> Vec<Document> {
        let collection = self.db.as_driver().collection::<Document>(M::COLLECTION);
        let found = collection.find(doc! {}).batch_size(1_000).await.expect("a find");
        found.try_collect().await.expect("all documents")
    }
}

/// Whole documents: what is inserted and what replaces it is read as it was written.
pub(super) async fn whole<M: Subject>(name: &str, seed: u64, documents: u32) {
    let db = database(name).await;
    let random = &mut generator(seed, name, 0);
    for number in 0..documents {
        let id = M::Id::number(number);
        let mut written = None;
        for value in [(); 4].map(|()| M::any(random).with_id(id.clone())) {
            let result = match &written {
                None => M::insert(&value).run(&db).await.map(drop),
                Some(_) => M::replace(&value).run(&db).await.map(drop),
            };
            match result {
                Ok(()) => written = Some(value),
                Err(error) => assert!(is_top_level_name(&error), "seed {seed}: {error}"),
            }
            let found = M::find().filter(|_| M::is(&id)).first(&db).await;
            let found = found.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            assert!(found == written, "seed {seed}, document {number}");
        }
    }
}

/// The server takes no `$` at the beginning of a document's own fields, which those of a flattened
/// map are. A replacement is refused before it is sent.
fn is_top_level_name(error: &odm::Error) -> bool {
    match error.kind() {
        ErrorKind::Server(error) => error.name == "DollarPrefixedFieldName",
        ErrorKind::Invalid(text) => text.ends_with("which would be an update operator"),
        _ => false,
    }
}
