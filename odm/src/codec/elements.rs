//! Reading elements from borrowed bytes, every length checked.

use mongodb::bson::{
    Bson,
    spec::{BinarySubtype, ElementType},
};

use super::{
    Decode, DecodeError, Items, MAX_DEPTH,
    layout::{bad_value, type_name, value_length},
};

/// One value of a document or an array: its type and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    kind: u8,
    depth: u8,
    value: &'a [u8],
}

/// The elements of a document, in stored order.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    /// What is left, without the closing NUL.
    pub(super) rest: &'a [u8],
    depth: u8,
}

impl<'a> Element<'a> {
    /// A whole document, as the server sends it.
    pub fn document(bytes: &'a [u8]) -> Self {
        Self { kind: 0x03, depth: 0, value: bytes }
    }

    /// A value inside `depth` documents.
    pub(crate) fn nested(kind: u8, depth: u8, value: &'a [u8]) -> Self {
        Self { kind, depth, value }
    }

    /// A stand-in for a field that is not there.
    pub(crate) fn null() -> Self {
        Self { kind: 0x0A, depth: 0, value: &[] }
    }

    /// A document inside `depth` others.
    pub(crate) fn document_at(bytes: &'a [u8], depth: u8) -> Self {
        Self { depth, ..Self::document(bytes) }
    }

    /// How many documents and arrays are around the value.
    pub(crate) fn depth(self) -> u8 {
        self.depth
    }

    /// The type byte.
    #[inline]
    pub(crate) fn kind(self) -> u8 {
        self.kind
    }

    /// The bytes of the value, exactly.
    #[inline]
    pub fn value(self) -> &'a [u8] {
        self.value
    }

    /// The BSON type; `None` for a type byte that BSON does not have.
    pub fn element_type(self) -> Option<ElementType> {
        ElementType::from(self.kind)
    }

    /// Whether the value is null (or the deprecated undefined).
    #[inline]
    pub fn is_null(self) -> bool {
        self.kind == 0x0A || self.kind == 0x06
    }

    /// The BSON name of the type: `int32`, `string`, `document`, ….
    pub fn type_name(self) -> &'static str {
        type_name(self.kind)
    }

    /// `expected …, found …` for this value.
    #[cold]
    #[inline(never)]
    pub fn mismatch(self, expected: &str) -> DecodeError {
        DecodeError::expected(expected, self.type_name())
    }

    /// The bytes of a value of fixed size.
    #[inline]
    pub(crate) fn fixed<const N: usize>(self) -> Result<[u8; N], DecodeError> {
        match self.value.first_chunk::<N>() {
            Some(bytes) => Ok(*bytes),
            None => Err(DecodeError::malformed("a value is cut short")),
        }
    }

    /// The text of a string.
    #[inline(always)]
    pub fn str(self) -> Result<&'a str, DecodeError> {
        match self.kind {
            0x02 => self.text(),
            _ => Err(self.mismatch("string")),
        }
    }

    /// The text of a string, symbol or code, whatever the type byte says.
    #[inline(always)]
    pub(crate) fn text(self) -> Result<&'a str, DecodeError> {
        match self.value {
            [_, _, _, _, text @ .., 0] => {
                std::str::from_utf8(text).map_err(|_| DecodeError::not_utf8())
            }
            _ => Err(DecodeError::malformed("a string is cut short")),
        }
    }

    /// A `bool`, whatever the type byte says.
    #[inline]
    pub(crate) fn bool(self) -> Result<bool, DecodeError> {
        match self.value {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(DecodeError::malformed("a bool is neither 0 nor 1")),
        }
    }

    /// The elements of a document.
    #[inline]
    pub fn elements(self) -> Result<Elements<'a>, DecodeError> {
        match self.kind {
            0x03 => Elements::framed(self.value, self.depth),
            _ => Err(self.mismatch("document")),
        }
    }

    /// The items of an array.
    #[inline]
    pub fn items(self) -> Result<Items<'a>, DecodeError> {
        match self.kind {
            0x04 => Elements::framed(self.value, self.depth).map(Items::new),
            _ => Err(self.mismatch("array")),
        }
    }

    /// The value as the driver's own type; slow, for rare types and error messages.
    pub fn to_bson(self) -> Result<Bson, DecodeError> {
        Bson::decode(self)
    }

    /// A document that holds just this value, under the key `v`.
    pub(crate) fn in_document(self) -> Vec<u8> {
        let length = self.value.len() + 8;
        let mut document = Vec::with_capacity(length);
        document.extend_from_slice(&(length as i32).to_le_bytes());
        document.extend_from_slice(&[self.kind, b'v', 0]);
        document.extend_from_slice(self.value);
        document.push(0);
        document
    }

    /// The subtype and the bytes of binary data.
    pub(crate) fn binary(self) -> Result<(BinarySubtype, &'a [u8]), DecodeError> {
        if self.kind != 0x05 {
            return Err(self.mismatch("binary"));
        }
        match self.value {
            // The old generic subtype repeats the length.
            [_, _, _, _, 0x02, a, b, c, d, bytes @ ..] => {
                match i32::from_le_bytes([*a, *b, *c, *d]) as usize == bytes.len() {
                    true => Ok((BinarySubtype::BinaryOld, bytes)),
                    false => Err(DecodeError::malformed("old binary data of two lengths")),
                }
            }
            [_, _, _, _, 0x02, ..] | [] | [_] | [_, _] | [_, _, _] | [_, _, _, _] => {
                Err(DecodeError::malformed("binary data is cut short"))
            }
            [_, _, _, _, subtype, bytes @ ..] => Ok((BinarySubtype::from(*subtype), bytes)),
        }
    }

    /// The code, as a string, and the scope, as a document, of JavaScript with scope.
    pub(crate) fn code_with_scope(self) -> Result<(Self, Self), DecodeError> {
        if self.kind != 0x0F {
            return Err(self.mismatch("javascript with scope"));
        }
        let parts = self.value.get(4..).unwrap_or_default();
        match parts.split_at_checked(value_length(0x02, parts)) {
            Some((code, scope)) => Ok((
                Self { kind: 0x02, value: code, ..self },
                Self { kind: 0x03, value: scope, ..self },
            )),
            None => Err(bad_value(self.kind)),
        }
    }
}

impl<'a> Elements<'a> {
    #[inline]
    pub(crate) fn framed(document: &'a [u8], depth: u8) -> Result<Self, DecodeError> {
        if depth >= MAX_DEPTH {
            return Err(too_deep());
        }
        match document {
            [a, b, c, d, rest @ .., 0]
                if i32::from_le_bytes([*a, *b, *c, *d]) as usize == document.len() =>
            {
                Ok(Self { rest, depth: depth + 1 })
            }
            _ => Err(DecodeError::malformed("a document is cut short")),
        }
    }

    /// Elements without a document around them, and without its closing NUL.
    pub(crate) fn unframed(elements: &'a [u8]) -> Self {
        Self { rest: elements, depth: 0 }
    }

    #[inline]
    pub(crate) fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// A guess of how many elements are left, from the length of the first key and value. A `Vec`
    /// of this many `T` takes no more memory than the document itself.
    pub(crate) fn capacity_hint<T>(&self) -> usize {
        let mut first = self.clone();
        let _ = first.next_element();
        let length = (self.rest.len() - first.rest.len()).max(1);
        self.rest.len() / length.max(size_of::<T>())
    }

    /// The next key and value.
    #[inline]
    pub fn next_element(&mut self) -> Result<Option<(&'a str, Element<'a>)>, DecodeError> {
        let Some(kind) = self.next_kind() else { return Ok(None) };
        let key = self.take_key()?;
        let element = self.take_value(kind).map_err(|error| error.in_key(key))?;
        Ok(Some((key, element)))
    }

    /// The type of the next element, which stays where it is. A NUL is no type, and no end either:
    /// taking its value is an error.
    #[inline(always)]
    pub(crate) fn next_kind(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Takes the key if it is `expected` (which ends with a NUL): one comparison, no scan.
    #[inline(always)]
    pub(crate) fn take_expected_key(&mut self, expected: &str) -> bool {
        let rest = self.rest.get(1..).and_then(|rest| strip(rest, expected.as_bytes()));
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    #[inline]
    pub(crate) fn take_key(&mut self) -> Result<&'a str, DecodeError> {
        self.take_key_bytes().and_then(key_text)
    }

    /// Takes the key, which may be no UTF-8.
    #[inline]
    pub(crate) fn take_key_bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let bytes = self.rest.get(1..).unwrap_or_default();
        let Some(end) = find_nul(bytes) else {
            return Err(DecodeError::malformed("a key is cut short"));
        };
        let (key, rest) = bytes.split_at(end);
        self.rest = &rest[1..];
        Ok(key)
    }

    #[inline(always)]
    pub(crate) fn take_value(&mut self, kind: u8) -> Result<Element<'a>, DecodeError> {
        match self.rest.split_at_checked(value_length(kind, self.rest)) {
            Some((value, rest)) => {
                self.rest = rest;
                Ok(Element { kind, depth: self.depth, value })
            }
            None => Err(bad_value(kind)),
        }
    }
}

#[inline]
pub(super) fn key_text(key: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(key).map_err(|_| DecodeError::malformed("a key is not UTF-8"))
}

/// The place of the first NUL, looked for in eight bytes at a time.
#[inline]
pub(super) fn find_nul(bytes: &[u8]) -> Option<usize> {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let mut from = 0;
    while let Some(eight) = bytes.get(from..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*eight);
        // The lowest byte with its high bit set is where the first NUL is.
        let nuls = word.wrapping_sub(LOW) & !word & HIGH;
        if nuls != 0 {
            return Some(from + nuls.trailing_zeros() as usize / 8);
        }
        from += 8;
    }
    let rest = bytes.get(from..)?;
    rest.iter().position(|byte| *byte == 0).map(|place| from + place)
}

/// `strip_prefix` for a few bytes.
#[inline]
pub(super) fn strip<'a>(bytes: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = bytes.split_at_checked(prefix.len())?;
    let is_same = match prefix.len() {
        4..=8 => ends::<4>(start) == ends::<4>(prefix),
        9..=16 => ends::<8>(start) == ends::<8>(prefix),
        _ => start == prefix,
    };
    is_same.then_some(rest)
}

/// The first and the last `N` bytes: for lengths up to `2 * N` these are all, and comparing two
/// words is faster than a loop or a call.
#[inline]
fn ends<const N: usize>(bytes: &[u8]) -> (Option<&[u8; N]>, Option<&[u8; N]>) {
    (bytes.first_chunk(), bytes.last_chunk())
}

#[cold]
fn too_deep() -> DecodeError {
    DecodeError::new(format!("nested deeper than {MAX_DEPTH} levels"))
}
