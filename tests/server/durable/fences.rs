//! One at a time, and in transactions.

use super::*;

/// Three compete; the leader is stopped or dropped, in turn.
#[tokio::test]
async fn of_three_consumers_one_consumes() {
    let db = database("durable_three").await;
    with_a_token(&db).await;
    let (inside, seen) = (Arc::new(AtomicBool::new(false)), Arc::<Mutex<Vec<i64>>>::default());
    let mut running = Vec::new();
    for _ in 0..3 {
        let (inside, seen, db) = (Arc::clone(&inside), Arc::clone(&seen), db.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let durable = mailer(&db).stop_when(stopped);
        let metrics = durable.metrics();
        let task = tokio::spawn(async move {
            let (inside, seen) = (&inside, &seen);
            let run = durable.run(&db, |event| async move {
                assert!(!inside.swap(true, Ordering::SeqCst), "two at once");
                let _leave = Leave(inside);
                tokio::task::yield_now().await;
                seen.lock().unwrap().push(inserted(&event));
                Ok(())
            });
            run.await
        });
        running.push((metrics, stop, task));
    }
    for round in 1..=3 {
        insert(&db, [round]).await;
        let leads =
            running.iter().map(|(metrics, ..)| Box::pin(metrics.wait_for(|f| f.handled > 0)));
        let (_, leader, _) = timeout(PATIENCE, futures::future::select_all(leads)).await.unwrap();
        let others = running.iter().enumerate().filter(|(index, _)| *index != leader);
        assert!(others.into_iter().all(|(_, (metrics, ..))| metrics.handled() == 0));
        let (_, stop, task) = running.remove(leader);
        drop(stop);
        timeout(PATIENCE, task).await.unwrap().unwrap().unwrap();
    }
    assert_eq!(*seen.lock().unwrap(), [1, 2, 3]);
}

struct Leave<'a>(&'a AtomicBool);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// An old leader that knows nothing of the new one can neither save nor commit.
#[tokio::test]
async fn an_old_epoch_neither_saves_nor_commits() {
    let db = database("durable_fenced").await;
    with_a_token(&db).await;
    insert(&db, [1]).await;
    let tokens = &db.as_driver().collection::<Document>("odm_tokens");
    let take_over = || async {
        let newer = doc! { "$inc": { "epoch": 1_i64 } };
        tokens.update_one(doc! { "_id": "mailer" }, newer).await.unwrap();
    };
    let run = mailer(&db).checkpoint_every(1).run(&db, |_| async move {
        take_over().await;
        Ok(())
    });
    let error = timeout(PATIENCE, run).await.unwrap().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TakenOver { consumer } if consumer == "mailer"));
    assert_eq!(error.to_string(), "another process took over the durable consumer mailer");

    // The leases have lower epochs than the token now.
    let lease = doc! { "_id": { "lease": "mailer" } };
    tokens.update_one(lease, doc! { "$inc": { "epoch": 10_i64 } }).await.unwrap();
    let run = mailer(&db).transactional().run(&db, |event, tx| async move {
        let effect = Effect { id: ObjectId::new(), job: inserted(&event) };
        Effect::insert(&effect).run(&tx).await?;
        take_over().await;
        Ok(())
    });
    let error = timeout(PATIENCE, run).await.unwrap().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TakenOver { .. }), "{error:?}");
    assert_eq!(Effect::find().count(&db).await.unwrap(), 0);
}

/// Writes of the handler and the token are one transaction: an error undoes them, also before the
/// event becomes a dead letter.
#[tokio::test]
async fn a_transactional_handler_has_its_effects_once() {
    let db = database("durable_transactional").await;
    with_a_token(&db).await;
    insert(&db, 1..=4).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let durable = mailer(&db).on_failure(OnFailure::DeadLetter("letters".into()));
    let durable = durable.retry(1, Duration::from_millis(1)).stop_when(stopped).transactional();
    let metrics = durable.metrics();
    let all = metrics.clone();
    let run = durable.try_run(&db, |event, tx| async move {
        let job = inserted(&event);
        Effect::insert(&Effect { id: ObjectId::new(), job }).run(&tx).await?;
        if job == 3 { Err(Refused::Bad { job }) } else { Ok(()) }
    });
    let (run, ()) = tokio::join!(timeout(PATIENCE, run), async move {
        all.wait_for(|figures| figures.handled == 3).await.unwrap();
        drop(stop);
    });
    run.unwrap().unwrap();
    let effects = Effect::find().sort(|e| e.job().asc()).all(&db).await.unwrap();
    assert_eq!(effects.iter().map(|effect| effect.job).collect::<Vec<_>>(), [1, 2, 4]);
    assert_eq!((metrics.handled(), metrics.skipped(), metrics.retried()), (3, 1, 1));
    let letters = db.as_driver().collection::<Document>("letters");
    assert_eq!(letters.count_documents(doc! {}).await.unwrap(), 1);
}

/// A failure that the handler keeps to itself makes the commit refuse: that, too, is the event's.
#[tokio::test]
async fn a_swallowed_failure_is_retried_and_becomes_a_dead_letter() {
    let db = database("durable_swallowed").await;
    with_a_token(&db).await;
    let twice = Effect { id: ObjectId::new(), job: 0 };
    Effect::insert(&twice).run(&db).await.unwrap();
    insert(&db, 1..=2).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let durable = mailer(&db).on_failure(OnFailure::DeadLetter("letters".into()));
    let durable = durable.retry(1, Duration::from_millis(1)).stop_when(stopped).transactional();
    let metrics = durable.metrics();
    let (all, twice) = (metrics.clone(), &twice);
    let run = durable.run(&db, |event, tx| async move {
        if inserted(&event) == 1 {
            drop(Effect::insert(twice).run(&tx).await);
        }
        Ok(())
    });
    let (run, ()) = tokio::join!(timeout(PATIENCE, run), async move {
        all.wait_for(|figures| figures.handled == 1).await.unwrap();
        drop(stop);
    });
    run.unwrap().unwrap();
    assert_eq!((metrics.retried(), metrics.skipped()), (1, 1));
    let letters = db.as_driver().collection::<Document>("letters");
    let letter = letters.find_one(doc! {}).await.unwrap().unwrap();
    assert!(letter.get_str("error").unwrap().contains("was aborted by an error"), "{letter}");
}

/// A commit of less could be undone by an election, with the effects of an event that the token
/// passes over.
#[tokio::test]
async fn the_transactions_of_events_and_of_dead_letters_wait_for_a_majority() {
    let (db, commands) = recorded("durable_majority").await;
    with_a_token(&db).await;
    insert(&db, [1, 3]).await;
    commands.clear();
    let (stop, stopped) = oneshot::channel::<()>();
    let durable = mailer(&db).on_failure(OnFailure::DeadLetter("letters".into()));
    let durable = durable.stop_when(stopped).transactional();
    let metrics = durable.metrics();
    let run = durable.try_run(&db, |event, tx| async move {
        let job = inserted(&event);
        Effect::insert(&Effect { id: ObjectId::new(), job }).run(&tx).await?;
        if job == 3 { Err(Refused::Bad { job }) } else { Ok(()) }
    });
    let (run, ()) = tokio::join!(timeout(PATIENCE, run), async move {
        metrics.wait_for(|figures| figures.skipped == 1).await.unwrap();
        drop(stop);
    });
    run.expect("an end in time").unwrap();
    let commits = commands.named("commitTransaction");
    assert_eq!(commits.len(), 2, "{commits:?}");
    for commit in commits {
        let concern = commit.get_document("writeConcern").unwrap();
        assert_eq!(concern.get_str("w").unwrap(), "majority", "{commit}");
    }
}
