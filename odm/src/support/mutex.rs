//! Locks among tasks.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The lock, also after its holder panicked: no holder leaves a value half changed.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
