//! Keys on the struct or enum.

use syn::{Attribute, ExprPath};

use super::{DefaultKey, Flag, Given, Place, keys_of};
use crate::{case::Rule, errors::Errors};

/// What is said of the whole type.
#[derive(Default)]
pub(crate) struct ContainerKeys {
    pub(crate) collection: Option<Given<String>>,
    pub(crate) read_preference: Option<Given<String>>,
    pub(crate) read_concern: Option<Given<String>>,
    pub(crate) write_concern: Option<Given<String>>,
    pub(crate) pre_and_post_images: Flag,
    pub(crate) krate: Option<Given<ExprPath>>,
    pub(crate) rename_all: Option<Given<Rule>>,
    pub(crate) rename_all_fields: Option<Given<Rule>>,
    pub(crate) default: Option<Given<DefaultKey>>,
    pub(crate) tag: Option<Given<String>>,
    pub(crate) content: Option<Given<String>>,
    pub(crate) deny_unknown_fields: Flag,
    pub(crate) transparent: Flag,
    pub(crate) map_key: Flag,
    pub(crate) null: Flag,
}

impl ContainerKeys {
    /// Reads the attributes.
    pub(crate) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut keys = Self::default();
        for key in keys_of(attributes, Place::Container, errors) {
            match key.name.as_str() {
                "collection" => keys.collection = key.text(errors),
                "read_preference" => keys.read_preference = key.text(errors),
                "read_concern" => keys.read_concern = key.text(errors),
                "write_concern" => keys.write_concern = key.text(errors),
                "pre_and_post_images" => keys.pre_and_post_images = key.flag(errors),
                "crate" => keys.krate = key.path(errors),
                "rename_all" => keys.rename_all = key.rule(errors),
                "rename_all_fields" => keys.rename_all_fields = key.rule(errors),
                "default" => keys.default = DefaultKey::read(&key, errors),
                "tag" => keys.tag = key.text(errors),
                "content" => keys.content = key.text(errors),
                "deny_unknown_fields" => keys.deny_unknown_fields = key.flag(errors),
                "transparent" => keys.transparent = key.flag(errors),
                "null" => keys.null = key.flag(errors),
                _ => keys.map_key = key.flag(errors),
            }
        }
        keys
    }
}
