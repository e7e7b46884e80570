//! `insert_many` tells what went in.

use odm::{ErrorKind, Outcome, error::InsertManyFailure, prelude::*};
use tests::recorded;

use super::{Item, fill, item, sizes};

fn failure(error: &odm::Error) -> &InsertManyFailure {
    match error.kind() {
        ErrorKind::InsertMany(failure) => failure,
        other => panic!("{other:?}"),
    }
}

fn large(id: i64) -> Item {
    Item { name: "z".repeat(1 << 20), ..item(id) }
}

/// 60 MB, so four commands; the second document of the fourth one is refused.
#[tokio::test]
async fn a_failure_in_a_later_command_leaves_the_first_in() {
    let (db, commands) = recorded("a_failure_in_a_later_command").await;
    fill(&db, 1).await;
    let items: Vec<_> = (2..=50).chain([1]).chain(52..=61).map(large).collect();
    for (is_ordered, inserted, not_inserted) in
        [(true, vec![0..49], vec![50..60]), (false, vec![0..49, 50..60], vec![])]
    {
        Item::delete().filter(|i| i.id().gt(1)).many(&db).await.unwrap();
        commands.clear();
        let insert = Item::insert_many(&items).ordered(is_ordered);
        let error = insert.run(&db).await.unwrap_err();
        assert_eq!(sizes(&commands.named("insert")), [16, 16, 16, 12]);
        let failure = failure(&error);
        assert_eq!(
            (failure.inserted.clone(), failure.not_inserted.clone()),
            (inserted, not_inserted)
        );
        let [failed] = failure.failures.as_slice() else { panic!("{failure:?}") };
        assert_eq!(failed.index, 49);
        assert!(matches!(failed.kind, ErrorKind::DuplicateKey(_)), "{failed:?}");
        assert_eq!((error.outcome(), error.code()), (Outcome::Partial, Some(11000)));
        let expected: usize = failure.inserted.iter().map(ExactSizeIterator::len).sum();
        assert_eq!(Item::find().count(&db).await.unwrap(), expected as u64 + 1);
    }
}

#[tokio::test]
async fn with_a_time_limit_commands_are_shorter_and_results_the_same() {
    let (db, commands) = recorded("insert_many_with_a_time_limit").await;
    let items: Vec<_> = (1..=40).map(large).collect();
    let limit = std::time::Duration::from_secs(60);
    let inserted = Item::insert_many(&items).timeout(limit).run(&db).await.unwrap();
    assert_eq!(inserted.ids, (1..=40).collect::<Vec<_>>());
    assert_eq!(sizes(&commands.named("insert")), [16, 16, 8]);
    assert!(commands.named("insert").iter().all(|command| command.contains_key("maxTimeMS")));
    let again = Item::insert_many(&[item(41), item(5), item(42)]);
    let error = again.timeout(limit).run(&db).await.unwrap_err();
    let failure = failure(&error);
    assert_eq!((failure.inserted.clone(), failure.not_inserted.clone()), (vec![0..1], vec![2..3]));
    assert_eq!(failure.failures[0].index, 1);
}

#[tokio::test]
async fn in_a_transaction_nothing_is_in_after_a_failure() {
    let (db, _) = recorded("insert_many_in_a_transaction").await;
    fill(&db, 1).await;
    let session = db.start_session().await.unwrap();
    let transaction = session.start_transaction().await.unwrap();
    let insert = Item::insert_many(&[item(2), item(1), item(3)]);
    let error = insert.run(&transaction).await.unwrap_err();
    let failure = failure(&error);
    assert!(failure.inserted.is_empty(), "{failure:?}");
    assert_eq!((failure.failures[0].index, error.outcome()), (1, Outcome::NotApplied));
    assert_eq!(failure.not_inserted, [0..1, 2..3]);
}
