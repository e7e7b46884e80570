//! The bytes of a cursor: their layout, and their signature.
//!
//! ```text
//!   1 byte     the version of the layout: 1
//!   1 byte     1 if it is signed, 0 if not
//!   document   what position.rs writes
//!   32 bytes   if it is signed: HMAC-SHA256 of all bytes before
//! ```

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use mongodb::bson::Document;
use sha2::Sha256;

use crate::{
    codec::{decode_document, encode_document},
    error::{Error, Result},
};

const VERSION: u8 = 1;
const UNSIGNED: u8 = 0;
const SIGNED: u8 = 1;
const SIGNATURE: usize = 32;

/// What signs cursors. Its debug output does not tell it.
#[derive(Clone)]
pub(super) struct Key(Hmac<Sha256>);

impl Key {
    pub(super) fn new(key: &[u8]) -> Result<Self> {
        if key.is_empty() {
            return Err(Error::invalid("the key that signs page cursors is empty"));
        }
        let hmac = Hmac::new_from_slice(key);
        hmac.map(Self).map_err(|error| Error::invalid(format!("the key: {error}")))
    }

    fn of(&self, bytes: &[u8]) -> Hmac<Sha256> {
        self.0.clone().chain_update(bytes)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// The bytes of a cursor with this content.
pub(super) fn seal(content: &Document, key: Option<&Key>) -> Result<Vec<u8>> {
    let mut bytes = vec![VERSION, if key.is_some() { SIGNED } else { UNSIGNED }];
    bytes.extend(encode_document(content)?);
    if let Some(key) = key {
        let signature = key.of(&bytes).finalize().into_bytes();
        bytes.extend_from_slice(&signature);
    }
    Ok(bytes)
}

/// The content of a cursor, if the key says that it is ours.
pub(super) fn open(bytes: &[u8], key: Option<&Key>) -> Result<Document> {
    let parts = Parts::of(bytes)?;
    match (key, parts.signature) {
        (None, None) => {}
        (None, Some(_)) => return Err(Error::page_cursor("is signed, and the query has no key")),
        (Some(_), None) => return Err(Error::page_cursor("is not signed")),
        // Compares in constant time.
        (Some(key), Some(signature)) => key
            .of(parts.signed)
            .verify_slice(signature)
            .map_err(|_| Error::page_cursor("has a wrong signature"))?,
    }
    parts.content()
}

/// Checks all but the signature.
pub(super) fn check(bytes: &[u8]) -> Result<()> {
    Parts::of(bytes)?.content().map(drop)
}

pub(super) fn damaged() -> Error {
    Error::page_cursor("is damaged, or is none")
}

/// The parts of a cursor.
struct Parts<'a> {
    signed: &'a [u8],
    document: &'a [u8],
    signature: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self> {
        match bytes {
            [VERSION, UNSIGNED, document @ ..] => {
                Ok(Self { signed: bytes, document, signature: None })
            }
            [VERSION, SIGNED, rest @ ..] if rest.len() >= SIGNATURE => {
                let (signed, signature) = bytes.split_at(bytes.len() - SIGNATURE);
                Ok(Self { signed, document: &signed[2..], signature: Some(signature) })
            }
            [VERSION, ..] | [] => Err(damaged()),
            [_, ..] => Err(Error::page_cursor("is none, or of another version of odm")),
        }
    }

    fn content(&self) -> Result<Document> {
        decode_document(self.document).map_err(|_| damaged())
    }
}
