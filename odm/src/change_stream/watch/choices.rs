//! What can be chosen about a stream.

/// The whole document that comes with an update event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FullDocument {
    /// No document: only what was changed.
    #[default]
    Default,
    /// The document as it is when the event is read. It may have been changed again. `None` if it
    /// was deleted.
    UpdateLookup,
    /// The document as it was right after the change, if the collection keeps such images;
    /// otherwise `None`.
    WhenAvailable,
    /// The document as it was right after the change. An error if the collection does not keep it.
    Required,
}

/// The document as it was before a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FullDocumentBeforeChange {
    /// None.
    #[default]
    Off,
    /// The document, if the collection keeps such images; otherwise `None`.
    WhenAvailable,
    /// The document. An error if the collection does not keep it.
    Required,
}

/// What is done when the server no longer has the changes after the resume token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnHistoryLost {
    /// The stream ends with an error.
    #[default]
    Fail,
    /// The stream goes on with what happens from now on. The gap is reported as an
    /// [`Other`](crate::ChangeEvent::Other) event whose operation is
    /// [`HISTORY_LOST`](crate::change_stream::HISTORY_LOST).
    RestartFromNow,
}
