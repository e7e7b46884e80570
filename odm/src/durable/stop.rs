//! The wish that a consumer ends.

use futures::future::BoxFuture;

/// A future that is waited for again and again, and remembered once it is done.
#[derive(Default)]
pub(super) struct Stop {
    wish: Option<BoxFuture<'static, ()>>,
    is_wanted: bool,
}

impl Stop {
    pub(super) fn when(wish: BoxFuture<'static, ()>) -> Self {
        Self { wish: Some(wish), is_wanted: false }
    }

    /// Waits until the consumer is to end; dropping this future loses nothing.
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
