//! What is kept for one consumer, and the rules of the lease.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mongodb::bson::Uuid;

use super::{StoreError, StoreResult};
use crate::change_stream::ResumeToken;

/// Token and lease of one consumer, by the clock of this machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Entry {
    pub(super) epoch: u64,
    /// `None` if the lease was ended in good order.
    pub(super) owner: Option<Uuid>,
    /// When the lease runs out, in milliseconds since 1970.
    pub(super) until: u64,
    pub(super) token: Option<ResumeToken>,
}

impl Entry {
    pub(super) fn acquire(&mut self, owner: Uuid, lease: Duration) -> Option<u64> {
        if self.owner != Some(owner) {
            if self.owner.is_some() && self.until > now() {
                return None;
            }
            self.epoch += 1;
            self.owner = Some(owner);
        }
        self.until = now() + millis(lease);
        Some(self.epoch)
    }

    pub(super) fn renew(&mut self, epoch: u64, lease: Duration) -> StoreResult<()> {
        self.check(epoch)?;
        self.until = now() + millis(lease);
        Ok(())
    }

    pub(super) fn load(&self, epoch: u64) -> StoreResult<Option<ResumeToken>> {
        self.check(epoch)?;
        Ok(self.token.clone())
    }

    pub(super) fn save(&mut self, epoch: u64, token: &ResumeToken) -> StoreResult<()> {
        self.check(epoch)?;
        self.token = Some(token.clone());
        Ok(())
    }

    pub(super) fn release(&mut self, epoch: u64) {
        if self.epoch == epoch {
            self.owner = None;
        }
    }

    fn check(&self, epoch: u64) -> StoreResult<()> {
        if self.epoch == epoch { Ok(()) } else { Err(StoreError::TakenOver) }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(60);

    #[test]
    fn a_lease_is_held_until_it_ends_or_runs_out() {
        let (first, second) = (Uuid::new(), Uuid::new());
        let mut entry = Entry::default();
        assert_eq!(entry.acquire(first, LEASE), Some(1));
        assert_eq!(entry.acquire(second, LEASE), None);
        assert_eq!(entry.acquire(first, LEASE), Some(1), "its own lease begins anew");
        entry.release(1);
        assert_eq!(entry.acquire(second, Duration::ZERO), Some(2));
        assert_eq!(entry.acquire(first, LEASE), Some(3), "a lease of no time has run out");
    }

    #[test]
    fn an_old_epoch_can_do_nothing() {
        let token: ResumeToken = "8265".parse().unwrap();
        let mut entry = Entry::default();
        entry.acquire(Uuid::new(), Duration::ZERO);
        entry.save(1, &token).unwrap();
        entry.acquire(Uuid::new(), LEASE);
        assert!(matches!(entry.renew(1, LEASE), Err(StoreError::TakenOver)));
        assert!(matches!(entry.load(1), Err(StoreError::TakenOver)));
        assert!(matches!(entry.save(1, &token), Err(StoreError::TakenOver)));
        entry.release(1);
        assert!(entry.owner.is_some());
        assert_eq!(entry.load(2).unwrap(), Some(token));
    }
}
