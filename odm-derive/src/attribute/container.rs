//! Keys on the struct or enum.

use syn::ExprPath;

use super::{DefaultKey, Flag, Given, Place, keys_of, table::keys};
use crate::{case::Rule, errors::Errors};

keys! {
    /// What is said of the whole type.
    ContainerKeys on Container {
        "collection" => collection: Option<Given<String>> = text;
        "read_preference" => read_preference: Option<Given<String>> = text;
        "read_concern" => read_concern: Option<Given<String>> = text;
        "write_concern" => write_concern: Option<Given<String>> = text;
        "pre_and_post_images" => pre_and_post_images: Flag = flag;
        "crate" => krate: Option<Given<ExprPath>> = path;
        "rename_all" => rename_all: Option<Given<Rule>> = rule;
        "rename_all_fields" => rename_all_fields: Option<Given<Rule>> = rule;
        "default" => default: Option<Given<DefaultKey>> = default;
        "tag" => tag: Option<Given<String>> = text;
        "content" => content: Option<Given<String>> = text;
        "deny_unknown_fields" => deny_unknown_fields: Flag = flag;
        "transparent" => transparent: Flag = flag;
        "map_key" => map_key: Flag = flag;
        "null" => null: Flag = flag;
    }
}
