//! Checking a value without reading it.

use super::{DecodeError, Element, Elements};

impl Element<'_> {
    /// Refuses nesting that is too deep, and any length that does not fit, before something else
    /// recurses into the value.
    pub(crate) fn check_depth(self) -> Result<(), DecodeError> {
        self.check_each(|_| Ok(()))
    }

    /// Refuses what the driver could not read, at any depth, too.
    pub(crate) fn check(self) -> Result<(), DecodeError> {
        self.check_each(Self::check_leaf)
    }

    fn check_each(
        self,
        leaf: impl Fn(Self) -> Result<(), DecodeError> + Copy,
    ) -> Result<(), DecodeError> {
        let mut children = match self.kind() {
            0x03 | 0x04 => Elements::framed(self.value(), self.depth())?,
            0x0F => {
                let (code, scope) = self.code_with_scope()?;
                leaf(code)?;
                return scope.check_each(leaf);
            }
            _ => return leaf(self),
        };
        while let Some((key, child)) = children.next_element()? {
            child.check_each(leaf).map_err(|error| error.in_key(key))?;
        }
        Ok(())
    }

    /// Checks what is inside a value whose length is right.
    fn check_leaf(self) -> Result<(), DecodeError> {
        match self.kind() {
            0x02 | 0x0D | 0x0E => self.text().map(drop),
            0x05 => self.binary().map(drop),
            0x08 => self.bool().map(drop),
            // The NULs between its parts are UTF-8, too.
            0x0B => utf8(self.value()),
            0x0C => match self.value().split_last_chunk::<12>() {
                Some((namespace, _)) => Self::nested(0x02, 0, namespace).text().map(drop),
                None => Err(DecodeError::malformed("a dbPointer is cut short")),
            },
            _ => Ok(()),
        }
    }
}

fn utf8(bytes: &[u8]) -> Result<(), DecodeError> {
    std::str::from_utf8(bytes).map(drop).map_err(|_| DecodeError::not_utf8())
}
