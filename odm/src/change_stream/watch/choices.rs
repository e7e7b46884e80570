//! What can be chosen about a stream.

/// The whole document that comes with an update event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FullDocument {
    /// None: only what was changed.
    #[default]
    Default,
    /// The document as it is when the event is read: perhaps changed again since, or gone, which
    /// is `None`.
    UpdateLookup,
    /// The document as it was right after the change, if the collection keeps such images.
    WhenAvailable,
    /// The same; it is an error if there is none.
    Required,
}

/// The document as it was before a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FullDocumentBeforeChange {
    /// None.
    #[default]
    Off,
    /// If the collection keeps such images.
    WhenAvailable,
    /// It is an error if there is none.
    Required,
}

/// What is done when the server no longer has the changes after the resume token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnHistoryLost {
    /// The stream ends with an error.
    #[default]
    Fail,
    /// It goes on with what happens from now on. The gap is reported as an
    /// [`Other`](super::ChangeEvent::Other) event whose operation is
    /// [`HISTORY_LOST`](super::HISTORY_LOST).
    RestartFromNow,
}
