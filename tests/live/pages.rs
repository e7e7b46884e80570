//! The page, in a browser.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use odm::{Database, prelude::*};
use rustix::process::Signal;
use serde_json::json;
use tests::{Connect, OwnSet, shared_set};
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    Order,
    browser::Browser,
    insert,
    program::{Live, Scratch},
    soon,
};

/// So soon a change is on the page.
const AT_ONCE: Duration = Duration::from_secs(1);

async fn open(name: &str, more: &[&str]) -> (Database, Live, Browser) {
    let set = shared_set().await;
    let (db, _) = Connect::to(set.uri()).database(name).await;
    let live = Live::watch(set.uri(), name, more).await;
    let mut browser = Browser::start().await;
    browser.open(&format!("http://{}/", live.host())).await;
    browser.until("document.getElementById('state').textContent === 'live'").await;
    (db, live, browser)
}

fn rows_are(texts: &[&str]) -> String {
    let texts = serde_json::to_string(texts).unwrap();
    format!(
        "JSON.stringify([...document.querySelectorAll('#changes li')].map(row => row.textContent))
            === JSON.stringify({texts})"
    )
}

#[tokio::test]
async fn insert_update_and_delete_appear_within_a_second() {
    let (db, _live, mut browser) = open("live_page", &[]).await;
    insert(&db, [1]).await;
    let inserted = "insert_id1customerAnnaquantity3statenot paid yet";
    browser.until_in(AT_ONCE, &rows_are(&[inserted])).await;
    Order::update().filter(|o| o.id().eq(1)).set(|o| o.state(), "paid").one(&db).await.unwrap();
    let updated = "update_id1statepaid";
    browser.until_in(AT_ONCE, &rows_are(&[inserted, updated])).await;
    Order::delete().filter(|o| o.id().eq(1)).one(&db).await.unwrap();
    browser.until_in(AT_ONCE, &rows_are(&[inserted, updated, "delete_id1"])).await;
}

#[tokio::test]
async fn the_sixth_change_evicts_the_first() {
    let (db, live, mut browser) = open("live_six", &["--history", "5"]).await;
    insert(&db, 1..=5).await;
    browser.until("document.querySelectorAll('#changes li').length === 5").await;
    assert_eq!(browser.ids().await, [1, 2, 3, 4, 5]);
    insert(&db, [6]).await;
    browser.until("document.getElementById('changes').lastChild.dataset.seq === '6'").await;
    assert_eq!(browser.ids().await, [2, 3, 4, 5, 6]);
    // The server renders the same.
    let ours = browser.value("document.getElementById('changes').innerHTML").await;
    let (_, page) = live.get("/").await;
    assert!(page.contains(ours.as_str().unwrap()), "{ours} is not in {page}");
    browser.open(&format!("http://{}/", live.host())).await;
    assert_eq!(browser.ids().await, [2, 3, 4, 5, 6]);
}

/// What a document says is text, whoever makes the row: the page or the server.
#[tokio::test]
async fn markup_in_a_document_is_text() {
    let (db, live, mut browser) = open("live_markup", &[]).await;
    let evil = r#"<img src=x onerror="window.hacked = true">{{rows}}</li><script>window.hacked = 1</script>"#;
    Order { customer: evil.into(), ..Order::new(1) }.save(&db).await;
    let raw = db.as_driver().collection::<mongodb::bson::Document>("orders");
    raw.insert_one(doc! { "_id": evil, "a": evil }).await.unwrap();
    for reload in [false, true] {
        if reload {
            browser.open(&format!("http://{}/", live.host())).await;
        }
        browser.until("document.querySelectorAll('#changes li').length === 2").await;
        let customer = "document.querySelector('li.insert span:nth-of-type(2)').lastChild.data";
        assert_eq!(browser.value(customer).await, evil);
        let marked = "document.querySelector('li.raw').textContent.includes('onerror=')";
        assert_eq!(browser.value(marked).await, true);
        assert_eq!(browser.value("document.querySelectorAll('img').length").await, 0);
        // An image that was there would have failed by now.
        browser.value("new Promise(done => { const i = new Image(); i.onerror = () => done(1); i.src = 'data:,' })").await;
        assert_eq!(browser.value("typeof window.hacked").await, "undefined");
    }
}

/// Inserts one after the other until it is stopped; returns how many there are.
struct Writer {
    goes_on: Arc<AtomicBool>,
    written: watch::Receiver<i64>,
    task: JoinHandle<i64>,
}

impl Writer {
    fn start(db: &Database) -> Self {
        let goes_on = Arc::new(AtomicBool::new(true));
        let (tell, written) = watch::channel(0);
        let (db, flag) = (db.clone(), Arc::clone(&goes_on));
        let task = tokio::spawn(async move {
            let mut id = 0;
            while flag.load(Ordering::Relaxed) {
                // One that was applied although its answer was lost is not inserted again.
                match Order::insert(&Order::new(id + 1)).run(&db).await {
                    Ok(_) => id += 1,
                    Err(error) if matches!(error.kind(), ErrorKind::DuplicateKey(_)) => id += 1,
                    Err(_) => continue,
                }
                tell.send_replace(id);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            id
        });
        Self { goes_on, written, task }
    }

    /// Waits until so many more are written.
    async fn writes(&mut self, more: i64) {
        let goal = *self.written.borrow() + more;
        soon("more writes", self.written.wait_for(|id| *id >= goal)).await.unwrap();
    }

    async fn stop(self) -> i64 {
        self.goes_on.store(false, Ordering::Relaxed);
        soon("the writer's end", self.task).await.unwrap()
    }
}

async fn shows_all(browser: &mut Browser, last: i64) {
    let is_last = format!("document.querySelectorAll('#changes li').length >= {last}");
    browser.until(&is_last).await;
    assert_eq!(browser.ids().await, (1..=last).collect::<Vec<_>>());
    assert_eq!(browser.value("document.querySelectorAll('.gap').length").await, 0);
    let seqs = "[...document.querySelectorAll('#changes li')].map(row => Number(row.dataset.seq))";
    assert_eq!(browser.value(seqs).await, json!((1..=last).collect::<Vec<_>>()));
}

/// The example is killed and started again under a writer, twice; the page stays open.
#[tokio::test]
async fn a_restart_of_the_example_is_seen_and_loses_nothing() {
    let folder = Scratch::new("page-restart");
    let file = folder.file("token");
    let more = ["--token-file", &file, "--history", "100000", "--buffer", "100000"];
    let (db, mut live, mut browser) = open("live_restart", &more).await;
    let uri = shared_set().await.uri().to_owned();
    let port = live.port();
    let mut writer = Writer::start(&db);
    for _ in 0..2 {
        writer.writes(30).await;
        live.end(Signal::KILL).await;
        browser.until("document.getElementById('state').textContent === 'reconnecting'").await;
        writer.writes(10).await;
        live = Live::watch_again(port, &uri, db.name(), &more).await;
        browser.until("document.getElementById('state').textContent === 'live'").await;
    }
    writer.writes(10).await;
    shows_all(&mut browser, writer.stop().await).await;
}

#[tokio::test]
async fn a_server_that_is_gone_is_called_so() {
    let (_, live, mut browser) = open("live_gone", &[]).await;
    live.end(Signal::TERM).await;
    browser.until("document.getElementById('state').textContent === 'server gone'").await;
}

/// The primary is killed and started again under a writer: the stream resumes by itself.
#[tokio::test]
async fn a_killed_member_is_seen_and_loses_nothing() {
    let set = OwnSet::start().await;
    let name = "live_member";
    let (db, _) = Connect::to(set.uri()).database(name).await;
    let live = Live::watch(set.uri(), name, &["--history=100000", "--buffer=100000"]).await;
    let mut browser = Browser::start().await;
    browser.open(&format!("http://{}/", live.host())).await;
    let mut writer = Writer::start(&db);
    writer.writes(30).await;
    let primary = set.primary().await.unwrap();
    let mut states = String::from("window.states = []; new MutationObserver(() => ");
    states += "window.states.push(document.getElementById('state').textContent))";
    states += ".observe(document.getElementById('state'), { childList: true })";
    browser.value(&states).await;
    set.kill(primary).await.unwrap();
    writer.writes(10).await;
    set.restart(primary).await.unwrap();
    writer.writes(10).await;
    browser.until("document.getElementById('state').textContent === 'live'").await;
    shows_all(&mut browser, writer.stop().await).await;
    assert_eq!(browser.value("window.states.includes('resuming')").await, true);
    assert_eq!(live.get("/healthz").await.0, 200);
}
