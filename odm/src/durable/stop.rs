//! The signal that a consumer should end.

use futures::future::BoxFuture;

/// A future that is awaited several times, and remembers that it is done.
#[derive(Default)]
pub(super) struct Stop {
    wish: Option<BoxFuture<'static, ()>>,
    is_wanted: bool,
}

impl Stop {
    pub(super) fn when(wish: BoxFuture<'static, ()>) -> Self {
        Self { wish: Some(wish), is_wanted: false }
    }

    /// Waits until the consumer should end. Dropping this future loses nothing.
    pub(super) async fn wanted(&mut self) {
        match &mut self.wish {
            _ if self.is_wanted => {}
            Some(wish) => {
                wish.await;
                self.is_wanted = true;
            }
            None => std::future::pending().await,
        }
    }
}
