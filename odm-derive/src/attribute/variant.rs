//! Keys on a variant.

use syn::Attribute;

use super::{Flag, Given, Place, keys_of};
use crate::{case::Rule, errors::Errors};

/// What is said of a variant.
#[derive(Default)]
pub(crate) struct VariantKeys {
    pub(crate) rename: Option<Given<String>>,
    pub(crate) aliases: Vec<Given<String>>,
    pub(crate) rename_all: Option<Given<Rule>>,
    pub(crate) skip: Flag,
    pub(crate) skip_serializing: Flag,
    pub(crate) skip_deserializing: Flag,
    pub(crate) other: Flag,
}

impl VariantKeys {
    /// Reads the attributes.
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut keys = Self::default();
        for key in keys_of(attributes, Place::Variant, errors) {
            match key.name.as_str() {
                "rename" => keys.rename = key.name(errors),
                "alias" => keys.aliases.extend(key.text(errors)),
                "rename_all" => keys.rename_all = key.rule(errors),
                "skip" => keys.skip = key.flag(errors),
                "skip_serializing" => keys.skip_serializing = key.flag(errors),
                "skip_deserializing" => keys.skip_deserializing = key.flag(errors),
                _ => keys.other = key.flag(errors),
            }
        }
        keys
    }
}
