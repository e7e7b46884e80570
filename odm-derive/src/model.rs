//! Step 2: what the attributes mean. No rule is checked here, beyond what has no meaning at all.

mod build;
mod field;
mod variant;

pub(crate) use self::{
    build::read,
    field::{Default, Encoding, Field},
    variant::{Form, Style, Variant},
};

use proc_macro2::{Ident, TokenStream};
use syn::{Generics, Visibility};

use crate::{attribute::ContainerKeys, tokens::Taken};

/// Which derive is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Model,
    Embedded,
}

/// A type and what is to be generated for it.
pub(crate) struct Model {
    pub(crate) role: Role,
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) generics: Generics,
    /// The type with its arguments, what `Self` means.
    pub(crate) own: TokenStream,
    /// The path of the `odm` crate.
    pub(crate) krate: TokenStream,
    pub(crate) keys: ContainerKeys,
    pub(crate) data: Data,
    pub(crate) taken: Taken,
}

/// The shapes that a type can be stored in.
pub(crate) enum Data {
    /// A document.
    Struct(Vec<Field>),
    /// Stored as its only field.
    Newtype(Vec<Field>),
    /// An array.
    Tuple(Vec<Field>),
    /// A string.
    Units(Vec<Variant>),
    /// An enum with data.
    Enum(Form, Vec<Variant>),
    /// What cannot be stored; an error says why.
    Refused,
}

impl Model {
    /// The fields of a document or an array, the field of a newtype.
    pub(crate) fn fields(&self) -> &[Field] {
        match &self.data {
            Data::Struct(fields) | Data::Newtype(fields) | Data::Tuple(fields) => fields,
            _ => &[],
        }
    }

    /// The variants of an enum.
    pub(crate) fn variants(&self) -> &[Variant] {
        match &self.data {
            Data::Units(variants) | Data::Enum(_, variants) => variants,
            _ => &[],
        }
    }

    /// Every field, those of variants too.
    pub(crate) fn all_fields(&self) -> impl Iterator<Item = &Field> {
        let of_variants = self.variants().iter().flat_map(|variant| &variant.fields);
        self.fields().iter().chain(of_variants)
    }

    /// Whether it is a model whose documents are of several variants.
    pub(crate) fn is_polymorphic(&self) -> bool {
        self.role == Role::Model && matches!(self.data, Data::Enum(..))
    }

    /// The fields of each kind of documents: of a struct, of every variant.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &[Field]> {
        let of_variants = self.variants().iter().map(|variant| variant.fields.as_slice());
        std::iter::once(self.fields()).chain(of_variants)
    }

    /// The field that is the `_id`.
    pub(crate) fn id(&self) -> Option<&Field> {
        self.fields().iter().find(|field| field.is_id)
    }
}
