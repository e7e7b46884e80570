//! Keys on a variant.

use super::{Flag, Given, Place, keys_of, table::keys};
use crate::{case::Rule, errors::Errors};

keys! {
    /// What is said of a variant.
    VariantKeys on Variant {
        "rename" => rename: Option<Given<String>> = name;
        "rename_all" => rename_all: Option<Given<Rule>> = rule;
        "skip" => skip: Flag = flag;
        "skip_serializing" => skip_serializing: Flag = flag;
        "skip_deserializing" => skip_deserializing: Flag = flag;
        "other" => other: Flag = flag;
    }
    several {
        "alias" => aliases: Given<String> = text;
    }
}
