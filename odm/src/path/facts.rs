//! What a path needs to know of the values that it leads through.

use crate::codec::{Decode, Element};

use super::{Field, Spec};

/// What a type says of its values, for writes that go through them.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// A value may be null.
    pub is_nullable: bool,
    /// A value is an array.
    pub is_list: bool,
    /// All values that are not null are of one BSON type, and each has its place in the order of
    /// that type: no floats, for NaN has none to the server's `$lt` and `$gt`.
    pub is_uniform: bool,
    /// The number of elements of an array, if it is fixed.
    pub length: Option<usize>,
    /// The smallest and the largest number that an integer can be.
    pub range: Option<(i128, i128)>,
    /// Whether a document without any field can be read.
    pub reads_empty: fn() -> bool,
}

impl Facts {
    /// What holds for most types.
    pub const fn of<T: Decode>() -> Self {
        let reads_empty = reads_empty::<T>;
        let (is_nullable, is_list, is_uniform) = (false, false, false);
        Self { is_nullable, is_list, is_uniform, length: None, range: None, reads_empty }
    }

    /// The same of values that may be null, too.
    pub const fn nullable(self) -> Self {
        Self { is_nullable: true, ..self }
    }

    /// The same of values that are of one BSON type, and have an order.
    pub const fn uniform(self) -> Self {
        Self { is_uniform: true, ..self }
    }

    /// The same of arrays.
    pub const fn list(self) -> Self {
        Self { is_list: true, ..self }
    }

    /// The same of arrays with this number of elements.
    pub const fn with_length(self, length: usize) -> Self {
        Self { is_list: true, length: Some(length), ..self }
    }

    /// The same of integers in a range.
    pub const fn with_range(self, least: i128, most: i128) -> Self {
        Self { range: Some((least, most)), ..self.uniform() }
    }
}

/// Whether `{}` can be read.
fn reads_empty<T: Decode>() -> bool {
    T::decode(Element::document(&[5, 0, 0, 0, 0])).is_ok()
}

/// A value on a path.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Value {
    facts: Option<Facts>,
    is_defaulted: bool,
}

impl Value {
    /// A value of a type, stored as a spec says.
    pub(crate) fn of<T: Field, S: Spec>() -> Self {
        Self::with::<S>(T::FACTS)
    }

    /// A value of a type with these facts, stored as a spec says.
    pub(crate) fn with<S: Spec>(facts: Facts) -> Self {
        Self { facts: Some(facts), is_defaulted: S::IS_DEFAULTED }
    }

    /// Whether the value may be null or absent in a document that can be read.
    pub(crate) fn is_open(&self) -> bool {
        self.is_defaulted || self.is_nullable()
    }

    /// Whether the value may be null.
    pub(crate) fn is_nullable(&self) -> bool {
        self.facts.is_some_and(|facts| facts.is_nullable)
    }

    /// Whether all values that are not null are of one BSON type, and have an order.
    pub(crate) fn is_uniform(&self) -> bool {
        self.facts.is_some_and(|facts| facts.is_uniform)
    }

    /// Whether an absent value may be created by a write to a part of it.
    pub(crate) fn reads_empty(&self) -> bool {
        self.facts.is_some_and(|facts| (facts.reads_empty)())
    }

    /// Whether the value is an array.
    pub(crate) fn is_list(&self) -> bool {
        self.facts.is_some_and(|facts| facts.is_list)
    }

    pub(crate) fn length(&self) -> Option<usize> {
        self.facts.and_then(|facts| facts.length)
    }
}
