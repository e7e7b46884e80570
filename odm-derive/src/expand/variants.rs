//! One variant of an enum with data: writing, reading, and its methods on the handle.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{
    body::{Body, binding},
    context::Context,
    encoding::spec,
    handle,
};
use crate::{
    case::snake,
    model::{Field, Form, Style, Variant},
};

/// A variant, its form, and the body of its fields.
pub(super) struct Part<'a> {
    pub(super) variant: &'a Variant,
    context: &'a Context<'a>,
    form: &'a Form,
    prefix: String,
    body: Body<'a>,
    handle: Ident,
}

impl<'a> Part<'a> {
    pub(super) fn new(context: &'a Context<'a>, form: &'a Form, variant: &'a Variant) -> Self {
        let prefix = variant.rust_name();
        let tag = match form {
            Form::Internal(tag) => Some(tag.value.as_str()),
            _ => None,
        };
        Self {
            handle: context.fresh(&format!("{}{prefix}Fields", context.model.name)),
            body: Body::new(context, &prefix, &variant.fields).with_tag(tag),
            variant,
            context,
            form,
            prefix,
        }
    }

    /// The slots of the fields, and the handle of a struct variant.
    pub(super) fn items(&self) -> TokenStream {
        let slots =
            matches!(self.variant.style, Style::Tuple | Style::Struct).then(|| self.body.items());
        let handle = (self.variant.style == Style::Struct).then(|| {
            let (name, variant) = (&self.context.model.name, &self.prefix);
            let documentation = format!("The fields of `{name}::{variant}`, as paths.");
            let fields = (self.prefix.as_str(), self.variant.fields.as_slice());
            handle::of_fields(self.context, &self.handle, &documentation, fields)
        });
        emit! { #slots #handle }
    }

    /// The arm that writes the variant's elements.
    pub(super) fn write(&self) -> TokenStream {
        let (p, ident) = (&self.context.private, &self.variant.ident);
        if !self.variant.is_written() {
            let name = &self.prefix;
            return emit!(Self::#ident { .. } => #p::fail_skipped(#name, out),);
        }
        let written = self.variant.fields.iter().filter(|field| field.is_written());
        let bindings = written.map(|field| {
            let (member, binding) = (&field.member, binding(field));
            emit!(#member: #binding,)
        });
        let elements = self.elements();
        emit!(Self::#ident { #(#bindings)* .. } => { #elements })
    }

    fn elements(&self) -> TokenStream {
        let (p, name) = (&self.context.private, &self.variant.name.value);
        match self.form {
            Form::External => {
                let content = self.content();
                emit!(out.element(#name, |out| #content);)
            }
            Form::Internal(tag) => {
                let (tag, write) = (&tag.value, self.beside_tag());
                emit!(#p::write_tag(#tag, #name, out); #write)
            }
            Form::Adjacent(tag, key) => {
                let (tag, key) = (&tag.value, &key.value);
                let content = (self.variant.style != Style::Unit).then(|| {
                    let content = self.content();
                    emit!(out.element(#key, |out| #content);)
                });
                emit!(#p::write_tag(#tag, #name, out); #content)
            }
        }
    }

    /// Writes the data as one value; its type is the result.
    fn content(&self) -> TokenStream {
        let p = &self.context.private;
        let write = || self.body.write(&|field| quote::ToTokens::to_token_stream(&binding(field)));
        match self.variant.style {
            Style::Unit => emit!({ let _ = out; #p::ElementType::Null }),
            Style::Newtype => self.only(|field| {
                let (ty, spec, binding) = (&field.ty, self.spec(field), binding(field));
                emit!(<#spec as #p::FieldCodec<#ty>>::encode(#binding, out))
            }),
            Style::Tuple => {
                let write = write();
                emit!({ out.document(|out| { #write }); #p::ElementType::Array })
            }
            Style::Struct => {
                let write = write();
                emit!({ out.document(|out| { #write }); #p::ElementType::EmbeddedDocument })
            }
        }
    }

    /// Writes the data as elements beside the tag.
    fn beside_tag(&self) -> TokenStream {
        let p = &self.context.private;
        match self.variant.style {
            Style::Struct => {
                self.body.write(&|field| quote::ToTokens::to_token_stream(&binding(field)))
            }
            Style::Newtype => self.only(|field| {
                let (ty, binding) = (&field.ty, binding(field));
                emit!(<#ty as #p::Flatten>::encode_elements(#binding, out);)
            }),
            Style::Unit | Style::Tuple => TokenStream::new(),
        }
    }

    /// The expression that reads the variant.
    pub(super) fn read(&self) -> TokenStream {
        let (p, ident) = (&self.context.private, &self.variant.ident);
        let key = match self.form {
            Form::Internal(tag) => return self.read_beside_tag(&tag.value),
            Form::External => emit!(variant),
            Form::Adjacent(_, content) => {
                let content = &content.value;
                emit!(#content)
            }
        };
        let read = match self.variant.style {
            Style::Unit => {
                return emit!(#p::Result::map(#p::no_content(content, #key), |()| Self::#ident {}));
            }
            Style::Newtype => self.only(|field| {
                let (ty, spec) = (&field.ty, self.spec(field));
                emit!(#p::Result::map(
                    <#spec as #p::FieldCodec<#ty>>::decode(element),
                    |value| Self::#ident { 0: value },
                ))
            }),
            Style::Tuple => self.body.read_array(&quote!(Self::#ident)),
            Style::Struct => self.body.read_document(&quote!(Self::#ident)),
        };
        emit!(#p::content(content, #key, |element| { #read }))
    }

    fn read_beside_tag(&self, tag: &str) -> TokenStream {
        let (p, ident) = (&self.context.private, &self.variant.ident);
        match self.variant.style {
            Style::Struct => {
                let read = self.body.read_document(&quote!(Self::#ident));
                emit!({ #read })
            }
            Style::Newtype => self.only(|field| {
                let ty = &field.ty;
                emit!(#p::Result::map(
                    #p::read_beside_tag::<#ty>(element, #tag),
                    |value| Self::#ident { 0: value },
                ))
            }),
            Style::Unit => emit!(#p::Ok(Self::#ident {})),
            // Refused by a check.
            Style::Tuple => emit!(#p::Err(#p::unknown_variant(variant, &[]))),
        }
    }

    /// Whether a key beside the tag belongs to the variant.
    pub(super) fn claims(&self) -> Option<TokenStream> {
        let p = &self.context.private;
        match self.variant.style {
            Style::Struct => Some(self.body.claims()),
            Style::Newtype => Some(self.only(|field| {
                let ty = &field.ty;
                emit!(<#ty as #p::Flatten>::claims(key))
            })),
            Style::Unit | Style::Tuple => None,
        }
    }

    /// `.as_circle()` and `.is_circle()`.
    pub(super) fn methods(&self) -> TokenStream {
        let visibility = &self.context.model.visibility;
        let (p, [mode, root, ..]) = (&self.context.private, &self.context.modes);
        let snake = snake(&self.prefix);
        let is_method = format_ident!("is_{snake}", span = self.variant.ident.span());
        let documentation = format!("The value is `{}`.", self.prefix);
        let name = &self.variant.name.value;
        let condition = match self.form {
            Form::External if self.variant.style == Style::Unit => {
                emit!(#p::is_text(&self.path, #name))
            }
            Form::External => emit!(#p::has_field(&self.path, #name)),
            Form::Internal(tag) | Form::Adjacent(tag, _) => {
                let tag = &tag.value;
                emit!(#p::is_text(&self.path.child(#tag), #name))
            }
        };
        let as_method = (self.variant.style != Style::Unit).then(|| self.as_method(&snake));
        emit! {
            #as_method
            #[doc = #documentation]
            #visibility fn #is_method(&self) -> #p::Filter<#root>
            where
                #mode: #p::Conditional,
            {
                #condition
            }
        }
    }

    fn as_method(&self, snake: &str) -> TokenStream {
        let (p, visibility) = (&self.context.private, &self.context.model.visibility);
        let method = format_ident!("as_{snake}", span = self.variant.ident.span());
        let documentation = format!(
            "The data of `{}`.\n\nConditions on it hold for this variant only. An update does not \
             ask which variant is stored: where it may be another one, say `.is_{snake}()` in the \
             filter.",
            self.prefix
        );
        let name = &self.variant.name.value;
        let path = match self.form {
            Form::Internal(tag) => {
                let tag = &tag.value;
                emit!(#p::same(&self.path.with_variant(#tag, #name)))
            }
            Form::External => emit!(#p::child(&self.path, #name)),
            Form::Adjacent(tag, content) => {
                let (tag, content) = (&tag.value, &content.value);
                emit!(#p::child(&self.path.with_variant(#tag, #name), #content))
            }
        };
        let result = self.handle_type();
        emit! {
            #[doc = #documentation]
            #visibility fn #method(&self) -> #result {
                #path
            }
        }
    }

    fn handle_type(&self) -> TokenStream {
        let (p, [m, r, v, s]) = (&self.context.private, &self.context.modes);
        let m = emit!(#p::Entry<#m, #v, #s>);
        match self.variant.style {
            Style::Struct => {
                let name = &self.handle;
                let modes = emit!(#m, #r, (), #p::Part<#s>);
                let arguments = handle::arguments(self.context, &modes);
                emit!(#name #arguments)
            }
            Style::Newtype if matches!(self.form, Form::Internal(_)) => self.only(|field| {
                let ty = &field.ty;
                emit!(#p::Inlined<#ty, #m, #r, #s>)
            }),
            Style::Newtype => self
                .only(|field| handle::field_handle(self.context, (&self.prefix, field), "Entry")),
            Style::Tuple | Style::Unit => {
                let types = self.variant.fields.iter().map(|field| &field.ty);
                emit!(#p::ScalarAt<(#(#types,)*), #m, #r, #s, #p::Required>)
            }
        }
    }

    fn spec(&self, field: &Field) -> TokenStream {
        spec(self.context, &self.prefix, field)
    }

    fn only(&self, write: impl Fn(&'a Field) -> TokenStream) -> TokenStream {
        self.variant.fields.first().map(write).unwrap_or_default()
    }
}
