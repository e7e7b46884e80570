//! Step 1: the keys of `#[serde(…)]` and `#[model(…)]`, and the values they hold.

mod container;
mod field;
mod key;
mod table;
mod value;
mod variant;

pub(crate) use self::{
    container::ContainerKeys,
    field::{DefaultKey, FieldKeys},
    key::{Key, Place, keys_of},
    variant::VariantKeys,
};

use proc_macro2::Span;

/// A value and the key that gave it.
#[derive(Clone)]
pub(crate) struct Given<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// What `on_delete` can do.
pub(crate) const ON_DELETE: &[&str] = &["restrict", "cascade", "set_null"];

/// A flag: where it was given.
pub(crate) type Flag = Option<Span>;
