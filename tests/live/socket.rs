//! A page without a browser.

use futures::StreamExt;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        http::HeaderValue,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use crate::{program::Live, soon};

pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The series of numbers, known from the first message.
    pub(crate) series: String,
}

impl Socket {
    /// Opened as soon as this returns, and told how the stream is.
    pub(crate) async fn open(live: &Live, query: &str) -> Self {
        let url = format!("ws://{}/socket{query}", live.host());
        let (stream, _) = soon("a socket", connect_async(url)).await.expect("a socket");
        let mut socket = Self { stream, series: String::new() };
        let status = socket.next().await;
        assert_eq!(status["kind"], "status", "{status}");
        socket.series = status["series"].as_str().unwrap().to_owned();
        socket
    }

    /// The status of the answer to a page of this origin.
    pub(crate) async fn try_origin(live: &Live, origin: &str, query: &str) -> u16 {
        let url = format!("ws://{}/socket{query}", live.host());
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("Origin", HeaderValue::from_str(origin).unwrap());
        match soon("an answer", connect_async(request)).await {
            Ok((_, answer)) => answer.status().as_u16(),
            Err(Error::Http(answer)) => answer.status().as_u16(),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn frame(&mut self) -> Option<Message> {
        soon("a frame", self.stream.next()).await.map(|frame| frame.expect("a frame"))
    }

    /// The next message.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            match self.frame().await.expect("a message") {
                Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next message about a change or a gap.
    pub(crate) async fn row(&mut self) -> Value {
        loop {
            let message = self.next().await;
            if message["kind"] != "status" {
                return message;
            }
        }
    }

    /// The next status.
    pub(crate) async fn status(&mut self) -> Value {
        loop {
            let message = self.next().await;
            if message["kind"] == "status" {
                return message;
            }
        }
    }

    /// Why it is closed, after all messages.
    pub(crate) async fn close_code(&mut self) -> Option<CloseCode> {
        while let Some(frame) = self.frame().await {
            if let Message::Close(why) = frame {
                return why.map(|CloseFrame { code, .. }| code);
            }
        }
        None
    }
}
