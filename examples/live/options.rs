//! The command line.

use std::path::PathBuf;

use odm::change_stream::FullDocument;

use crate::log::Level;

pub(crate) const HELP: &str = "\
Shows the changes of a MongoDB collection on a page, as they happen.

usage: live [options]

  --mongo URI            the deployment; without it, a replica set is started that lives as long
                         as this program, with a small writer
  --ns DB.COLLECTION     what is watched [test.test]
  --untyped              documents of any shape, not only orders
  --port PORT            of the page, on 127.0.0.1; 0 takes a free one [8888]
  --history N            how many changes the page shows [5]
  --buffer N             how many are kept for pages that were away or are slow [1000]
  --full-document MODE   default, updateLookup, whenAvailable or required [default]
  --token-file FILE      where to go on after a restart is kept here
  --fresh                does not go on, begins now
  --log LEVEL            quiet, info or debug [info]
  --help                 this text";

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) mongo: Option<String>,
    pub(crate) database: String,
    pub(crate) collection: String,
    pub(crate) untyped: bool,
    pub(crate) port: u16,
    pub(crate) history: usize,
    pub(crate) buffer: usize,
    pub(crate) full_document: FullDocument,
    pub(crate) token_file: Option<PathBuf>,
    pub(crate) fresh: bool,
    pub(crate) log: Level,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mongo: None,
            database: "test".into(),
            collection: "test".into(),
            untyped: false,
            port: 8888,
            history: 5,
            buffer: 1000,
            full_document: FullDocument::Default,
            token_file: None,
            fresh: false,
            log: Level::Info,
        }
    }
}

impl Options {
    /// `None` if only help is wanted.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut options = Self::default();
        while let Some(word) = words.next() {
            let (name, mut value) = match word.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (word, None),
            };
            let mut value = || {
                let value = value.take().or_else(|| words.next());
                value.ok_or_else(|| format!("{name} needs a value; --help names them all"))
            };
            match name.as_str() {
                "--mongo" => options.mongo = Some(value()?),
                "--ns" => (options.database, options.collection) = namespace(&value()?)?,
                "--untyped" => options.untyped = true,
                "--port" => options.port = number(&name, &value()?)?,
                "--history" => options.history = number(&name, &value()?)?,
                "--buffer" => options.buffer = number(&name, &value()?)?,
                "--full-document" => options.full_document = full_document(&value()?)?,
                "--token-file" => options.token_file = Some(value()?.into()),
                "--fresh" => options.fresh = true,
                "--log" => options.log = level(&value()?)?,
                "--help" | "-h" => return Ok(None),
                _ => return Err(format!("there is no option {name}; --help names them all")),
            }
        }
        options.buffer = options.buffer.max(options.history).max(1);
        Ok(Some(options))
    }

    /// `shop.orders`
    pub(crate) fn namespace(&self) -> String {
        format!("{}.{}", self.database, self.collection)
    }
}

fn namespace(text: &str) -> Result<(String, String), String> {
    match text.split_once('.') {
        Some((database, collection)) if !database.is_empty() && !collection.is_empty() => {
            Ok((database.to_owned(), collection.to_owned()))
        }
        _ => Err(format!("--ns {text}: a namespace is a database and a collection: shop.orders")),
    }
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{name} {text}: this is no number that it can be"))
}

fn full_document(text: &str) -> Result<FullDocument, String> {
    match text {
        "default" => Ok(FullDocument::Default),
        "updateLookup" => Ok(FullDocument::UpdateLookup),
        "whenAvailable" => Ok(FullDocument::WhenAvailable),
        "required" => Ok(FullDocument::Required),
        _ => Err(format!(
            "--full-document {text}: it is default, updateLookup, whenAvailable or required"
        )),
    }
}

fn level(text: &str) -> Result<Level, String> {
    match text {
        "quiet" => Ok(Level::Quiet),
        "info" => Ok(Level::Info),
        "debug" => Ok(Level::Debug),
        _ => Err(format!("--log {text}: it is quiet, info or debug")),
    }
}
