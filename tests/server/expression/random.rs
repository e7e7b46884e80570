//! Random expressions over random documents: what the server answers decodes into the type that the
//! expression promises, and it refuses nothing but for a reason that the documentation names.
//!
//! `ODM_TREES=100000` makes more expressions, `ODM_SEED=7` makes others. A failure tells the seed,
//! the expression, the document and the answer.

mod documents;
mod trees;

use std::{env, fmt::Debug};

use futures::TryStreamExt;
use odm::{
    bson::{Bson, Document, RawDocumentBuf},
    expression::Expr,
    path::{Field, ReadingFields},
    prelude::*,
};
use tests::{Random, database};

use self::{
    documents::{Wild, document},
    trees::Trees,
};

/// Documents that each expression is computed from.
const DOCUMENTS: i64 = 24;

/// Causes of the server's errors that the documentation of the methods names, by a part of the
/// server's message.
const DOCUMENTED: &[&str] = &[
    // An integer beyond its type, NaN or infinity as an integer, a date beyond 64 bits.
    "overflow",
    "convert NaN value",
    "convert infinity value",
    "invalid dateAdd 'amount'",
    "invalid dateSubtract 'amount'",
    "can't take $abs of long long min",
    "invalid conversion from Decimal128 result in $round",
    "Can't coerce out of range value",
    "expects integer amount of time units",
    // A number that a function has no value for.
    "by zero",
    "must be in",
    "must be a positive number",
    "argument must be greater than or equal to 0",
    "cannot take a base of 0 and a negative exponent",
    // Positions, counts, limits.
    "32-bit integ",
    "must be nonnegative",
    "must be a nonnegative",
    "requires a nonnegative",
    "must be non-negative",
    "starting index must be nonnegative",
    "must be greater than 0",
    "$slice must be positive",
    "requires a non-zero step",
    "UTF-8 continuation byte",
    "in the middle of a UTF-8 character",
    // Text that is no number, and years that text has no form for.
    "Failed to parse",
    "outside the supported range of 0-9999",
    "must evaluate to",
];

fn number(name: &str, default: u64) -> u64 {
    env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[tokio::test]
async fn every_answer_decodes_into_the_promised_type() {
    let db = database("expression_random").await;
    let seed = number("ODM_SEED", 1);
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let rows: Vec<_> = (0..DOCUMENTS).map(|id| document(id, &mut random)).collect();
    db.as_driver().collection::<Document>("wild").insert_many(&rows).await.expect("documents");
    let mut bench = Bench { db, answers: 0, refusals: 0, mistakes: Vec::new() };
    for _ in 0..number("ODM_TREES", 40) {
        bench.run("integers", |trees| trees.whole(4), &mut random).await;
        bench.run("optional integers", |trees| trees.maybe_whole(4), &mut random).await;
        bench.run("floats", |trees| trees.float(4), &mut random).await;
        bench.run("decimals", |trees| trees.decimal(4), &mut random).await;
        bench.run("texts", |trees| trees.text(4), &mut random).await;
        bench.run("optional texts", |trees| trees.maybe_text(4), &mut random).await;
        bench.run("conditions", |trees| trees.truth(4), &mut random).await;
        bench.run("dates", |trees| trees.date(4), &mut random).await;
        bench.run("optional dates", |trees| trees.maybe_date(4), &mut random).await;
        bench.run("arrays", |trees| trees.list(4), &mut random).await;
        bench.run("optional arrays", |trees| trees.maybe_list(4), &mut random).await;
        bench.run("pairs", |trees| trees.list(3).zip(trees.list(3)), &mut random).await;
        bench.run("maps", |trees| trees.map(4), &mut random).await;
        bench.run("entries", |trees| trees.map(3).entries(), &mut random).await;
        bench.run("matches", |trees| trees.text(3).find_matches("[a-z]"), &mut random).await;
        bench.run("parts", |trees| trees.maybe_date(3).parts(), &mut random).await;
    }
    let mistakes = bench.mistakes.join("\n\n");
    assert!(mistakes.is_empty(), "seed {seed}:\n{mistakes}");
    assert!(bench.answers > bench.refusals * 2, "{} to {}", bench.answers, bench.refusals);
}

/// The result of an expression.
#[derive(Embedded)]
struct Answer<T> {
    v: T,
}

struct Bench {
    db: Database,
    answers: usize,
    refusals: usize,
    mistakes: Vec<String>,
}

impl Bench {
    /// Computes a random expression from all documents; if one of them makes the server refuse it,
    /// from one after the other.
    async fn run<T: Field + Debug>(
        &mut self,
        kind: &str,
        tree: impl FnOnce(&mut Trees<'_>) -> Expr<Wild, T>,
        random: &mut Random,
    ) {
        let code = written(tree, random);
        match self.computed(doc! {}, &code).await {
            Ok(answers) => answers.iter().for_each(|answer| self.check::<T>(kind, &code, answer)),
            Err(_) => {
                for id in 0..DOCUMENTS {
                    match self.computed(doc! { "_id": id }, &code).await {
                        Ok(answers) => {
                            answers.iter().for_each(|answer| self.check::<T>(kind, &code, answer));
                        }
                        Err(message) => self.refused(kind, &code, &message),
                    }
                }
            }
        }
    }

    async fn computed(&self, filter: Document, code: &Bson) -> Result<Vec<RawDocumentBuf>, String> {
        let rows = self.db.as_driver().collection::<RawDocumentBuf>("wild");
        let stages = [doc! { "$match": filter }, doc! { "$replaceWith": { "v": code } }];
        let answers = rows.aggregate(stages).with_type::<RawDocumentBuf>();
        let answers = async { answers.await?.try_collect::<Vec<_>>().await };
        answers.await.map_err(|error: mongodb::error::Error| match *error.kind {
            mongodb::error::ErrorKind::Command(refusal) => refusal.message,
            other => panic!("{other}"),
        })
    }

    fn check<T: Field + Debug>(&mut self, kind: &str, code: &Bson, answer: &RawDocumentBuf) {
        self.answers += 1;
        if let Err(error) = odm::codec::decode_document::<Answer<T>>(answer.as_bytes()) {
            self.mistakes.push(format!("{kind}: {error}\nthe answer {answer:?}\nto {code}"));
        }
    }

    fn refused(&mut self, kind: &str, code: &Bson, message: &str) {
        self.refusals += 1;
        let is_documented = DOCUMENTED.iter().any(|part| message.contains(part));
        if !is_documented {
            self.mistakes.push(format!("{kind}: {message}\nto {code}"));
        }
    }
}

fn written<T: Field>(
    tree: impl FnOnce(&mut Trees<'_>) -> Expr<Wild, T>,
    random: &mut Random,
) -> Bson {
    let mut code = None;
    let _ = Wild::expr(|row: ReadingFields<Wild>| {
        let tree = tree(&mut Trees::new(&row, random));
        code = Some(tree.as_bson().expect("a valid expression"));
        true
    });
    code.expect("an expression")
}
