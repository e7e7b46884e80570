//! Transactions: money moves from one account to another, or it does not.
//!
//! A transfer that fails in the middle leaves nothing behind; twenty transfers at once, which get
//! in each other's way, are run again until they succeed. Needs nothing: without `MONGODB_URI` it
//! starts a replica set of its own.
//!
//! ```text
//! at first       anna 100, bert 50, total 150
//! moved 30       anna 70, bert 80, total 150
//! refused        anna has 70, not 500
//! after that     anna 70, bert 80, total 150
//! crossed 20x    anna 70, bert 80, total 150
//! swallowed      cannot commit in transactions: the transaction was aborted by an error before: cannot insert into transactions.accounts: the unique index _id_ of transactions.accounts has the same _id already
//! at the end     anna 70, bert 80, total 150
//! ```

use std::fmt;

use odm::{Database, Transaction, prelude::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "accounts", read_concern = "majority", write_concern = "majority")]
struct Account {
    #[model(id)]
    id: String,
    balance: i64,
}

/// The errors of a transfer; what the database says is one of them.
#[derive(Debug)]
enum TransferError {
    Poor { who: String, has: i64, needs: i64 },
    Database(odm::Error),
}

impl From<odm::Error> for TransferError {
    fn from(error: odm::Error) -> Self {
        Self::Database(error)
    }
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Poor { who, has, needs } => write!(f, "{who} has {has}, not {needs}"),
            Self::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TransferError {}

/// Books first and looks afterwards: an error undoes what was booked.
async fn book(tx: &Transaction, from: &str, to: &str, amount: i64) -> Result<(), TransferError> {
    let giver = Account::update().filter(|a| a.id().eq(from)).inc(|a| a.balance(), -amount);
    let giver = giver.fetch_after(tx).await?;
    let taker = Account::update().filter(|a| a.id().eq(to)).inc(|a| a.balance(), amount);
    taker.one(tx).await?;
    match giver {
        Some(Account { balance, .. }) if balance >= 0 => Ok(()),
        giver => {
            let has = giver.map_or(0, |giver| giver.balance + amount);
            Err(TransferError::Poor { who: from.to_owned(), has, needs: amount })
        }
    }
}

async fn transfer(db: &Database, from: &str, to: &str, amount: i64) -> Result<(), TransferError> {
    db.try_transaction(|tx| async move { book(&tx, from, to, amount).await }).await
}

#[tokio::main]
async fn main() -> Result<(), TransferError> {
    let server = examples::server("transactions").await?;
    let db = &server.db;
    Account::delete().all_documents().many(db).await?;
    let accounts = [("anna", 100), ("bert", 50)];
    let accounts = accounts.map(|(id, balance)| Account { id: id.into(), balance });
    Account::insert_many(&accounts).run(db).await?;
    show("at first", db).await?;

    transfer(db, "anna", "bert", 30).await?;
    show("moved 30", db).await?;

    if let Err(error) = transfer(db, "anna", "bert", 500).await {
        println!("{:<14} {error}", "refused");
    }
    show("after that", db).await?;

    // Write conflicts are no errors here: the transaction is run again.
    let there = (0..10).map(|_| transfer(db, "anna", "bert", 1));
    let back = (0..10).map(|_| transfer(db, "bert", "anna", 1));
    let (there, back) = (futures::future::try_join_all(there), futures::future::try_join_all(back));
    futures::try_join!(there, back)?;
    show("crossed 20x", db).await?;

    // An error that is not passed on is found at the commit.
    let swallowed = db.transaction(|tx| async move {
        let add = Account::update().filter(|a| a.id().eq("bert")).inc(|a| a.balance(), 1000);
        add.one(&tx).await?;
        let anna = Account { id: "anna".into(), balance: 0 };
        drop(Account::insert(&anna).run(&tx).await);
        Ok(())
    });
    if let Err(error) = swallowed.await {
        println!("{:<14} {error}", "swallowed");
    }
    show("at the end", db).await
}

async fn show(when: &str, db: &Database) -> Result<(), TransferError> {
    let accounts = Account::find().sort(|a| a.id().asc()).all(db).await?;
    let total: i64 = accounts.iter().map(|account| account.balance).sum();
    let accounts = accounts.iter().map(|account| format!("{} {}", account.id, account.balance));
    println!("{when:<14} {}, total {total}", accounts.collect::<Vec<_>>().join(", "));
    Ok(())
}
