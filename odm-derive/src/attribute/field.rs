//! Keys on a field.

use syn::{ExprPath, Meta};

use super::{Flag, Given, Key, Place, keys_of, table::keys};
use crate::errors::Errors;

keys! {
    /// What is said of a field.
    FieldKeys on Field {
        "id" => id: Flag = flag;
        "version" => version: Flag = flag;
        "created_at" => created_at: Flag = flag;
        "updated_at" => updated_at: Flag = flag;
        "rename" => rename: Option<Given<String>> = name;
        "default" => default: Option<Given<DefaultKey>> = default;
        "skip" => skip: Flag = flag;
        "skip_serializing" => skip_serializing: Flag = flag;
        "skip_deserializing" => skip_deserializing: Flag = flag;
        "skip_serializing_if" => skip_serializing_if: Option<Given<ExprPath>> = path;
        "flatten" => flatten: Flag = flag;
        "with" => with: Option<Given<ExprPath>> = path;
        "serialize_with" => serialize_with: Option<Given<ExprPath>> = path;
        "deserialize_with" => deserialize_with: Option<Given<ExprPath>> = path;
        "serde" => serde: Flag = flag;
        "truncate" => truncate: Flag = flag;
        "null" => null: Flag = flag;
        "on_delete" => on_delete: Option<Given<String>> = text;
    }
}

/// `default`, or `default = "path"`.
#[derive(Clone)]
pub(crate) enum DefaultKey {
    Trait,
    Path(ExprPath),
}

impl Key {
    /// `default`, or `default = "path"`.
    pub(super) fn default(&self, errors: &mut Errors) -> Option<Given<DefaultKey>> {
        if let Meta::Path(_) = self.meta {
            return Some(Given { value: DefaultKey::Trait, span: self.span() });
        }
        let path = self.path(errors)?;
        Some(Given { value: DefaultKey::Path(path.value), span: self.span() })
    }
}
