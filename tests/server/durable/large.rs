//! Events that are larger than a document can be.

use odm::error::ChangeStreamFailure;

use super::*;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "blobs", pre_and_post_images)]
struct Blob {
    #[model(id)]
    id: i64,
    text: String,
}

const LARGE: usize = 10 << 20;

fn reader(db: &Database) -> Durable<Blob, CollectionStore> {
    Blob::watch()
        .full_document(FullDocument::WhenAvailable)
        .full_document_before_change(FullDocumentBeforeChange::WhenAvailable)
        .max_await_time(Duration::from_millis(100))
        .durable("reader", TokenStore::collection(db))
}

/// So that a token is stored, and images are kept.
async fn prepared(name: &str) -> Database {
    let db = database(name).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let durable = reader(&db).stop_when(stopped);
    let metrics = durable.metrics();
    let (run, ()) = tokio::join!(durable.run(&db, |_| async { Ok(()) }), async move {
        metrics.wait_for(|figures| figures.checkpoints > 0).await.unwrap();
        drop(stop);
    });
    run.unwrap();
    db
}

async fn add(db: &Database, id: i64, size: usize) {
    Blob::insert(&Blob { id, text: "a".repeat(size) }).run(db).await.unwrap();
}

/// One event of three times the size: the image before, the image after, and the change.
async fn change(db: &Database, id: i64, letter: &str) {
    let update = Blob::update().filter(|b| b.id().eq(id));
    update.set(|b| b.text(), letter.repeat(LARGE)).one(db).await.unwrap();
}

/// Two that are too large, among others.
async fn all_sizes(db: &Database) {
    add(db, 1, 1).await;
    add(db, 2, LARGE).await;
    change(db, 2, "b").await;
    add(db, 3, 1).await;
    add(db, 4, 1).await;
    change(db, 2, "c").await;
    add(db, 5, 1).await;
}

async fn letters(db: &Database) -> Vec<Document> {
    use futures::TryStreamExt;
    let letters = db.as_driver().collection::<Document>("letters");
    let letters = letters.find(doc! {}).sort(doc! { "event.clusterTime": 1 }).await.unwrap();
    letters.try_collect().await.unwrap()
}

fn check_letters(letters: &[Document]) {
    assert_eq!(letters.len(), 2);
    for letter in letters {
        let event = letter.get_document("event").unwrap();
        assert_eq!(event.get("_id"), letter.get("token"));
        assert_eq!(event.get_str("operationType").unwrap(), "update");
        assert_eq!(event.get_document("documentKey").unwrap(), &doc! { "_id": 2_i64 });
        assert!(event.contains_key("clusterTime") && event.contains_key("ns"), "{event}");
        assert!(letter.get_str("error").unwrap().contains("too large"), "{letter}");
        assert_eq!(letter.get_i64("attempts").unwrap(), 0, "the handler never had it");
    }
    assert_ne!(letters[0].get("token"), letters[1].get("token"));
}

#[tokio::test]
async fn an_event_that_is_too_large_is_a_dead_letter_by_its_key() {
    let db = prepared("durable_too_large").await;
    let (stop, stopped) = oneshot::channel::<()>();
    let durable = reader(&db).on_failure(OnFailure::DeadLetter("letters".into()));
    let durable = durable.stop_when(stopped);
    let (metrics, seen) = (durable.metrics(), &Mutex::new(Vec::new()));
    let run = durable.run(&db, |event| async move {
        seen.lock().unwrap().push(*event.id().expect("a document"));
        Ok(())
    });
    // They come before the consumer starts, and while it works.
    all_sizes(&db).await;
    let (run, ()) = tokio::join!(timeout(PATIENCE, run), async {
        metrics.wait_for(|figures| figures.handled >= 5).await.unwrap();
        check_letters(&letters(&db).await);
        change(&db, 2, "d").await;
        add(&db, 6, 1).await;
        metrics.wait_for(|figures| figures.handled >= 6).await.unwrap();
        drop(stop);
    });
    run.expect("in time").unwrap();
    assert_eq!(*seen.lock().unwrap(), [1, 2, 3, 4, 5, 6], "each once, in order");
    assert_eq!(metrics.skipped(), 3);
    assert_eq!(letters(&db).await.len(), 3);
}

#[tokio::test]
async fn an_event_that_is_too_large_is_a_dead_letter_in_a_transaction() {
    let db = prepared("durable_too_large_transactional").await;
    all_sizes(&db).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let durable = reader(&db).on_failure(OnFailure::DeadLetter("letters".into()));
    let durable = durable.stop_when(stopped).transactional();
    let metrics = durable.metrics();
    let run = durable.run(&db, |event, tx| async move {
        let job = *event.id().expect("a document");
        Effect::insert(&Effect { id: ObjectId::new(), job }).run(&tx).await.map(drop)
    });
    let (run, ()) = tokio::join!(timeout(PATIENCE, run), async {
        metrics.wait_for(|figures| figures.handled >= 5).await.unwrap();
        drop(stop);
    });
    run.expect("in time").unwrap();
    let effects = Effect::find().sort(|e| e.job().asc()).all(&db).await.unwrap();
    assert_eq!(effects.iter().map(|effect| effect.job).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    check_letters(&letters(&db).await);
}

#[tokio::test]
async fn without_dead_letters_an_event_that_is_too_large_is_the_end() {
    let db = prepared("durable_too_large_ends").await;
    add(&db, 2, LARGE).await;
    change(&db, 2, "b").await;
    let run = reader(&db).run(&db, |_| async { Ok(()) });
    let error = timeout(PATIENCE, run).await.expect("in time").unwrap_err();
    use ChangeStreamFailure::TooLarge;
    assert!(matches!(error.kind(), ErrorKind::ChangeStream { failure: TooLarge, .. }), "{error:?}");
}
