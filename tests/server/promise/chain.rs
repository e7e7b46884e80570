//! One random update: which documents, which operators, by which verb.

use std::marker::PhantomData;

use odm::{Database, prelude::*};
use tests::Random;

use super::{
    any::{below, pick},
    subject::{Change, Number, Ready, Subject},
};

/// How many documents stand in the collection at once.
pub(super) const DOCUMENTS: u32 = 40;

/// What a model can be tested with.
pub(super) struct Parts<M> {
    pub(super) changes: Vec<Change<M>>,
    conditions: Vec<fn(&mut Random) -> Filter<M>>,
}

impl<M: Subject> Parts<M> {
    pub(super) fn new() -> Self {
        Self { changes: M::changes(), conditions: M::conditions() }
    }
}

/// An update, as the seeds that it is made of: without some of its operators, the others stay.
#[derive(Clone)]
pub(super) struct Chain<M> {
    target: u64,
    /// Operators by index, each with the seed of its values.
    changes: Vec<(usize, u64)>,
    model: PhantomData<fn() -> M>,
}

#[derive(Clone, Copy, Debug)]
enum Verb {
    One,
    Many,
    FetchBefore,
    FetchAfter,
    BulkOne,
    BulkMany,
}

const VERBS: [Verb; 6] =
    [Verb::One, Verb::Many, Verb::FetchBefore, Verb::FetchAfter, Verb::BulkOne, Verb::BulkMany];

impl<M: Subject> Chain<M> {
    /// A chain of one to four operators.
    pub(super) fn random(parts: &Parts<M>, random: &mut Random) -> Self {
        let changes = 0..pick(random, &[1, 1, 2, 2, 3, 4]);
        let changes = changes.map(|_| (below(random, parts.changes.len()), seed(random)));
        Self { changes: changes.collect(), target: seed(random), model: PhantomData }
    }

    /// The chain's operators, each alone.
    pub(super) fn single(&self) -> impl Iterator<Item = Self> {
        let single = self.changes.iter().filter(|_| self.changes.len() > 1);
        single.map(|change| Self { changes: vec![*change], ..self.clone() })
    }

    pub(super) fn operators<'a>(&self, parts: &'a Parts<M>) -> impl Iterator<Item = &'a Change<M>> {
        self.changes.iter().map(|(index, _)| &parts.changes[*index])
    }

    pub(super) fn update(&self, parts: &Parts<M>) -> Ready<M> {
        let update = self.target(parts);
        self.changes.iter().fold(update, |update, (index, seed)| {
            (parts.changes[*index].apply)(update, &mut Random(*seed))
        })
    }

    /// The filter, and whether a document is inserted.
    fn target(&self, parts: &Parts<M>) -> Ready<M> {
        let random = &mut Random(self.target);
        let known = u64::from(DOCUMENTS) + random.below(2) * 8;
        let number = u32::try_from(random.below(known)).expect("a small number");
        let condition = pick(random, &parts.conditions)(random);
        let (is, update) = (M::is(&M::Id::number(number)), M::update());
        let update = match random.below(12) {
            0 => update.all_documents(),
            1 | 2 => update.filter(|_| condition),
            3 => update.filter(|_| !condition & is),
            4 => update.filter(|_| condition | is),
            5..=7 => update.filter(|_| is & condition),
            8 => update.filter(|_| is).filter(|_| condition),
            _ => update.filter(|_| is),
        };
        match random.below(6) {
            0 => update.upsert(),
            _ => update,
        }
    }

    fn verb(&self) -> Verb {
        pick(&mut Random(self.target ^ 1), &VERBS)
    }

    /// Whether a document was changed or inserted.
    pub(super) async fn run(&self, parts: &Parts<M>, db: &Database) -> odm::Result<bool> {
        let update = self.update(parts);
        match self.verb() {
            Verb::One => update.one(db).await.map(|done| done.modified > 0),
            Verb::Many => update.many(db).await.map(|done| done.modified > 0),
            Verb::FetchBefore => update.fetch_before(db).await.map(|done| done.is_some()),
            Verb::FetchAfter => update.fetch_after(db).await.map(|done| done.is_some()),
            Verb::BulkOne => {
                M::bulk().update_one(update).run(db).await.map(|done| done.modified > 0)
            }
            Verb::BulkMany => {
                M::bulk().update_many(update).run(db).await.map(|done| done.modified > 0)
            }
        }
    }
}

/// A seed that is not 0.
fn seed(random: &mut Random) -> u64 {
    random.below(u64::MAX - 1) + 1
}
