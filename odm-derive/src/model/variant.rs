//! Variants of enums, and how an enum says which variant it is.

use proc_macro2::Ident;
use syn::{Fields, ext::IdentExt};

use super::field::{Field, Surrounding};
use crate::{
    attribute::{ContainerKeys, Given, VariantKeys},
    errors::Errors,
};

/// A variant.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// The stored name.
    pub(crate) name: Given<String>,
    pub(crate) style: Style,
    pub(crate) fields: Vec<Field>,
    pub(crate) keys: VariantKeys,
}

/// The kinds of variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Unit,
    Newtype,
    Tuple,
    Struct,
}

/// Where the name of the variant is stored.
pub(crate) enum Form {
    /// `{"Circle": {…}}`, `"Unit"`.
    External,
    /// `{"tag": "Circle", …}`.
    Internal(Given<String>),
    /// `{"tag": "Circle", "content": {…}}`.
    Adjacent(Given<String>, Given<String>),
}

impl Form {
    pub(super) fn of(keys: &ContainerKeys) -> Self {
        match (&keys.tag, &keys.content) {
            (Some(tag), Some(content)) => Self::Adjacent(tag.clone(), content.clone()),
            (Some(tag), None) => Self::Internal(tag.clone()),
            (None, _) => Self::External,
        }
    }
}

impl Variant {
    /// Gives the attributes of a variant and its fields their meaning.
    pub(super) fn read(
        variant: &syn::Variant,
        container: &ContainerKeys,
        around: &Surrounding<'_>,
        errors: &mut Errors,
    ) -> Self {
        let keys = VariantKeys::read(&variant.attrs, errors);
        let fields_rule = keys.rename_all.as_ref().or(container.rename_all_fields.as_ref());
        let around = Surrounding { rule: fields_rule.map(|rule| rule.value), ..*around };
        let fields = variant.fields.iter().enumerate();
        Self {
            ident: variant.ident.clone(),
            name: stored_name(&variant.ident, &keys, container),
            style: Style::of(&variant.fields),
            fields: fields.map(|field| Field::read(field, &around, errors)).collect(),
            keys,
        }
    }

    /// The field that is the `_id` of a model.
    pub(crate) fn id(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.is_id)
    }

    /// The Rust name.
    pub(crate) fn rust_name(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// Whether the variant is written.
    pub(crate) fn is_written(&self) -> bool {
        self.keys.skip.or(self.keys.skip_serializing).is_none()
    }

    /// Whether the variant is read from documents.
    pub(crate) fn is_read(&self) -> bool {
        self.keys.skip.or(self.keys.skip_deserializing).is_none()
    }

    /// The stored name, and the names that are read too.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Given<String>> {
        std::iter::once(&self.name).chain(&self.keys.aliases)
    }
}

impl Style {
    fn of(fields: &Fields) -> Self {
        match fields {
            Fields::Unit => Self::Unit,
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => Self::Newtype,
            Fields::Unnamed(_) => Self::Tuple,
            Fields::Named(_) => Self::Struct,
        }
    }
}

fn stored_name(ident: &Ident, keys: &VariantKeys, container: &ContainerKeys) -> Given<String> {
    if let Some(rename) = &keys.rename {
        return rename.clone();
    }
    let name = ident.unraw().to_string();
    let rule = container.rename_all.as_ref();
    let value = rule.map_or_else(|| name.clone(), |rule| rule.value.variant(&name));
    Given { value, span: ident.span() }
}
