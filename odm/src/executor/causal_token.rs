//! What a session has seen, to be carried to another one.

use std::{fmt, str::FromStr};

use mongodb::{
    ClientSession, ClusterTime,
    bson::{self, Timestamp},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::Error;

/// A point in the history of a deployment. A session that is [advanced](super::Session::advance) to
/// it reads no older data.
///
/// It goes to other processes as text, by serde or by [`to_string`](ToString) and
/// [`parse`](str::parse): about 200 letters and digits, for a header or a cookie. With
/// authentication, the server signs it, so nobody can forge it. It contains no data of documents.
///
/// ```no_run
/// # async fn run(db: odm::Database) -> Result<(), Box<dyn std::error::Error>> {
/// let session = db.start_session().await?;
/// let text = session.causal_token().to_string();
///
/// let elsewhere = db.start_session().await?;
/// elsewhere.advance(&text.parse()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CausalToken(Times);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Times {
    #[serde(default, rename = "c", skip_serializing_if = "Option::is_none")]
    cluster: Option<ClusterTime>,
    #[serde(default, rename = "o", skip_serializing_if = "Option::is_none")]
    operation: Option<Timestamp>,
}

impl CausalToken {
    /// The time of the last operation that the token includes, if there was one.
    pub fn operation_time(&self) -> Option<Timestamp> {
        self.0.operation
    }

    pub(crate) fn of(session: &ClientSession) -> Self {
        Self(Times {
            cluster: session.cluster_time().cloned(),
            operation: session.operation_time(),
        })
    }

    /// Takes the later of both, for each time separately.
    pub(crate) fn advance(&mut self, other: &Self) {
        if other.0.cluster > self.0.cluster {
            self.0.cluster = other.0.cluster.clone();
        }
        self.0.operation = self.0.operation.max(other.0.operation);
    }

    pub(crate) fn hand_to(&self, session: &mut ClientSession) {
        if let Some(time) = &self.0.cluster {
            session.advance_cluster_time(time);
        }
        if let Some(time) = self.0.operation {
            session.advance_operation_time(time);
        }
    }
}

/// Its BSON in hexadecimal digits: the server checks the types in its signature, which JSON does
/// not keep.
impl fmt::Display for CausalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = bson::serialize_to_vec(&self.0).map_err(|_| fmt::Error)?;
        bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for CausalToken {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let digits = text.as_bytes().chunks(2).map(|pair| {
            let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
            u8::from_str_radix(pair, 16).ok()
        });
        let bytes: Option<Vec<u8>> = digits.collect();
        let times = bytes.and_then(|bytes| bson::deserialize_from_slice(&bytes).ok());
        times.map(Self).ok_or_else(|| Error::invalid("this is not a causal token"))
    }
}

impl Serialize for CausalToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CausalToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
