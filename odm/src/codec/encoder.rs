//! The writer of BSON bytes.

mod arrays;
mod sorted;

use mongodb::bson::spec::{BinarySubtype, ElementType};

use super::{
    Element, Encode, FieldCodec, MAX_DEPTH, elements::find_nul, layout::type_name, text::quoted,
    walk,
};

/// Writes BSON into one growing buffer; lengths are patched when a document closes.
///
/// A failure does not stop the writing: it is remembered with its position, and the path to it is
/// found when the document is finished. So the code that writes a field has no error to pass on.
#[derive(Debug, Default)]
pub struct Encoder {
    bytes: Vec<u8>,
    depth: u8,
    fault: Option<Box<(usize, String)>>,
}

/// A value that BSON cannot hold, with the path to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeError {
    pub(crate) path: String,
    pub(crate) reason: String,
}

impl EncodeError {
    /// The path of the value, as in `items[3].qty`; empty for the document itself.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl EncodeError {
    /// The same error, seen from the document that has the value at `path`.
    #[cold]
    pub(crate) fn below(mut self, path: &impl std::fmt::Display) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{path}{dot}{}", self.path);
        self
    }
}

impl std::fmt::Display for EncodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.path.is_empty() {
            true => f.write_str(&self.reason),
            false => write!(f, "{}: {}", self.path, self.reason),
        }
    }
}

impl std::error::Error for EncodeError {}

impl From<EncodeError> for crate::Error {
    fn from(error: EncodeError) -> Self {
        Self::encode(error.path, error.reason)
    }
}

impl Encoder {
    /// An empty encoder with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity), depth: 0, fault: None }
    }

    /// An encoder that goes on after other documents.
    pub(crate) fn after(bytes: Vec<u8>) -> Self {
        Self { bytes, depth: 0, fault: None }
    }

    /// All bytes, and why the document that begins at `start` cannot be written.
    pub(crate) fn finish_after(self, start: usize) -> (Vec<u8>, Option<EncodeError>) {
        let fault = self.fault.map(|fault| {
            let (at, reason) = *fault;
            locate(walk::path_of_document(&self.bytes[start..], at - start), reason)
        });
        (self.bytes, fault)
    }

    /// Appends bytes of a value as they are.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Makes room for `additional` bytes.
    #[inline]
    pub fn reserve(&mut self, additional: usize) {
        self.bytes.reserve(additional);
    }

    /// Appends a BSON string: its length, its bytes, a NUL.
    #[inline(never)]
    pub fn str(&mut self, text: &str) {
        self.bytes.reserve(text.len() + 5);
        self.length(text.len() + 1);
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(0);
    }

    /// Appends an `int32` length.
    #[inline]
    pub(crate) fn length(&mut self, length: usize) {
        self.bytes.extend_from_slice(&(length as i32).to_le_bytes());
    }

    /// Appends a document whose elements `write` appends.
    #[inline]
    pub fn document(&mut self, write: impl FnOnce(&mut Self)) {
        let start = self.open();
        if self.depth <= MAX_DEPTH {
            write(self);
        }
        self.close(start);
    }

    /// Appends what `write` appends, after its length in bytes; nothing closes it.
    pub(crate) fn measured(&mut self, write: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.length(0);
        write(self);
        self.patch_length(start);
    }

    /// Appends a value that is BSON already, if it can be read and is not nested too deep; returns
    /// its type.
    pub(crate) fn raw(&mut self, kind: u8, value: &[u8]) -> ElementType {
        let checked = Element::nested(kind, self.depth, value).check();
        match (checked, ElementType::from(kind)) {
            (Ok(()), Some(kind)) => {
                self.bytes(value);
                kind
            }
            (Ok(()), None) => {
                self.fail(format!("unknown type 0x{kind:02x}"));
                ElementType::Null
            }
            (Err(error), _) => {
                self.fail(error.to_string());
                ElementType::Null
            }
        }
    }

    /// Appends the length, the subtype and the bytes of binary data.
    pub(crate) fn binary(&mut self, subtype: BinarySubtype, bytes: &[u8]) {
        let is_old = subtype == BinarySubtype::BinaryOld;
        self.length(bytes.len() + if is_old { 4 } else { 0 });
        self.bytes.push(subtype.into());
        if is_old {
            self.length(bytes.len());
        }
        self.bytes(bytes);
    }

    /// Appends one element of a document: type, key and value.
    #[inline]
    pub fn field<T: Encode + ?Sized>(&mut self, key: &str, value: &T) {
        self.element(key, |out| value.encode(out));
    }

    /// Appends one element of a document; `write` appends the value and returns its type.
    #[inline]
    pub fn element(&mut self, key: &str, write: impl FnOnce(&mut Self) -> ElementType) {
        let kind = self.bytes.len();
        self.bytes.reserve(key.len() + 2);
        self.bytes.push(0);
        self.bytes.extend_from_slice(key.as_bytes());
        self.bytes.push(0);
        if find_nul(key.as_bytes()).is_some() {
            self.refuse_key(kind, key);
        }
        self.bytes[kind] = write(self) as u8;
    }

    /// Writes the key again without its NULs, so that what is written stays well-formed.
    #[cold]
    fn refuse_key(&mut self, kind: usize, key: &str) {
        self.bytes.truncate(kind + 1);
        self.bytes.extend(key.bytes().filter(|byte| *byte != 0));
        self.bytes.push(0);
        self.fail(format!("the key {} holds a NUL, which BSON cannot write", quoted(key)));
    }

    /// Appends one field of a derived struct. `header` is a NUL (where the type goes), the key, a
    /// NUL.
    #[doc(hidden)]
    #[inline(always)]
    pub fn slot<S: FieldCodec<T>, T>(&mut self, header: &'static str, value: &T) {
        let kind = self.bytes.len();
        self.bytes.extend_from_slice(header.as_bytes());
        self.bytes[kind] = S::encode(value, self) as u8;
    }

    /// Remembers that the value being written cannot be; the first failure is kept.
    #[cold]
    pub fn fail(&mut self, reason: impl Into<String>) {
        if self.fault.is_none() {
            self.fault = Some(Box::new((self.bytes.len(), reason.into())));
        }
    }

    /// Whether a failure has been remembered.
    pub fn has_failed(&self) -> bool {
        self.fault.is_some()
    }

    /// The bytes written, or the first failure with the path to it.
    pub fn finish(self) -> Result<Vec<u8>, EncodeError> {
        match self.fault {
            None => checked_size(self.bytes),
            Some(fault) => Err(locate(walk::path_of_document(&self.bytes, fault.0), fault.1)),
        }
    }

    /// Like [`finish`](Self::finish), for bytes that are elements without a document around them.
    pub(crate) fn finish_elements(self) -> Result<Vec<u8>, EncodeError> {
        match self.fault {
            None => checked_size(self.bytes),
            Some(fault) => Err(locate(walk::path_of_elements(&self.bytes, fault.0), fault.1)),
        }
    }

    /// Why a value that was written is not a document: it failed, or it is of another type.
    #[cold]
    pub(crate) fn not_a_document(self, kind: ElementType) -> EncodeError {
        let found = type_name(kind as u8);
        let reason = match self.fault {
            Some(fault) => fault.1,
            None => format!("expected a document to write, found {found}"),
        };
        locate(String::new(), reason)
    }

    #[inline]
    fn open(&mut self) -> usize {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.fail(format!("nested deeper than {MAX_DEPTH} levels"));
        }
        start
    }

    #[inline]
    fn close(&mut self, start: usize) {
        self.depth -= 1;
        self.bytes.push(0);
        self.patch_length(start);
    }

    #[inline]
    fn patch_length(&mut self, start: usize) {
        let length = (self.bytes.len() - start) as i32;
        self.bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
    }
}

/// Lengths are `int32`: no length inside is too large if the whole is not.
fn checked_size(bytes: Vec<u8>) -> Result<Vec<u8>, EncodeError> {
    match i32::try_from(bytes.len()) {
        Ok(_) => Ok(bytes),
        Err(_) => {
            Err(locate(String::new(), format!("{} bytes are too many for BSON", bytes.len())))
        }
    }
}

#[cold]
fn locate(path: String, reason: String) -> EncodeError {
    EncodeError { path, reason }
}
