//! Fields of structs, tuples and variants.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, ExprPath, Member, ext::IdentExt};

use super::Role;
use crate::{
    attribute::{DefaultKey, FieldKeys, Given},
    case::Rule,
    errors::Errors,
    tokens::replace_self,
};

/// A field.
pub(crate) struct Field {
    pub(crate) member: Member,
    /// The type, with `Self` replaced.
    pub(crate) ty: TokenStream,
    /// The stored name.
    pub(crate) name: Given<String>,
    pub(crate) is_id: bool,
    /// Whether `None` is stored as null, where it is left out otherwise.
    pub(crate) is_null: bool,
    pub(crate) default: Default,
    pub(crate) encoding: Encoding,
    /// The doc comments, and `#[deprecated]`.
    pub(crate) documentation: Vec<Attribute>,
    pub(crate) keys: FieldKeys,
}

/// Where the value of an absent field comes from.
#[derive(Clone)]
pub(crate) enum Default {
    None,
    Trait,
    Path(ExprPath),
}

/// How a field is stored.
pub(crate) enum Encoding {
    /// By its type.
    Natural,
    /// By its type's serde implementation.
    Serde,
    /// By its type, cut to what BSON can hold.
    Truncated,
    /// By functions for serde, in one direction or both.
    Custom { write: Option<TokenStream>, read: Option<TokenStream> },
}

/// What a field takes from around it.
pub(super) struct Surrounding<'a> {
    pub(super) role: Role,
    pub(super) own: &'a TokenStream,
    pub(super) rule: Option<Rule>,
    /// Whether the whole type stores `None` as null.
    pub(super) is_null: bool,
}

impl Field {
    /// Gives the attributes of a field their meaning.
    pub(super) fn read(
        (index, field): (usize, &syn::Field),
        around: &Surrounding<'_>,
        errors: &mut Errors,
    ) -> Self {
        let keys = FieldKeys::read(&field.attrs, errors);
        let member = match &field.ident {
            Some(ident) => Member::Named(ident.clone()),
            None => Member::Unnamed(index.into()),
        };
        let name = stored_name(&keys, &member, around);
        Self {
            ty: replace_self(field.ty.to_token_stream(), around.own),
            is_id: keys.id.is_some() || around.role == Role::Model && name.value == "_id",
            is_null: around.is_null || keys.null.is_some(),
            default: Default::of(keys.default.as_ref()),
            encoding: Encoding::of(&keys),
            documentation: documentation(&field.attrs),
            name,
            member,
            keys,
        }
    }

    /// The Rust name: of a field `r#type`, `type`.
    pub(crate) fn rust_name(&self) -> String {
        rust_name(&self.member)
    }

    /// Whether the field is written at all.
    pub(crate) fn is_written(&self) -> bool {
        self.keys.skip.or(self.keys.skip_serializing).is_none()
    }

    /// Whether the field is read from documents.
    pub(crate) fn is_read(&self) -> bool {
        self.keys.skip.or(self.keys.skip_deserializing).is_none()
    }

    /// Whether the field is never in a document.
    pub(crate) fn is_skipped(&self) -> bool {
        !self.is_written() && !self.is_read()
    }

    /// Whether the elements of the field stand among those of the struct.
    pub(crate) fn is_flat(&self) -> bool {
        self.keys.flatten.is_some()
    }

    /// Whether odm keeps the field as the time of a write.
    pub(crate) fn is_time(&self) -> bool {
        self.keys.created_at.or(self.keys.updated_at).is_some()
    }

    /// Whether odm keeps the field.
    pub(crate) fn is_kept(&self) -> bool {
        self.keys.version.is_some() || self.is_time()
    }

    /// Whether paths can go into the field by its type alone.
    pub(crate) fn is_natural(&self) -> bool {
        matches!(self.encoding, Encoding::Natural)
    }
}

impl Default {
    pub(crate) fn of(key: Option<&Given<DefaultKey>>) -> Self {
        match key.map(|key| &key.value) {
            None => Self::None,
            Some(DefaultKey::Trait) => Self::Trait,
            Some(DefaultKey::Path(path)) => Self::Path(path.clone()),
        }
    }
}

impl Encoding {
    fn of(keys: &FieldKeys) -> Self {
        let function = |own: &Option<Given<ExprPath>>, name: &str| match (&keys.with, own) {
            (_, Some(path)) => Some(path.value.to_token_stream()),
            (Some(module), None) => {
                let path = &module.value;
                let name = syn::Ident::new(name, module.span);
                Some(quote::quote!(#path::#name))
            }
            (None, None) => None,
        };
        let write = function(&keys.serialize_with, "serialize");
        let read = function(&keys.deserialize_with, "deserialize");
        match (&write, &read) {
            _ if keys.serde.is_some() => Self::Serde,
            _ if keys.truncate.is_some() => Self::Truncated,
            (None, None) if keys.created_at.or(keys.updated_at).is_some() => Self::Truncated,
            (None, None) => Self::Natural,
            _ => Self::Custom { write, read },
        }
    }
}

fn stored_name(keys: &FieldKeys, member: &Member, around: &Surrounding<'_>) -> Given<String> {
    if let Some(span) = keys.id {
        return Given { value: "_id".to_owned(), span };
    }
    if let Some(rename) = &keys.rename {
        return rename.clone();
    }
    let name = rust_name(member);
    let value = around.rule.map_or_else(|| name.clone(), |rule| rule.field(&name));
    Given { value, span: member_span(member) }
}

fn rust_name(member: &Member) -> String {
    match member {
        Member::Named(ident) => ident.unraw().to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

fn documentation(attributes: &[Attribute]) -> Vec<Attribute> {
    let is_kept = |attribute: &&Attribute| {
        attribute.path().is_ident("doc") || attribute.path().is_ident("deprecated")
    };
    attributes.iter().filter(is_kept).cloned().collect()
}

fn member_span(member: &Member) -> proc_macro2::Span {
    match member {
        Member::Named(ident) => ident.span(),
        Member::Unnamed(index) => index.span,
    }
}
