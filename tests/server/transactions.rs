//! Transactions: all of the writes, or none.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use futures::TryStreamExt;
use odm::{
    Database, ErrorKind, Outcome, Transaction,
    error::TransactionFailure,
    options::{ReadConcern, WriteConcern},
    prelude::*,
};
use tests::{database, recorded};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "accounts")]
struct Account {
    #[model(id)]
    id: i64,
    balance: i64,
}

async fn with_accounts(name: &str) -> Database {
    let db = database(name).await;
    let accounts: Vec<_> = (1..=3).map(|id| Account { id, balance: 100 }).collect();
    Account::insert_many(&accounts).write_concern(WriteConcern::majority()).run(&db).await.unwrap();
    db
}

async fn add(tx: &Transaction, id: i64, amount: i64) -> odm::Result<()> {
    let add = Account::update().filter(|a| a.id().eq(id)).inc(|a| a.balance(), amount);
    add.one(tx).await.map(drop)
}

async fn balances(db: &Database) -> Vec<i64> {
    let accounts = Account::find().sort(|a| a.id().asc()).all(db).await.unwrap();
    accounts.into_iter().map(|account| account.balance).collect()
}

#[tokio::test]
async fn the_value_of_the_body_is_returned_after_the_commit() {
    let db = with_accounts("the_value_of_the_body").await;
    let moved = db
        .transaction(|tx| async move {
            add(&tx, 1, -5).await?;
            add(&tx, 2, 5).await?;
            Ok(5)
        })
        .await
        .unwrap();
    assert_eq!((moved, balances(&db).await), (5, vec![95, 105, 100]));
}

#[derive(Debug, PartialEq)]
enum Refused {
    Poor { lacking: i64 },
    Database(String),
}

impl From<odm::Error> for Refused {
    fn from(error: odm::Error) -> Self {
        Self::Database(error.to_string())
    }
}

/// C12: an error of the body leaves nothing, whatever its type.
#[tokio::test]
async fn c12_an_error_of_the_bodys_own_undoes_all() {
    let db = with_accounts("c12_an_error_of_the_bodys").await;
    let runs = AtomicU32::new(0);
    let runs = &runs;
    let result: Result<(), Refused> = db
        .try_transaction(|tx| async move {
            runs.fetch_add(1, Ordering::Relaxed);
            add(&tx, 1, -500).await?;
            let left = Account::find().filter(|a| a.id().eq(1)).get(&tx).await?.balance;
            assert_eq!(left, -400, "a transaction reads its own writes");
            Err(Refused::Poor { lacking: -left })
        })
        .await;
    assert_eq!(result, Err(Refused::Poor { lacking: 400 }));
    assert_eq!(runs.load(Ordering::Relaxed), 1);
    assert_eq!(balances(&db).await, [100, 100, 100]);
}

#[tokio::test]
async fn all_operations_are_one_transaction_on_the_wire() {
    let (db, commands) = recorded("all_operations_are_one").await;
    Account::insert(&Account { id: 1, balance: 0 }).run(&db).await.unwrap();
    commands.clear();
    db.transaction(|tx| async move {
        Account::find().all(&tx).await?;
        Account::insert(&Account { id: 2, balance: 0 }).run(&tx).await?;
        Account::insert_many(&[Account { id: 3, balance: 0 }]).run(&tx).await?;
        Account::find().count(&tx).await?;
        add(&tx, 1, 1).await?;
        Account::update().all_documents().inc(|a| a.balance(), 1).many(&tx).await?;
        Account::replace(&Account { id: 2, balance: 9 }).run(&tx).await?;
        Account::delete().filter(|a| a.id().eq(3)).one(&tx).await?;
        let found: Vec<_> = Account::find().batch_size(1).stream(&tx).await?.try_collect().await?;
        assert_eq!(found.len(), 2);
        Ok(())
    })
    .read_concern(ReadConcern::snapshot())
    .write_concern(WriteConcern::majority())
    .await
    .unwrap();
    let sent = commands.all();
    let first = &sent[0];
    assert!(first.get_bool("startTransaction").unwrap());
    assert_eq!(first.get_document("readConcern").unwrap().get_str("level").unwrap(), "snapshot");
    for command in &sent {
        assert_eq!(command.get("lsid"), first.get("lsid"), "{command}");
        assert_eq!(command.get("txnNumber"), first.get("txnNumber"), "{command}");
        assert!(!command.get_bool("autocommit").unwrap(), "{command}");
    }
    let commit = sent.last().unwrap();
    assert!(commit.contains_key("commitTransaction"));
    assert_eq!(commit.get_document("writeConcern").unwrap(), &doc! { "w": "majority" });
}

/// The concerns of database and model would be refused by the server inside a transaction.
#[tokio::test]
async fn the_concerns_of_the_database_are_those_of_the_transaction() {
    let (db, commands) = recorded("the_concerns_of_the_database").await;
    let careful = db
        .with_read_concern(ReadConcern::majority())
        .with_write_concern(WriteConcern::majority())
        .with_read_preference(odm::options::ReadPreference::secondary());
    Account::insert(&Account { id: 1, balance: 0 }).run(&careful).await.unwrap();
    commands.clear();
    careful
        .transaction(|tx| async move {
            Account::find().all(&tx).await?;
            add(&tx, 1, 1).await
        })
        .await
        .unwrap();
    let sent = commands.all();
    assert_eq!(sent[0].get_document("readConcern").unwrap().get_str("level").unwrap(), "majority");
    assert!(!sent[1].contains_key("writeConcern"));
    assert_eq!(sent[2].get_document("writeConcern").unwrap(), &doc! { "w": "majority" });
}

/// Reads the first account, and the first time changes it outside of the transaction: the
/// transaction's own change is a conflict then.
async fn conflict_once(tx: &Transaction, outside: &Database, runs: &AtomicU32) -> odm::Result<()> {
    Account::find().filter(|a| a.id().eq(1)).get(tx).await?;
    if runs.fetch_add(1, Ordering::Relaxed) == 0 {
        let add = Account::update().filter(|a| a.id().eq(1)).inc(|a| a.balance(), 1);
        add.one(outside).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_write_conflict_runs_the_body_again() {
    let db = with_accounts("a_write_conflict_runs").await;
    let (runs, db_of_body) = (AtomicU32::new(0), db.clone());
    let (runs, outside) = (&runs, &db_of_body);
    db.transaction(|tx| async move {
        conflict_once(&tx, outside, runs).await?;
        add(&tx, 1, 10).await
    })
    .await
    .unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    assert_eq!(balances(&db).await[0], 111);
}

/// The body hides the conflict behind an error of its own; the transaction knows better.
#[tokio::test]
async fn a_conflict_behind_an_error_of_the_bodys_own_runs_it_again() {
    let db = with_accounts("a_conflict_behind_an_error").await;
    let (runs, db_of_body) = (AtomicU32::new(0), db.clone());
    let (runs, outside) = (&runs, &db_of_body);
    let result: Result<(), Refused> = db
        .try_transaction(|tx| async move {
            conflict_once(&tx, outside, runs).await?;
            add(&tx, 1, 10).await.map_err(|_| Refused::Poor { lacking: 1 })
        })
        .await;
    assert_eq!(result, Ok(()));
    assert_eq!((runs.load(Ordering::Relaxed), balances(&db).await[0]), (2, 111));
}

#[tokio::test]
async fn a_swallowed_error_that_aborted_the_transaction_makes_the_commit_refuse() {
    let db = with_accounts("a_swallowed_error").await;
    let runs = AtomicU32::new(0);
    let runs = &runs;
    let error = db
        .transaction(|tx| async move {
            runs.fetch_add(1, Ordering::Relaxed);
            add(&tx, 1, -5).await?;
            drop(Account::insert(&Account { id: 2, balance: 0 }).run(&tx).await);
            Ok(())
        })
        .await
        .unwrap_err();
    let ErrorKind::Transaction(TransactionFailure::Failed { error: first }) = error.kind() else {
        panic!("{error:?}")
    };
    assert!(matches!(first.kind(), ErrorKind::DuplicateKey(_)));
    assert_eq!(error.outcome(), Outcome::NotApplied);
    assert_eq!(
        error.to_string(),
        "cannot commit in a_swallowed_error: the transaction was aborted by an error before: \
         cannot insert into a_swallowed_error.accounts: the unique index _id_ of \
         a_swallowed_error.accounts has the same _id already"
    );
    assert_eq!((runs.load(Ordering::Relaxed), balances(&db).await), (1, vec![100, 100, 100]));
}

#[tokio::test]
async fn after_a_failure_no_operation_is_sent() {
    let (db, commands) = recorded("after_a_failure_no").await;
    Account::insert(&Account { id: 1, balance: 0 }).run(&db).await.unwrap();
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().await.unwrap();
    Account::insert(&Account { id: 1, balance: 0 }).run(&tx).await.unwrap_err();
    commands.clear();
    let error = add(&tx, 1, 1).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Transaction(TransactionFailure::Failed { .. })));
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(commands.names(), Vec::<String>::new());
}

/// Who runs the whole again after a transient failure sees it also behind the refusal.
#[tokio::test]
async fn a_refusal_has_the_labels_of_its_cause() {
    let db = with_accounts("a_refusal_has_the_labels").await;
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().await.unwrap();
    Account::find().filter(|a| a.id().eq(1)).get(&tx).await.unwrap();
    let outside = Account::update().filter(|a| a.id().eq(1)).inc(|a| a.balance(), 1);
    outside.one(&db).await.unwrap();
    let first = add(&tx, 1, 1).await.unwrap_err();
    for refused in [add(&tx, 1, 1).await, tx.commit().await] {
        let error = refused.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Transaction(TransactionFailure::Failed { .. })));
        assert!(error.has_label("TransientTransactionError"), "{error:?}");
        assert_eq!(error.labels(), first.labels());
    }
    Account::insert(&Account { id: 1, balance: 0 }).run(&db).await.unwrap_err();
    let tx = session.start_transaction().await.unwrap();
    Account::insert(&Account { id: 1, balance: 0 }).run(&tx).await.unwrap_err();
    let error = add(&tx, 1, 1).await.unwrap_err();
    assert!(!error.has_label("TransientTransactionError"), "{error:?}");
}

/// The body went on after the conflict, so it is the commit that is refused.
#[tokio::test]
async fn a_conflict_that_the_body_swallows_runs_it_again() {
    let db = with_accounts("a_conflict_that_the_body").await;
    let (runs, db_of_body) = (AtomicU32::new(0), db.clone());
    let (runs, outside) = (&runs, &db_of_body);
    db.transaction(|tx| async move {
        conflict_once(&tx, outside, runs).await?;
        drop(add(&tx, 1, 10).await);
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!((runs.load(Ordering::Relaxed), balances(&db).await[0]), (2, 111));
}

/// A mistake that never left the client does no harm to a transaction.
#[tokio::test]
async fn a_local_mistake_leaves_the_transaction_as_it_is() {
    let db = with_accounts("a_local_mistake_leaves").await;
    db.transaction(|tx| async move {
        add(&tx, 1, 5).await?;
        let twice = Account::update().filter(|a| a.id().eq(1));
        let twice = twice.set(|a| a.balance(), 1).inc(|a| a.balance(), 1);
        assert_eq!(twice.one(&tx).await.unwrap_err().outcome(), Outcome::NotSent);
        let concern = Account::find().read_concern(ReadConcern::majority()).all(&tx).await;
        assert!(matches!(concern.unwrap_err().kind(), ErrorKind::Invalid(_)));
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(balances(&db).await[0], 105);
}

#[tokio::test]
async fn an_operation_dropped_half_way_makes_the_commit_refuse() {
    let db = with_accounts("an_operation_dropped").await;
    let error = db
        .transaction(|tx| async move {
            add(&tx, 1, -5).await?;
            let mut second = Box::pin(add(&tx, 2, 5));
            assert!(futures::poll!(&mut second).is_pending());
            drop(second);
            Ok(())
        })
        .await
        .unwrap_err();
    let ErrorKind::Transaction(TransactionFailure::Unfinished { operation }) = error.kind() else {
        panic!("{error:?}")
    };
    assert_eq!(operation, "update an_operation_dropped.accounts");
    assert_eq!(error.outcome(), Outcome::NotApplied);
    assert_eq!(balances(&db).await, [100, 100, 100]);
}

#[tokio::test]
async fn an_operation_that_still_waits_for_its_turn_can_be_dropped() {
    let db = with_accounts("an_operation_that_still_waits").await;
    db.transaction(|tx| async move {
        let first = add(&tx, 1, -5);
        let mut second = Box::pin(add(&tx, 2, 5));
        let mut first = Box::pin(first);
        assert!(futures::poll!(&mut first).is_pending());
        assert!(futures::poll!(&mut second).is_pending());
        drop(second);
        first.await
    })
    .await
    .unwrap();
    assert_eq!(balances(&db).await, [95, 100, 100]);
}

#[tokio::test]
async fn joined_operations_run_one_after_the_other() {
    let db = with_accounts("joined_operations_run").await;
    db.transaction(|tx| async move {
        futures::try_join!(add(&tx, 1, -5), add(&tx, 2, 3), add(&tx, 3, 2)).map(drop)
    })
    .await
    .unwrap();
    assert_eq!(balances(&db).await, [95, 103, 102]);
}

#[tokio::test]
async fn a_dropped_transaction_aborts() {
    let (db, commands) = recorded("a_dropped_transaction").await;
    Account::insert(&Account { id: 1, balance: 100 }).run(&db).await.unwrap();
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().await.unwrap();
    add(&tx, 1, 1).await.unwrap();
    drop(tx);
    // The session is free for others, with the abort behind it.
    let mut held = Account::find().stream(&session).await.unwrap();
    assert_eq!(held.next().await.unwrap().unwrap().balance, 100);
    assert!(commands.names().contains(&"abortTransaction".to_owned()), "{:?}", commands.names());
}

#[tokio::test]
async fn a_panic_in_the_body_aborts() {
    let db = with_accounts("a_panic_in_the_body").await;
    let task_db = db.clone();
    let task = tokio::spawn(async move {
        task_db
            .transaction(|tx| async move {
                add(&tx, 1, 1).await?;
                panic!("on purpose");
                #[allow(unreachable_code)]
                Ok(())
            })
            .await
    });
    assert!(task.await.unwrap_err().is_panic());
    // Waits for the lock that an open transaction would hold.
    let update = Account::update().filter(|a| a.id().eq(1)).inc(|a| a.balance(), 7);
    update.one(&db).await.unwrap();
    assert_eq!(balances(&db).await[0], 107);
}

#[tokio::test]
async fn by_hand_commit_and_abort_do_what_they_say() {
    let db = with_accounts("by_hand_commit_and_abort").await;
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().await.unwrap();
    add(&tx, 1, 5).await.unwrap();
    assert_eq!(balances(&db).await[0], 100, "nobody else sees it yet");
    tx.commit().await.unwrap();
    let tx = session.start_transaction().await.unwrap();
    add(&tx, 1, 5).await.unwrap();
    tx.abort().await.unwrap();
    assert_eq!(balances(&db).await[0], 105);
    for ended in [add(&tx, 1, 1).await, tx.commit().await, tx.abort().await] {
        let error = ended.unwrap_err();
        let kind = error.kind();
        assert!(matches!(kind, ErrorKind::Transaction(TransactionFailure::Ended)), "{error:?}");
    }
    session.end().await.unwrap();
}

#[tokio::test]
async fn a_second_commit_after_a_success_is_the_same_success() {
    let (db, commands) = recorded("a_second_commit_after_a_success").await;
    Account::insert(&Account { id: 1, balance: 100 }).run(&db).await.unwrap();
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().await.unwrap();
    add(&tx, 1, 5).await.unwrap();
    commands.clear();
    let both = tokio::join!(tx.commit(), tx.commit());
    assert!(matches!(both, (Ok(()), Ok(()))), "{both:?}");
    tx.commit().await.unwrap();
    assert_eq!(commands.names(), ["commitTransaction"]);
    // It is over all the same, also when another one is open in its session.
    let next = session.start_transaction().await.unwrap();
    add(&next, 1, 7).await.unwrap();
    tx.commit().await.unwrap();
    for ended in [add(&tx, 1, 1).await, tx.abort().await] {
        let error = ended.unwrap_err();
        let kind = error.kind();
        assert!(matches!(kind, ErrorKind::Transaction(TransactionFailure::Ended)), "{error:?}");
    }
    next.abort().await.unwrap();
    assert_eq!(balances(&db).await, [105]);
}

#[tokio::test]
async fn an_empty_transaction_sends_nothing() {
    let (db, commands) = recorded("an_empty_transaction").await;
    db.transaction(|_tx| async { Ok(()) }).await.unwrap();
    assert_eq!(commands.names(), Vec::<String>::new());
}

#[tokio::test]
async fn a_session_with_an_open_transaction_says_where_to_run_operations() {
    let db = with_accounts("a_session_with_an_open").await;
    let session = db.start_session().await.unwrap();
    let tx = session.start_transaction().await.unwrap();
    let error = Account::find().all(&session).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot find in a_session_with_an_open.accounts: a transaction is open in this session: \
         run the operation on the transaction"
    );
    assert!(session.start_transaction().await.is_err());
    assert!(session.end().await.is_err());
    assert!(tx.commit().await.is_err());
}

#[tokio::test]
async fn a_body_may_end_its_transaction_itself() {
    let db = with_accounts("a_body_may_end").await;
    db.transaction(|tx| async move {
        add(&tx, 1, 5).await?;
        tx.abort().await
    })
    .await
    .unwrap();
    assert_eq!(balances(&db).await[0], 100);
}

#[tokio::test]
async fn the_future_is_send_when_the_body_borrows_locals() {
    fn is_send<F: Future + Send>(future: F) -> F {
        future
    }
    let db = with_accounts("the_future_is_send").await;
    let (name, ids) = (String::from("someone"), vec![1, 2]);
    let (name, ids) = (&name, &ids);
    let run = is_send(
        db.transaction(|tx| async move {
            for id in ids {
                add(&tx, *id, name.len() as i64).await?;
            }
            Ok(())
        })
        .into_future(),
    );
    run.await.unwrap();
    assert_eq!(balances(&db).await, [107, 107, 100]);
}

#[tokio::test]
async fn a_transaction_runs_in_a_spawned_task() {
    let db = with_accounts("a_transaction_runs_in").await;
    let task_db = db.clone();
    let task = tokio::spawn(async move {
        let amounts = vec![1, 2, 3];
        let amounts = &amounts;
        task_db
            .transaction(|tx| async move {
                for (id, amount) in (1..).zip(amounts) {
                    add(&tx, id, *amount).await?;
                }
                Ok(amounts.len())
            })
            .await
    });
    assert_eq!(task.await.unwrap().unwrap(), 3);
    assert_eq!(balances(&db).await, [101, 102, 103]);
}

/// What axum demands of a handler: the future is `Send` and lives on its own.
#[tokio::test]
async fn a_transaction_runs_in_an_axum_handler() {
    use axum::{Router, extract::State, routing::post};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn pay(State(db): State<Database>, amount: String) -> Result<String, String> {
        let amount: i64 = amount.trim().parse().map_err(|_| "no number".to_owned())?;
        let (from, to) = (1, 2);
        let parties = &(from, to);
        let paid = db.transaction(|tx| async move {
            add(&tx, parties.0, -amount).await?;
            add(&tx, parties.1, amount).await?;
            Ok(amount)
        });
        let paid = paid.await.map_err(|error| error.to_string())?;
        Ok(format!("paid {paid}"))
    }

    let db = with_accounts("a_transaction_runs_in_an_axum").await;
    let app = Router::new().route("/pay", post(pay)).with_state(db.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
    let request =
        "POST /pay HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 2\r\n\r\n30";
    client.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    client.read_to_string(&mut response).await.unwrap();
    server.abort();
    assert!(response.starts_with("HTTP/1.1 200") && response.ends_with("paid 30"), "{response}");
    assert_eq!(balances(&db).await, [70, 130, 100]);
}

#[tokio::test]
async fn a_session_and_its_transactions_are_causally_ordered() {
    let (db, commands) = recorded("a_session_and_its").await;
    let session = db.start_session().await.unwrap();
    Account::insert(&Account { id: 1, balance: 1 }).run(&session).await.unwrap();
    let written = session.causal_token().operation_time();
    session.transaction(|tx| async move { add(&tx, 1, 1).await }).await.unwrap();
    let update = commands.all().into_iter().find(|c| c.contains_key("update")).unwrap();
    let concern = update.get_document("readConcern").unwrap();
    assert_eq!(concern.get_timestamp("afterClusterTime").ok(), written);
    assert!(session.causal_token().operation_time() > written);
}

#[tokio::test]
async fn a_time_limit_ends_the_transaction_with_nothing_written() {
    let db = with_accounts("a_time_limit_ends").await;
    let error = db
        .transaction(|tx| async move {
            add(&tx, 2, 5).await?;
            std::future::pending::<odm::Result<()>>().await
        })
        .timeout(Duration::from_millis(300))
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotApplied);
    // Waits for the lock that an open transaction would hold.
    let update = Account::update().filter(|a| a.id().eq(2)).inc(|a| a.balance(), 1);
    update.one(&db).await.unwrap();
    assert_eq!(balances(&db).await, [100, 101, 100]);
}

/// The server is told what remains, operation by operation.
#[tokio::test]
async fn the_time_limit_of_a_transaction_is_shared_by_its_operations() {
    let (db, commands) = recorded("the_time_limit_of_a").await;
    db.transaction(|tx| async move {
        Account::find().all(&tx).await?;
        Account::find().all(&tx).await.map(drop)
    })
    .timeout(Duration::from_secs(20))
    .await
    .unwrap();
    let limit = |c: &odm::bson::Document| c.get("maxTimeMS").and_then(odm::bson::Bson::as_i32);
    let limits: Vec<_> = commands.all().iter().filter_map(limit).collect();
    assert!(limits.len() == 2 && limits[1] <= limits[0] && limits[0] < 20_000, "{limits:?}");
}
