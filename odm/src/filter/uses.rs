//! Operators that the server takes at some places only.

use std::ops::BitOr;

use crate::error::{Error, Result};

/// Which of them a filter has, so that a misplaced one is found before anything is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Uses(u8);

impl Uses {
    pub(crate) const TEXT: Self = Self(1);
    pub(crate) const NEAR: Self = Self(2);
    pub(crate) const EXPR: Self = Self(4);
    pub(crate) const WHERE: Self = Self(8);
    pub(crate) const SAMPLE_RATE: Self = Self(16);
    pub(crate) const JSON_SCHEMA: Self = Self(32);

    /// What a filter can have once.
    const ONCE: Self = Self(1 | 2);
    /// What cannot be negated.
    const NOT_NEGATED: Self = Self(1 | 2);
    /// What `$elemMatch` refuses.
    const NOT_IN_ELEMENTS: Self = Self(1 | 2 | 4 | 8 | 16);
    /// What `$match` refuses, and so `count`.
    const NOT_IN_MATCH: Self = Self(2 | 8);
    /// What `$match` refuses behind `$changeStream`.
    const NOT_IN_CHANGE_STREAM: Self = Self(1 | 2 | 8);
    /// What array filters refuse.
    const NOT_IN_ARRAY_FILTERS: Self = Self(1 | 2 | 4 | 8 | 32);
    /// What `$pull` refuses.
    const NOT_IN_PULL: Self = Self::NOT_IN_ARRAY_FILTERS;

    /// Two conditions of one filter.
    pub(super) fn together(self, other: Self) -> Result<()> {
        match Self(self.0 & other.0 & Self::ONCE.0).name() {
            Some(name) => Err(Error::invalid(format!("`{name}` is in the filter twice"))),
            None if (self | other).0 & Self::ONCE.0 == Self::ONCE.0 => {
                Err(Error::invalid("`$text` and `$near` cannot be in one filter"))
            }
            None => Ok(()),
        }
    }

    pub(super) fn alternative(self) -> Result<()> {
        self.refuse(Self::NEAR, "in `$or`")
    }

    pub(super) fn negated(self) -> Result<()> {
        self.refuse(Self::NOT_NEGATED, "under `$nor` or `$not`")
    }

    pub(super) fn in_elements(self, operator: &str) -> Result<()> {
        self.refuse(Self::NOT_IN_ELEMENTS, &format!("inside `{operator}`"))
    }

    pub(super) fn in_pull(self, operator: &str) -> Result<()> {
        self.refuse(Self::NOT_IN_PULL, &format!("inside `{operator}`"))
    }

    pub(crate) fn in_match(self) -> Result<()> {
        self.refuse(Self::NOT_IN_MATCH, "in a `$match` stage, nor when documents are counted")
    }

    pub(crate) fn in_change_stream(self) -> Result<()> {
        self.refuse(Self::NOT_IN_CHANGE_STREAM, "in a filter on events")
    }

    pub(crate) fn in_array_filter(self) -> Result<()> {
        self.refuse(Self::NOT_IN_ARRAY_FILTERS, "in an array filter")
    }

    pub(super) fn has(self, operator: Self) -> bool {
        self.0 & operator.0 != 0
    }

    fn refuse(self, refused: Self, place: &str) -> Result<()> {
        match Self(self.0 & refused.0).name() {
            Some(name) => Err(Error::invalid(format!("`{name}` cannot be used {place}"))),
            None => Ok(()),
        }
    }

    fn name(self) -> Option<&'static str> {
        let names = ["$text", "$near", "$expr", "$where", "$sampleRate", "$jsonSchema"];
        names.get(self.0.trailing_zeros() as usize).copied()
    }
}

impl BitOr for Uses {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
