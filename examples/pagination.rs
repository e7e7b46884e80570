//! A JSON API with pages: each answer has the links to the pages beside it.
//!
//! The pages are by key: while somebody reads, orders come in and one is deleted, and every other
//! order is still on one page. The cursors in the links are signed; one that was changed, or
//! belongs to another list, is a bad request. The example asks its own API over HTTP. Needs nothing:
//! without `MONGODB_URI` it starts a replica set of its own.
//!
//! ```text
//! GET /orders?status=paid  200  12 11 9        next
//! ordered                  14, 15; deleted 9
//! next                     200  8 6 5          previous next
//! next                     200  3 2            previous
//! previous                 200  8 6 5          previous next
//! previous                 200  14 12 11       previous next
//! previous                 200  15             next
//! a cursor that is changed 400  the page cursor has a wrong signature
//! of another list          400  the page cursor was made for another filter, or another collection
//! without a signature      400  the page cursor is damaged, or is none
//! ```

use std::{io, net::SocketAddr};

use axum::{
    Router,
    extract::{RawQuery, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use odm::{Database, prelude::*};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const PAGE: u32 = 3;
/// In a service of your own: 32 random bytes from its configuration.
const KEY: &[u8] = b"only an example";

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "orders")]
struct Order {
    #[model(id)]
    id: i64,
    status: Status,
    /// Seconds; several orders may have the same.
    placed: i64,
}

#[derive(Embedded, Clone, Copy, Debug, PartialEq)]
enum Status {
    Open,
    Paid,
}

/// `GET /orders?status=paid&after=…`
async fn orders(State(db): State<Database>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let status = match parameter(&query, "status") {
        Some("open") => Status::Open,
        _ => Status::Paid,
    };
    match page(&db, status, parameter(&query, "after")).await {
        Ok(body) => ([(CONTENT_TYPE, "application/json")], body.to_string()).into_response(),
        Err(error) => refuse(&error).into_response(),
    }
}

async fn page(db: &Database, status: Status, after: Option<&str>) -> odm::Result<Value> {
    let page = Order::find()
        .filter(|o| o.status().eq(status))
        .sort(|o| o.placed().desc())
        .page(PAGE)
        .after(after)
        .signed_with(KEY)
        .fetch(db)
        .await?;
    let name = if status == Status::Open { "open" } else { "paid" };
    // A cursor is letters, digits, `-` and `_`: nothing to be escaped.
    let link = |cursor: PageCursor| format!("/orders?status={name}&after={cursor}");
    Ok(json!({
        "orders": page.items.iter().map(|order| order.id).collect::<Vec<_>>(),
        "next": page.next.map(link),
        "previous": page.previous.map(link),
    }))
}

/// A bad cursor comes from the request; all else is our fault, and not told.
fn refuse(error: &odm::Error) -> (StatusCode, String) {
    match error.kind() {
        ErrorKind::PageCursor(_) => (StatusCode::BAD_REQUEST, json!(error.to_string()).to_string()),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, json!("something went wrong").to_string()),
    }
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = examples::server("pagination").await?;
    let db = &server.db;
    Order::delete().all_documents().many(db).await?;
    let all: Vec<_> = (1..=12).map(order).collect();
    Order::insert_many(&all).run(db).await?;

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client { address: listener.local_addr()? };
    let router = Router::new().route("/orders", get(orders)).with_state(db.clone());
    tokio::spawn(async { axum::serve(listener, router).await });

    let first = client.show("GET /orders?status=paid", "/orders?status=paid").await?;
    Order::insert_many(&[order(14), order(15)]).run(db).await?;
    Order::delete().by_id(9).one(db).await?;
    println!("{:<24} 14, 15; deleted 9", "ordered");
    let mut page = first.clone();
    for direction in ["next", "next", "previous", "previous", "previous"] {
        page = client.show(direction, page[direction].as_str().expect("a link")).await?;
    }

    let link = first["next"].as_str().expect("a link");
    // The last character is one of the signature.
    let (rest, last) = link.split_at(link.len() - 2);
    let changed = format!("{rest}{}", if last == "AA" { "BA" } else { "AA" });
    client.show("a cursor that is changed", &changed).await?;
    client.show("of another list", &link.replace("paid", "open")).await?;
    client.show("without a signature", &link[..link.len() - 43]).await?;
    Ok(())
}

/// Every third order is open; two are placed in the same second.
fn order(id: i64) -> Order {
    let status = if id % 3 == 1 { Status::Open } else { Status::Paid };
    Order { id, status, placed: id / 2 }
}

struct Client {
    address: SocketAddr,
}

impl Client {
    /// Asks for a link, and prints what comes.
    async fn show(&self, what: &str, link: &str) -> io::Result<Value> {
        let (status, body) = self.get(link).await?;
        let text = match body.as_str() {
            Some(reason) => reason.to_owned(),
            None => {
                let ids = body["orders"].as_array().into_iter().flatten();
                let ids = ids.map(Value::to_string).collect::<Vec<_>>().join(" ");
                let links = ["previous", "next"].into_iter().filter(|name| body[name].is_string());
                format!("{ids:<14} {}", links.collect::<Vec<_>>().join(" "))
            }
        };
        println!("{what:<24} {status}  {text}");
        Ok(body)
    }

    async fn get(&self, link: &str) -> io::Result<(String, Value)> {
        let mut stream = TcpStream::connect(self.address).await?;
        let request = format!("GET {link} HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let status = head.split(' ').nth(1).unwrap_or_default().to_owned();
        Ok((status, serde_json::from_str(body)?))
    }
}
