//! One page's socket.
//!
//! ```text
//!   from us   {kind: "status", state, series, attempt?, error?}     at first, on change, and
//!                                                                   with every ping
//!             {kind: "change", seq, id, op, fields, key, updated, removed, full, clusterTime, …}
//!             {kind: "gap",    seq, id, op, fields, missed?}
//!   to us     nothing
//! ```

use std::{sync::Arc, time::Duration};

use axum::{
    Error,
    extract::ws::{CloseCode, CloseFrame, Message, Utf8Bytes, WebSocket, close_code},
};
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use serde_json::Map;
use tokio::time::{MissedTickBehavior, interval_at, timeout};

use crate::{
    hub::{self, Hub, News, State},
    message::{self, Row},
    stop::Stop,
};

const PING_EVERY: Duration = Duration::from_secs(20);
/// A page that takes no byte for so long is given up.
const LONGEST_SEND: Duration = Duration::from_secs(10);
/// A close frame is not waited for longer, nor the answer to it.
const LONGEST_FAREWELL: Duration = Duration::from_millis(500);

/// What the page has seen already.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    /// Everything up to this number; not given by those who want only what is new.
    pub(crate) since: Option<u64>,
    /// The series that it is a number of.
    pub(crate) series: Option<String>,
}

pub(crate) async fn serve(socket: WebSocket, hub: Arc<Hub>, seen: Seen, stop: Stop) {
    let _visit = hub.enter();
    let (mut sink, mut stream) = socket.split();
    let mut page = Page { hub: &hub, sink: &mut sink, seen: 0 };
    let (code, reason) = match page.talk(&mut stream, seen, &stop).await {
        Ok(end) => end,
        // The page has gone.
        Err(_) => return,
    };
    farewell(sink, stream, code, reason).await;
}

struct Page<'a> {
    hub: &'a Hub,
    sink: &'a mut SplitSink<WebSocket, Message>,
    seen: u64,
}

type End = (CloseCode, &'static str);

impl Page<'_> {
    /// Until the page goes, which is an error, or we end it.
    async fn talk(
        &mut self,
        stream: &mut SplitStream<WebSocket>,
        seen: Seen,
        stop: &Stop,
    ) -> Result<End, Error> {
        let slow = (close_code::AGAIN, "too slow");
        let mut state = self.hub.state();
        let mut ping = interval_at(tokio::time::Instant::now() + PING_EVERY, PING_EVERY);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut has_answered = true;
        let now = state.borrow_and_update().clone();
        if !(self.status(&now).await? && self.greet(seen).await?) {
            return Ok(slow);
        }
        loop {
            let in_time = tokio::select! {
                news = self.hub.news(self.seen) => self.tell(news).await?,
                Ok(()) = state.changed() => {
                    let now = state.borrow_and_update().clone();
                    let in_time = self.status(&now).await?;
                    if let State::Ended { .. } = now {
                        return Ok((close_code::ERROR, "the change stream has ended"));
                    }
                    in_time
                }
                message = stream.next() => match message {
                    Some(Ok(Message::Close(_))) | None => return Ok((close_code::NORMAL, "")),
                    Some(Ok(_)) => { has_answered = true; true }
                    Some(Err(error)) => return Err(error),
                },
                _ = ping.tick() => {
                    if !std::mem::replace(&mut has_answered, false) {
                        return Ok((close_code::AGAIN, "no answer to a ping"));
                    }
                    // A page cannot see a ping; the status tells it that we are there.
                    let now = state.borrow().clone();
                    self.send(Message::Ping(Default::default())).await? && self.status(&now).await?
                }
                () = stop.requested() => return Ok((close_code::AWAY, "the server stops")),
            };
            if !in_time {
                return Ok(slow);
            }
        }
    }

    /// Finds out where the page is.
    async fn greet(&mut self, seen: Seen) -> Result<bool, Error> {
        let series = self.hub.series();
        match (seen.since, seen.series) {
            (Some(_), Some(theirs)) if theirs != series => {
                let reason = "the server remembers nothing of what was before";
                let about = Map::from_iter([("series".to_owned(), series.as_str().into())]);
                self.seen = self.hub.evicted();
                let (_, gap) = Row::gap(self.seen, format!("gap-{series}"), reason, about);
                self.text(gap).await
            }
            (since, _) => {
                self.seen = since.unwrap_or_else(|| self.hub.place().last.seq);
                Ok(true)
            }
        }
    }

    async fn tell(&mut self, news: News) -> Result<bool, Error> {
        if news.missed > 0 {
            let (row, gap) = hub::missed(self.seen, news.missed);
            self.seen = row.seq;
            if !self.text(gap).await? {
                return Ok(false);
            }
        }
        for entry in news.entries {
            if !self.text(entry.message.clone()).await? {
                return Ok(false);
            }
            self.seen = entry.row.seq;
        }
        Ok(true)
    }

    async fn status(&mut self, state: &State) -> Result<bool, Error> {
        self.text(message::status(state, &self.hub.series())).await
    }

    async fn text(&mut self, text: Utf8Bytes) -> Result<bool, Error> {
        self.send(Message::Text(text)).await
    }

    /// Whether the page took it in time.
    async fn send(&mut self, message: Message) -> Result<bool, Error> {
        match timeout(LONGEST_SEND, self.sink.send(message)).await {
            Ok(sent) => sent.map(|()| true),
            Err(_) => Ok(false),
        }
    }
}

/// Says why, and waits a moment for the answer, so that what was sent arrives.
async fn farewell(
    mut sink: SplitSink<WebSocket, Message>,
    mut stream: SplitStream<WebSocket>,
    code: CloseCode,
    reason: &'static str,
) {
    let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
    let goodbye = async {
        if sink.send(close).await.is_ok() {
            while let Some(Ok(_)) = stream.next().await {}
        }
    };
    drop(timeout(LONGEST_FAREWELL, goodbye).await);
}
