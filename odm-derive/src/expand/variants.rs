//! One variant of an enum with data: writing, reading, and its methods on the handle.
//!
//! How an enum says which variant is stored is its form; each has a file of its own.

mod adjacent;
mod external;
mod internal;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::{
    body::{Body, binding, names},
    context::Context,
    encoding::call,
    handle,
};
use crate::{
    case::snake,
    model::{Field, Form, Style, Variant},
};

/// How an enum says which variant is stored.
pub(super) trait Tagged {
    /// The tag that stands among the elements of the variant's data.
    fn tag_inside(&self) -> Option<&str> {
        None
    }

    /// The names in the document of the enum, without those of data beside a tag.
    fn names<'a>(&'a self, parts: &'a [Part<'_>]) -> Vec<&'a str>;

    /// Whether a key around a flattened enum belongs to it, as an expression over `key`.
    fn claims(&self, context: &Context<'_>, parts: &[Part<'_>]) -> TokenStream;

    /// The statement that finds `variant`, and `content` where the data is a value.
    fn find(&self, context: &Context<'_>) -> TokenStream;

    /// Whether the variant is stored as its name alone.
    fn is_string(&self, _variant: &Variant) -> bool {
        false
    }

    /// Statements that write the elements of a variant.
    fn write(&self, part: &Part<'_>) -> TokenStream;

    /// The expression that reads a variant.
    fn read(&self, part: &Part<'_>) -> TokenStream;

    /// The condition that the variant is stored at `self.path`.
    fn condition(&self, part: &Part<'_>) -> TokenStream;

    /// The handle of the data below `self.path`.
    fn data(&self, part: &Part<'_>) -> TokenStream;
}

/// The form as the code that it makes.
pub(super) fn tagged(form: &Form) -> Box<dyn Tagged + '_> {
    match form {
        Form::External => Box::new(external::External),
        Form::Internal(tag) => Box::new(internal::Internal { tag: &tag.value }),
        Form::Adjacent(tag, content) => {
            Box::new(adjacent::Adjacent { tag: &tag.value, content: &content.value })
        }
    }
}

/// A variant, its form, and the body of its fields.
pub(super) struct Part<'a> {
    pub(super) variant: &'a Variant,
    index: usize,
    context: &'a Context<'a>,
    form: &'a dyn Tagged,
    prefix: String,
    body: Body<'a>,
    handle: Ident,
}

impl<'a> Part<'a> {
    pub(super) fn new(
        context: &'a Context<'a>,
        form: &'a dyn Tagged,
        (index, variant): (usize, &'a Variant),
    ) -> Self {
        let prefix = variant.rust_name();
        Self {
            handle: context.fresh(&format!("{}{prefix}Fields", context.model.name)),
            body: Body::new(context, &prefix, &variant.fields)
                .of_variant((index, variant), form.tag_inside()),
            variant,
            index,
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
            let fields = (self.prefix.as_str(), Some(self.index), self.variant.fields.as_slice());
            handle::of_fields(self.context, &self.handle, &documentation, fields)
        });
        emit! { #slots #handle }
    }

    /// The arm that writes the variant's elements.
    pub(super) fn write(&self) -> TokenStream {
        let (p, ident) = (&self.context.private, &self.variant.ident);
        let name = &self.prefix;
        if self.is_unknown() {
            return emit!(Self::#ident { .. } => #p::fail_other(#name, out),);
        }
        if !self.variant.is_written() {
            return emit!(Self::#ident { .. } => #p::fail_skipped(#name, out),);
        }
        let written = self.variant.fields.iter().filter(|field| field.is_written());
        let bindings = written.map(|field| {
            let (member, binding) = (&field.member, binding(field));
            emit!(#member: #binding,)
        });
        let elements = self.form.write(self);
        emit!(Self::#ident { #(#bindings)* .. } => { #elements })
    }

    /// Writes the data as one value; its type is the result.
    fn write_content(&self) -> TokenStream {
        let p = &self.context.private;
        let write = || self.body.write(&|field| binding(field).to_token_stream());
        match self.variant.style {
            Style::Unit => emit!({ let _ = out; #p::ElementType::Null }),
            Style::Newtype => self.only(|field| {
                let binding = binding(field);
                call(self.context, (&self.prefix, field), "encode_field", emit!(#binding, out))
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

    /// Reads the data from the value under `key`.
    fn read_content(&self, key: &TokenStream) -> TokenStream {
        let (p, ident) = (&self.context.private, &self.variant.ident);
        let read = match self.variant.style {
            Style::Unit => {
                return emit!(#p::Result::map(#p::no_content(content, #key), |()| Self::#ident {}));
            }
            Style::Newtype => self.only(|field| {
                let read =
                    call(self.context, (&self.prefix, field), "decode_field", emit!(element));
                emit!(#p::Result::map(#read, |value| Self::#ident { 0: value }))
            }),
            Style::Tuple => self.body.read_array(&quote!(Self::#ident)),
            Style::Struct => self.body.read_document(&quote!(Self::#ident)),
        };
        emit!(#p::content(content, #key, |element| { #read }))
    }

    /// The expression that reads the variant.
    pub(super) fn read(&self) -> TokenStream {
        self.form.read(self)
    }

    /// A constant expression for the names in the variant's document.
    pub(super) fn names(&self) -> TokenStream {
        match (self.form.tag_inside(), self.variant.style) {
            (Some(tag), Style::Newtype) => {
                let owner = format!("{}::{}", self.context.model.name, self.prefix);
                let parts: Vec<_> = self.variant.fields.iter().collect();
                names(self.context, &owner, (vec![tag], &parts))
            }
            (_, Style::Struct) | (Some(_), Style::Unit) => self.body.all_names(),
            (_, Style::Unit | Style::Newtype | Style::Tuple) => {
                names(self.context, "", (Vec::new(), &[]))
            }
        }
    }

    /// The arm that says whether a key beside the tag, which only the value knows, is there.
    pub(super) fn has_key(&self) -> Option<TokenStream> {
        let (p, ident) = (&self.context.private, &self.variant.ident);
        if !self.variant.is_written() {
            return None;
        }
        let has_key = match self.variant.style {
            Style::Struct => self.body.has_key(&|field| binding(field).to_token_stream()),
            Style::Newtype => self.only(|field| {
                let (ty, binding) = (&field.ty, binding(field));
                emit!(<#ty as #p::Flatten>::has_key(#binding, key))
            }),
            Style::Unit | Style::Tuple => return None,
        };
        let flat = |field: &&Field| field.is_flat() || self.variant.style == Style::Newtype;
        let bindings = self.variant.fields.iter().filter(flat).map(|field| {
            let (member, binding) = (&field.member, binding(field));
            emit!(#member: #binding,)
        });
        Some(emit!(Self::#ident { #(#bindings)* .. } => #has_key,))
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
        let condition = match self.is_unknown() {
            true => self.is_other(),
            false => self.form.condition(self),
        };
        let has_data = self.variant.style != Style::Unit && !self.is_unknown();
        let as_method = has_data.then(|| self.as_method(&snake));
        emit! {
            #as_method
            #[doc = #documentation]
            #visibility fn #is_method(&self) -> #p::Filter<#root>
            where
                #mode: #p::Reached + #p::Conditional,
            {
                #condition
            }
        }
    }

    /// Whether it stands for all documents of a model that are of no other variant.
    fn is_unknown(&self) -> bool {
        self.context.model.is_polymorphic() && self.variant.keys.other.is_some()
    }

    /// The condition that a document is of no variant that is known.
    fn is_other(&self) -> TokenStream {
        let (p, tag) = (&self.context.private, self.form.tag_inside());
        let known = self.context.model.variants().iter();
        let known = known.filter(|it| it.is_read() && it.keys.other.is_none());
        let names = known.flat_map(Variant::names).map(|name| &name.value);
        emit!(#p::is_other_text(&self.path.child(#tag), &[#(#names),*]))
    }

    fn as_method(&self, snake: &str) -> TokenStream {
        let visibility = &self.context.model.visibility;
        let method = format_ident!("as_{snake}", span = self.variant.ident.span());
        let documentation = format!(
            "The data of `{}`.\n\nConditions on it hold for this variant only. An update asks for the \
             variant in its filter, or in the array filter behind `.each()` and `.filtered(…)`.",
            self.prefix
        );
        let (p, [mode, ..]) = (&self.context.private, &self.context.modes);
        let path = self.form.data(self);
        let result = self.handle_type();
        emit! {
            #[doc = #documentation]
            #visibility fn #method(&self) -> #result
            where
                #mode: #p::Reached,
            {
                #path
            }
        }
    }

    /// Whether the data's type is known to paths, so that they may go on below it.
    fn has_parts(&self) -> bool {
        match self.variant.style {
            Style::Struct => true,
            Style::Newtype => self.variant.fields.iter().all(Field::is_natural),
            Style::Tuple | Style::Unit => false,
        }
    }

    /// What the data's type says of its values.
    fn facts(&self) -> TokenStream {
        let p = &self.context.private;
        match self.variant.style {
            Style::Newtype => self.only(|field| self.context.facts(field)),
            Style::Struct | Style::Tuple | Style::Unit => emit!(<() as #p::Field>::FACTS),
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
            Style::Newtype if self.form.tag_inside().is_some() => self.only(|field| {
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

    /// The stored name.
    fn name(&self) -> &str {
        &self.variant.name.value
    }

    fn only(&self, write: impl Fn(&'a Field) -> TokenStream) -> TokenStream {
        self.variant.fields.first().map(write).unwrap_or_default()
    }
}
