//! What is served: the page, its socket, and how we are.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{RawQuery, State, WebSocketUpgrade},
    http::{
        HeaderMap, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN},
    },
    response::{IntoResponse, Response},
    routing::get,
    serve::ListenerExt,
};
use serde_json::json;
use tokio::{net::TcpListener, time::timeout};

use crate::{
    Failure,
    client::{self, Seen},
    hub::{self, Hub},
    options::Options,
    page,
    stop::Stop,
};

/// A request that is not finished by then is cut off.
const LONGEST_END: Duration = Duration::from_secs(1);

#[derive(Clone)]
struct Served {
    hub: Arc<Hub>,
    stop: Stop,
    namespace: Arc<str>,
    history: usize,
}

/// Until it is stopped, and all pages have been told.
pub(crate) async fn serve(
    listener: TcpListener,
    hub: Arc<Hub>,
    options: &Options,
    stop: &Stop,
) -> Result<(), Failure> {
    let served = Served {
        hub: Arc::clone(&hub),
        stop: stop.clone(),
        namespace: options.namespace().into(),
        history: options.history,
    };
    let router = Router::new()
        .route("/", get(show_page))
        .route("/socket", get(open_socket))
        .route("/healthz", get(show_health))
        .with_state(served);
    let listener = listener.tap_io(|tcp| drop(tcp.set_nodelay(true)));
    let requested = {
        let stop = stop.clone();
        async move { stop.requested().await }
    };
    let serving = axum::serve(listener, router).with_graceful_shutdown(requested).into_future();
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => ended?,
        () = stop.requested() => {
            let all = async { tokio::join!(&mut serving, hub.emptied()) };
            drop(timeout(LONGEST_END, all).await);
        }
    }
    Ok(())
}

async fn show_page(State(served): State<Served>) -> Response {
    let (html, policy) = page::render(&served.hub, &served.namespace, served.history);
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, html).into_response()
}

/// `/socket?since=97&series=…`
async fn open_socket(
    State(served): State<Served>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !is_same_origin(&headers) {
        return (StatusCode::FORBIDDEN, "this socket is for our own page\n").into_response();
    }
    let Some(seen) = seen(query.as_deref().unwrap_or_default()) else {
        return (StatusCode::BAD_REQUEST, "`since` is a number\n").into_response();
    };
    upgrade.on_upgrade(move |socket| client::serve(socket, served.hub, seen, served.stop))
}

/// A browser says whose page it is that wants the socket, for sockets are open to all pages.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    matches!((origin, host), (Some((_, origin)), Some(host)) if origin.eq_ignore_ascii_case(host))
}

fn seen(query: &str) -> Option<Seen> {
    let mut seen = Seen::default();
    for (name, value) in query.split('&').filter_map(|part| part.split_once('=')) {
        match name {
            "since" => seen.since = Some(value.parse().ok()?),
            "series" => seen.series = Some(value.to_owned()),
            _ => {}
        }
    }
    Some(seen)
}

/// 200 if changes come in, 503 if they do not.
async fn show_health(State(served): State<Served>) -> Response {
    let health = served.hub.health();
    let status = match health.state {
        hub::State::Live => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let body = json!({
        "state": health.state.name(),
        "clients": health.pages,
        "seq": health.seq,
        "lastTokenAgeMs": health.token_age.as_millis() as u64,
        "lagMs": health.lag.map(|lag| lag.as_millis() as u64),
    });
    (status, [(CONTENT_TYPE, "application/json")], format!("{body}\n")).into_response()
}
