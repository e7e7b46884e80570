//! How many bytes each BSON type takes, and what it is called.

use super::DecodeError;

/// How many bytes the value at the start of `rest` takes; more than there are if it is malformed.
#[inline]
pub(super) fn value_length(kind: u8, rest: &[u8]) -> usize {
    let fixed = FIXED[usize::from(kind)];
    match fixed {
        VARIABLE => variable_length(kind, rest),
        _ => fixed.into(),
    }
}

#[inline]
fn variable_length(kind: u8, rest: &[u8]) -> usize {
    match kind {
        0x02 => length(rest, 1).saturating_add(4),
        0x03 | 0x04 => length(rest, 5),
        _ => rare_length(kind, rest),
    }
}

fn rare_length(kind: u8, rest: &[u8]) -> usize {
    match kind {
        0x0D | 0x0E => length(rest, 1).saturating_add(4),
        0x05 => length(rest, 0).saturating_add(5),
        0x0B => regex_length(rest).unwrap_or(usize::MAX),
        0x0C => length(rest, 1).saturating_add(4 + 12),
        0x0F => length(rest, 14),
        _ => usize::MAX,
    }
}

const VARIABLE: u8 = u8::MAX;

/// The lengths by type byte. A table has no branch to mispredict.
static FIXED: [u8; 256] = {
    let mut fixed = [VARIABLE; 256];
    let known: [(usize, u8); 12] = [
        (0x01, 8),
        (0x06, 0),
        (0x07, 12),
        (0x08, 1),
        (0x09, 8),
        (0x0A, 0),
        (0x10, 4),
        (0x11, 8),
        (0x12, 8),
        (0x13, 16),
        (0x7F, 0),
        (0xFF, 0),
    ];
    let mut index = 0;
    while index < known.len() {
        fixed[known[index].0] = known[index].1;
        index += 1;
    }
    fixed
};

/// A pattern and options, each with its NUL.
fn regex_length(rest: &[u8]) -> Option<usize> {
    let pattern = rest.iter().position(|byte| *byte == 0)? + 1;
    let options = rest[pattern..].iter().position(|byte| *byte == 0)? + 1;
    Some(pattern + options)
}

/// The `int32` at the start of `rest`; the largest number if it is below `least`.
#[inline]
fn length(rest: &[u8], least: i32) -> usize {
    match rest.first_chunk::<4>().map(|bytes| i32::from_le_bytes(*bytes)) {
        Some(length) if length >= least => length as usize,
        _ => usize::MAX,
    }
}

/// Why no value of a type could be taken from the bytes.
#[cold]
#[inline(never)]
pub(super) fn bad_value(kind: u8) -> DecodeError {
    match type_name(kind) {
        UNKNOWN => DecodeError::malformed(&format!("unknown type 0x{kind:02x}")),
        name => DecodeError::malformed(&format!("the {name} is cut short, or its length is wrong")),
    }
}

const UNKNOWN: &str = "an unknown type";

/// The BSON name of a type byte.
pub(super) fn type_name(kind: u8) -> &'static str {
    match kind {
        0x01 => "double",
        0x02 => "string",
        0x03 => "document",
        0x04 => "array",
        0x05 => "binary",
        0x06 => "undefined",
        0x07 => "objectId",
        0x08 => "bool",
        0x09 => "date",
        0x0A => "null",
        0x0B => "regex",
        0x0C => "dbPointer",
        0x0D => "javascript",
        0x0E => "symbol",
        0x0F => "javascript with scope",
        0x10 => "int32",
        0x11 => "timestamp",
        0x12 => "int64",
        0x13 => "decimal128",
        0x7F => "maxKey",
        0xFF => "minKey",
        _ => UNKNOWN,
    }
}
