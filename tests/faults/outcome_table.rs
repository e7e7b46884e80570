//! What an error tells of a write, against what is stored: every verb, every code, every way to
//! lose a message.

use std::collections::BTreeMap;

use mongodb::error::RETRYABLE_WRITE_ERROR;
use odm::{Database, Outcome};
use tests::{Commands, Connect, Lost, Member, Proxy, database};

use crate::writes::{Counter, Write, every_write, fail, primary, reset, stored, undisturbed};

/// Refusals before and in the middle of the work, of one member and of a router.
const CODES: [i32; 12] = [6, 13, 24, 50, 91, 189, 217, 8000, 10107, 11601, 11602, 13435];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    /// The write is applied, its reply is lost, and the repetition is refused.
    ReplyLost,
    /// The request is lost, and the repetition is refused.
    RequestLost,
    /// Refused with the label that asks for a repetition, and refused again.
    RefusedTwice,
    /// Refused once, without that label.
    Refused,
}

impl Case {
    const ALL: [Self; 4] = [Self::ReplyLost, Self::RequestLost, Self::RefusedTwice, Self::Refused];

    /// After a lost message, a client waits for half a second; so not all codes are worth it.
    fn codes(self) -> &'static [i32] {
        match self {
            Self::ReplyLost => &[13, 24, 50, 217, 8000, 11601],
            Self::RequestLost => &[13, 91],
            Self::RefusedTwice | Self::Refused => &CODES,
        }
    }
}

struct Table {
    db: Database,
    commands: Commands,
    proxy: Proxy,
    primary: Member,
}

impl Table {
    async fn of(name: &str) -> Self {
        let primary = primary().await;
        let proxy = Proxy::before(primary).await;
        let (db, commands) = Connect::to(proxy.uri()).app_name(name).database(name).await;
        Self { db, commands, proxy, primary }
    }

    /// What is told, and what is stored.
    async fn cell(&self, write: &Write, code: i32, case: Case) -> (Outcome, Vec<Counter>) {
        reset(&self.db).await;
        self.commands.clear();
        let point = fail(&self.db, write.command).error_code(code);
        let labels = if case == Case::Refused { &[][..] } else { &[RETRYABLE_WRITE_ERROR][..] };
        let point = point.error_labels(labels);
        let enabled = match case {
            Case::RefusedTwice => point.times(2).on(self.primary).await,
            Case::Refused => point.times(1).on(self.primary).await,
            Case::ReplyLost | Case::RequestLost => {
                let never = fail(&self.db, "none").close_connection().on(self.primary).await;
                let (point, handle) = (point.times(1), never.handle());
                self.commands.then_once(write.command, move || point.replace_blocking(&handle));
                let lost = if case == Case::ReplyLost { Lost::Reply } else { Lost::Request };
                self.proxy.cut(lost, 1, &[write.command]);
                never
            }
        };
        let told = (write.run)(self.db.clone()).await;
        enabled.off().await;
        let told = told.map_or_else(|error| error.outcome(), |_| panic!("{} {code}", write.name));
        (told, stored(&self.db).await)
    }
}

/// No cell says that a write was not applied if it was, or the other way round.
#[tokio::test]
async fn no_cell_of_the_table_of_outcomes_is_wrong() {
    let calm = database("table_of_outcomes_calm").await;
    let table = Table::of("table_of_outcomes").await;
    let mut told = BTreeMap::new();
    for write in every_write() {
        let (_, applied) = undisturbed(&write, &calm).await;
        let untouched = reset(&calm).await;
        for case in Case::ALL {
            for &code in case.codes() {
                let cell = format!("{}, {code}, {case:?}", write.name);
                let (outcome, left) = table.cell(&write, code, case).await;
                match outcome {
                    Outcome::NotSent | Outcome::NotApplied => assert_eq!(left, untouched, "{cell}"),
                    Outcome::Applied => assert_eq!(left, applied, "{cell}"),
                    _ => assert!(left == applied || left == untouched, "{cell}: {left:?}"),
                }
                *told.entry((format!("{case:?}"), format!("{outcome:?}"))).or_insert(0) += 1;
            }
        }
    }
    println!("{told:#?}");
    let count = |case: &str, outcome: &str| -> usize {
        told.get(&(case.to_owned(), outcome.to_owned())).copied().unwrap_or_default()
    };
    // A lost reply leaves everything open, and a refusal is no excuse for not knowing.
    let verbs = every_write().len();
    assert_eq!(count("ReplyLost", "Unknown"), verbs * Case::ReplyLost.codes().len());
    assert!(count("Refused", "NotApplied") > 100, "{told:?}");
}
