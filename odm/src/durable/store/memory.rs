//! Tokens in memory.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use mongodb::bson::Uuid;

use super::{StoreResult, StoreTokens, entry::Entry};
use crate::{change_stream::ResumeToken, support::locked};

/// Tokens and leases in the memory of this process, see [`TokenStore::memory`](super::TokenStore).
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<HashMap<String, Entry>>);

impl MemoryStore {
    fn with<T>(&self, consumer: &str, work: impl FnOnce(&mut Entry) -> T) -> T {
        let mut entries = locked(&self.0);
        work(entries.entry(consumer.to_owned()).or_default())
    }
}

impl StoreTokens for MemoryStore {
    async fn acquire(
        &self,
        consumer: &str,
        owner: Uuid,
        lease: Duration,
    ) -> StoreResult<Option<u64>> {
        Ok(self.with(consumer, |entry| entry.acquire(owner, lease)))
    }

    async fn renew(&self, consumer: &str, epoch: u64, lease: Duration) -> StoreResult<()> {
        self.with(consumer, |entry| entry.renew(epoch, lease))
    }

    async fn load(&self, consumer: &str, epoch: u64) -> StoreResult<Option<ResumeToken>> {
        self.with(consumer, |entry| entry.load(epoch))
    }

    async fn save(&self, consumer: &str, epoch: u64, token: &ResumeToken) -> StoreResult<()> {
        self.with(consumer, |entry| entry.save(epoch, token))
    }

    async fn release(&self, consumer: &str, epoch: u64) -> StoreResult<()> {
        self.with(consumer, |entry| entry.release(epoch));
        Ok(())
    }
}
