//! Keys on a field.

use syn::{Attribute, ExprPath, Meta};

use super::{Flag, Given, Key, Place, keys_of};
use crate::errors::Errors;

/// What is said of a field.
#[derive(Default)]
pub(crate) struct FieldKeys {
    pub(crate) id: Flag,
    pub(crate) rename: Option<Given<String>>,
    pub(crate) default: Option<Given<DefaultKey>>,
    pub(crate) skip: Flag,
    pub(crate) skip_serializing: Flag,
    pub(crate) skip_deserializing: Flag,
    pub(crate) skip_serializing_if: Option<Given<ExprPath>>,
    pub(crate) flatten: Flag,
    pub(crate) with: Option<Given<ExprPath>>,
    pub(crate) serialize_with: Option<Given<ExprPath>>,
    pub(crate) deserialize_with: Option<Given<ExprPath>>,
    pub(crate) serde: Flag,
    pub(crate) null: Flag,
}

/// `default`, or `default = "path"`.
#[derive(Clone)]
pub(crate) enum DefaultKey {
    Trait,
    Path(ExprPath),
}

impl DefaultKey {
    pub(super) fn read(key: &Key, errors: &mut Errors) -> Option<Given<Self>> {
        if let Meta::Path(_) = key.meta {
            return Some(Given { value: Self::Trait, span: key.span() });
        }
        let path = key.path(errors)?;
        Some(Given { value: Self::Path(path.value), span: key.span() })
    }
}

impl FieldKeys {
    /// Reads the attributes.
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut keys = Self::default();
        for key in keys_of(attributes, Place::Field, errors) {
            match key.name.as_str() {
                "id" => keys.id = key.flag(errors),
                "rename" => keys.rename = key.name(errors),
                "default" => keys.default = DefaultKey::read(&key, errors),
                "skip" => keys.skip = key.flag(errors),
                "skip_serializing" => keys.skip_serializing = key.flag(errors),
                "skip_deserializing" => keys.skip_deserializing = key.flag(errors),
                "skip_serializing_if" => keys.skip_serializing_if = key.path(errors),
                "flatten" => keys.flatten = key.flag(errors),
                "with" => keys.with = key.path(errors),
                "serialize_with" => keys.serialize_with = key.path(errors),
                "deserialize_with" => keys.deserialize_with = key.path(errors),
                "null" => keys.null = key.flag(errors),
                _ => keys.serde = key.flag(errors),
            }
        }
        keys
    }
}
