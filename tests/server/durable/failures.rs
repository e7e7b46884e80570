//! Handlers that fail: retries, ends, dead letters.

use super::*;

#[tokio::test]
async fn a_handler_that_fails_is_tried_again() {
    let db = database("durable_retry").await;
    with_a_token(&db).await;
    insert(&db, [1]).await;
    let (tries, (stop, stopped)) = (AtomicU32::new(0), oneshot::channel::<()>());
    let durable = mailer(&db).retry(3, Duration::from_millis(1)).stop_when(stopped);
    let metrics = durable.metrics();
    let stop = Mutex::new(Some(stop));
    let (tries, stop, of_body) = (&tries, &stop, &db);
    let run = durable.run(&db, |event| async move {
        assert_eq!(inserted(&event), 1);
        if tries.fetch_add(1, Ordering::Relaxed) < 2 {
            let none = Job::find().filter(|j| j.id().eq(404));
            return none.get(of_body).await.map(drop);
        }
        drop(stop.lock().unwrap().take());
        Ok(())
    });
    timeout(PATIENCE, run).await.unwrap().unwrap();
    assert_eq!((metrics.handled(), metrics.retried(), metrics.skipped()), (1, 2, 0));
    assert!(metrics.last_error().unwrap().contains("no document matches"), "{metrics:?}");
    assert!(metrics.lag().unwrap() < PATIENCE, "{metrics:?}");
    assert!(metrics.figures().delay().unwrap() < PATIENCE, "{metrics:?}");
    assert!(!metrics.is_leader());
}

/// Handles jobs until the bad one.
async fn until_the_bad_one(
    durable: Durable<Job, CollectionStore>,
    db: &Database,
    seen: &Mutex<Vec<i64>>,
) -> Result<(), Refused> {
    let run = durable.try_run(db, |event| async move {
        match inserted(&event) {
            3 => Err(Refused::Bad { job: 3 }),
            job => {
                seen.lock().unwrap().push(job);
                Ok(())
            }
        }
    });
    timeout(PATIENCE, run).await.expect("an end in time")
}

#[tokio::test]
async fn an_error_that_stays_ends_the_run_before_its_event() {
    let db = database("durable_stop").await;
    with_a_token(&db).await;
    insert(&db, 1..=4).await;
    let seen = Mutex::default();
    let durable = mailer(&db).retry(1, Duration::from_millis(1));
    let metrics = durable.metrics();
    let error = until_the_bad_one(durable, &db, &seen).await.unwrap_err();
    assert!(matches!(error, Refused::Bad { job: 3 }), "{error:?}");
    assert_eq!((metrics.handled(), metrics.retried()), (2, 1));
    let again = until_the_bad_one(mailer(&db), &db, &seen).await;
    assert!(matches!(again, Err(Refused::Bad { job: 3 })), "{again:?}");
    assert_eq!(*seen.lock().unwrap(), [1, 2], "what was handled is not repeated");
    let third = Running::start(mailer(&db), &db);
    third.has_handled(2).await;
    assert_eq!(third.end().await, [3, 4]);
}

#[tokio::test]
async fn a_dead_letter_lets_the_others_through() {
    let db = database("durable_dead_letter").await;
    with_a_token(&db).await;
    insert(&db, 1..=4).await;
    let (seen, (stop, stopped)) = (Mutex::new(Vec::new()), oneshot::channel::<()>());
    let durable = mailer(&db).on_failure(OnFailure::DeadLetter("letters".into()));
    let durable = durable.retry(2, Duration::from_millis(1)).stop_when(stopped);
    let metrics = durable.metrics();
    let all = metrics.clone();
    let (run, ()) = tokio::join!(until_the_bad_one(durable, &db, &seen), async move {
        all.wait_for(|figures| figures.handled == 3).await.unwrap();
        drop(stop);
    });
    run.unwrap();
    assert_eq!(*seen.lock().unwrap(), [1, 2, 4]);
    assert_eq!((metrics.handled(), metrics.retried(), metrics.skipped()), (3, 2, 1));
    let letters = db.as_driver().collection::<Document>("letters");
    assert_eq!(letters.count_documents(doc! {}).await.unwrap(), 1);
    let letter = letters.find_one(doc! {}).await.unwrap().unwrap();
    assert_eq!(letter.get_str("error").unwrap(), "job 3 is bad");
    assert_eq!(letter.get_i64("attempts").unwrap(), 3);
    let event = letter.get_document("event").unwrap();
    assert_eq!(event.get("_id"), letter.get("token"));
    let document = event.get_document("fullDocument").unwrap();
    assert_eq!(document, &doc! { "_id": 3_i64, "name": "job 3" });
    assert_eq!(letter.get_document("_id").unwrap().get_str("consumer").unwrap(), "mailer");
}

/// The letter is there before the token moves, so it may be written twice: it is one letter.
#[tokio::test]
async fn a_dead_letter_that_comes_again_is_one() {
    let db = database("durable_letter_twice").await;
    with_a_token(&db).await;
    let before = tokens(&db).await;
    insert(&db, [3]).await;
    for _ in 0..2 {
        let tokens = db.as_driver().collection::<Document>("odm_tokens");
        let back = doc! { "$set": { "token": before.get("token") } };
        tokens.update_one(doc! { "_id": "mailer" }, back).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let durable = mailer(&db).on_failure(OnFailure::DeadLetter("letters".into()));
        let durable = durable.stop_when(stopped);
        let (metrics, seen) = (durable.metrics(), Mutex::default());
        let (run, ()) = tokio::join!(until_the_bad_one(durable, &db, &seen), async move {
            metrics.wait_for(|figures| figures.skipped == 1).await.unwrap();
            drop(stop);
        });
        run.unwrap();
    }
    let letters = db.as_driver().collection::<Document>("letters");
    assert_eq!(letters.count_documents(doc! {}).await.unwrap(), 1);
}

/// F5: what has another shape is an event like others, or a dead letter at once.
#[tokio::test]
async fn an_undecodable_event_is_handled_or_a_dead_letter() {
    let db = database("durable_undecodable").await;
    with_a_token(&db).await;
    let jobs = db.as_driver().collection::<Document>("jobs");
    jobs.insert_one(doc! { "_id": 7_i64, "name": 7 }).await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let stop = &Mutex::new(Some(stop));
    let run = mailer(&db).stop_when(stopped).run(&db, |event| async move {
        assert!(matches!(event, ChangeEvent::Undecodable(_)), "{event:?}");
        drop(stop.lock().unwrap().take());
        Ok(())
    });
    timeout(PATIENCE, run).await.unwrap().unwrap();

    jobs.insert_one(doc! { "_id": 8_i64, "name": 8 }).await.unwrap();
    insert(&db, [9]).await;
    let durable = mailer(&db).on_failure(OnFailure::DeadLetter("letters".into()));
    let durable = durable.retry(5, NEVER).dead_letter_undecodable();
    let run = Running::start(durable, &db);
    run.has_handled(1).await;
    assert_eq!(run.metrics.skipped(), 1);
    assert_eq!(run.end().await, [9]);
    let letters = db.as_driver().collection::<Document>("letters");
    let letter = letters.find_one(doc! {}).await.unwrap().unwrap();
    assert!(letter.get_str("error").unwrap().contains("name"), "{letter}");
    assert_eq!(letter.get_i64("attempts").unwrap(), 1);
}
