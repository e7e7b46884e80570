//! What a session has seen, to be carried to another one.

use mongodb::{ClientSession, ClusterTime, bson::Timestamp};
use serde::{Deserialize, Serialize};

/// A point in the history of a deployment: a session that is [advanced](super::Session::advance)
/// to it reads nothing older.
///
/// It goes to other processes by serde, as in a header or a cookie. With authentication the
/// server signs it, so it cannot be forged; it says nothing about the data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CausalToken {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cluster_time: Option<ClusterTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operation_time: Option<Timestamp>,
}

impl CausalToken {
    /// The time of the last operation that is counted in, if there was one.
    pub fn operation_time(&self) -> Option<Timestamp> {
        self.operation_time
    }

    pub(crate) fn of(session: &ClientSession) -> Self {
        Self {
            cluster_time: session.cluster_time().cloned(),
            operation_time: session.operation_time(),
        }
    }

    /// The later of both, each time for itself.
    pub(crate) fn advance(&mut self, other: &Self) {
        if other.cluster_time > self.cluster_time {
            self.cluster_time = other.cluster_time.clone();
        }
        self.operation_time = self.operation_time.max(other.operation_time);
    }

    pub(crate) fn hand_to(&self, session: &mut ClientSession) {
        if let Some(time) = &self.cluster_time {
            session.advance_cluster_time(time);
        }
        if let Some(time) = self.operation_time {
            session.advance_operation_time(time);
        }
    }
}
