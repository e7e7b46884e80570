//! Work that goes on when nobody waits for it, and runtimes that end.

use std::panic::resume_unwind;

use tokio::runtime::Handle;

use crate::error::{Error, ErrorKind, Outcome, Result};

/// Runs the future in a task of its own, which goes on if this is dropped. `None` if the runtime
/// ends before.
pub(super) async fn in_task<T: Send + 'static>(
    future: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    let task = Handle::try_current().ok()?.spawn(future);
    match task.await.map_err(|ended| ended.try_into_panic()) {
        Ok(done) => Some(done),
        Err(Ok(panic)) => resume_unwind(panic),
        Err(Err(_)) => None,
    }
}

/// Checks that there is a runtime: timers and connections need one.
pub(crate) fn need_runtime() -> Result<()> {
    match Handle::try_current() {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::invalid("a stream can be read only in a Tokio runtime")),
    }
}

pub(super) fn runtime_has_ended() -> Error {
    let text = "the Tokio runtime has ended in which the cursor was read";
    Error::new(ErrorKind::Unavailable(text.to_owned()), Outcome::NotApplied)
}
