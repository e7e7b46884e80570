//! The macros of [`odm`](https://docs.rs/odm): `#[derive(Model)]`, `#[derive(Embedded)]`, `path!`.
//!
//! A derive takes four steps, one module each: `attribute` parses, `model` gives the attributes
//! their meaning, `check` refuses mistakes, `expand` writes the code.

/// `quote!` whose local variables cannot be seen by the user's expressions.
macro_rules! emit {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned! { ::proc_macro2::Span::mixed_site()=> $($tokens)* }
    };
}

mod attribute;
mod case;
mod check;
mod errors;
mod expand;
mod model;
mod path_macro;
mod projection;
mod tokens;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use model::Role;

/// Makes a struct or an enum a model: a document with an `_id`, kept in a collection of its own.
///
/// One field is the `_id`: the field with `#[model(id)]`, or the field that is stored as `_id`. An
/// enum is described [below](#enums).
///
/// | on the struct | |
/// | --- | --- |
/// | `collection = "…"` | the collection; default: the struct's name in snake case |
/// | `read_preference = "…"`, `read_concern = "…"`, `write_concern = "…"` | the default for its operations, in the manual's words: `secondaryPreferred`, `majority` |
/// | `pre_and_post_images` | the collection keeps its documents as they were before and after each change, for change streams ([manual](https://www.mongodb.com/docs/manual/changeStreams/#change-streams-with-document-pre--and-post-images)) |
/// | `rename_all`, `default`, `deny_unknown_fields` | as in serde |
/// | `null` | every field that is `None` is stored as null |
/// | `tag = "…"` | of an enum: the field that says which variant a document is |
/// | `crate = "…"` | the path of the `odm` crate, if it has another name |
///
/// | on a field | |
/// | --- | --- |
/// | `id` | stored as `_id` |
/// | `version` | a number that every write makes greater by one, so that [`.by(&loaded)`](https://docs.rs/odm/latest/odm/update/struct.Update.html#method.by) refuses a stale write: `i32`, `i64`, `u32` or `u64` |
/// | `created_at`, `updated_at` | a date that every write keeps: see [below](#version-and-times) |
/// | `rename`, `default`, `flatten` | as in serde |
/// | `skip`, `skip_serializing`, `skip_deserializing`, `skip_serializing_if` | as in serde |
/// | `with`, `serialize_with`, `deserialize_with` | as in serde |
/// | `serde` | stored by the type's own serde implementation |
/// | `truncate` | a date is cut to whole milliseconds; default: a finer date is an error |
/// | `null` | `None` is stored as null |
/// | `on_delete = "restrict"`, `"cascade"`, `"set_null"` | on a `Ref`: what [`delete_referenced`](https://docs.rs/odm/latest/odm/trait.Operations.html#method.delete_referenced) does to the document when the one that it refers to is deleted |
///
/// The same keys are taken from `#[serde(…)]`; `#[model(…)]` overrides them. `alias` is refused.
///
/// # `None`
///
/// A field that is `None` is left out of the document. `null` on a field or on the type stores
/// null, as serde does. An absent field and null both read as `None`. The page
/// [`odm::guide::none`](https://docs.rs/odm/latest/odm/guide/none/index.html) says what is stored
/// for `None` in every place.
///
/// # Version and times
///
/// The fields with `version`, `created_at` and `updated_at` are kept by odm. They cannot be written
/// by a path; `.raw(…)` writes them all the same. They can be read, filtered and sorted like others.
///
/// | operation | `version` | `created_at` | `updated_at` |
/// | --- | --- | --- | --- |
/// | an insert | as in the value | now | now |
/// | an update, one or many | one more | stays | now |
/// | an upsert that inserts | 1 | now | now |
/// | a pipeline update | one more, in a last stage | stays; now, if an upsert finds none | now |
/// | a replacement | one more than stored | stays; now, if there is none | now |
/// | an update without a change (`set_some`) | stays | stays | stays |
///
/// "Now" is the client's time in milliseconds. It is taken once for each statement, and before the
/// first attempt: a repeated attempt sends the same bytes. An insert writes it over what the value
/// has, and does not change the value itself. The types are `bson::DateTime`, those of the
/// features `chrono`, `time` and `jiff`, and `SystemTime`; they are cut to whole milliseconds. An
/// `Option` of one reads documents that were stored before the field was there.
///
/// A replacement of a model with `version` or `created_at` is sent as a pipeline
/// (`{$replaceWith: …}`), because only the server knows what they are. Where it changes little of a
/// large document, change streams tell of it as an update. A version with `default`
/// reads documents that were stored before as version 0.
///
/// # Enums
///
/// A model that is an enum has documents of several shapes in one collection. `tag` names the field
/// that holds the variant's name; all else stands beside it. `content` and enums without `tag` are
/// refused: they have no place for the `_id`.
///
/// [`odm::model::Polymorphic`](https://docs.rs/odm/latest/odm/model/trait.Polymorphic.html) has an
/// example.
///
/// - Every variant has an `_id`, all of one type. A variant that holds a struct takes the struct's:
///   the struct derives `Embedded`, or `Model` if it has a collection of its own too, and has a field
///   with `#[model(id)]`. If a variant writes the field out, `.id()` has its name.
/// - Fields that every variant writes out alike, by name, type and attributes, are methods of the
///   enum's handle: `.name()` stands for all variants.
/// - `Shape::find().only_circle()` reads a `Vec<Circle>`, and its conditions are on the fields of
///   `Circle`. `.only_square()` reads a `Vec<Shape>`, because the fields have no type of their own.
///   `Shape::aggregate()` has both. They are no methods of a trait: nothing is imported for them.
/// - A tag that is no variant's name is an error of the kind `Decode`, with the tag and the `_id`. A
///   variant with `other` takes its place: `Other`, or `Other { #[model(id)] id: i64 }`. It is
///   deleted and found as others are, and never written.
/// - `version`, `created_at` and `updated_at` are in every variant or in none. `on_delete` is for
///   the documents of its variant.
///
/// # Flattened fields
///
/// The fields of a flattened struct stand in the document around it, and so does the data beside
/// the tag of an enum. One name twice in a document does not compile. Two flattened maps do not
/// compile, either. A generic type is checked where it is used. A key of a flattened map that is a
/// field too is an error: of the encoding, or of the path that names it.
#[proc_macro_derive(Model, attributes(model, serde))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    derive(Role::Model, &parse_macro_input!(input as DeriveInput))
}

/// Makes a struct or an enum a value inside documents.
///
/// A struct with named fields becomes a document, one with a single unnamed field is stored as that
/// field, one with several as an array. An enum becomes a string if no variant has data. Otherwise
/// it becomes what serde makes of it: `{variant: data}`, or with `tag`, or with `tag` and
/// `content`.
///
/// A field that is `None` is left out of the document: see [`Model`](macro@Model#none).
///
/// The attributes are those of [`Model`](macro@Model), except those about the collection and its
/// operations. `id` makes a struct one that a variant of a [model](macro@Model#enums) can hold; with
/// it, the struct takes `version`, `created_at` and `updated_at`. Variants take `rename`, `alias`, `rename_all`, `skip` and `other`. On a
/// newtype, `map_key` makes it a key of maps.
///
/// An `alias` of a variant is read. It is never written, and conditions do not look for it:
/// `.is_circle()` and equality find the variant's own name only. An `alias` of a field is refused:
/// updates know the field by one name, so a document that was read by the alias would get both
/// names. `$rename` gives the stored field its new name.
#[proc_macro_derive(Embedded, attributes(model, serde))]
pub fn derive_embedded(input: TokenStream) -> TokenStream {
    derive(Role::Embedded, &parse_macro_input!(input as DeriveInput))
}

/// Makes a struct a projection: some fields of a model, as a type of its own.
///
/// `#[projection(of = Order)]` names the model. A field is read from the model's field of the same
/// name, or from where `#[projection(path = …)]` says, in the notation of [`path!`](macro@path):
/// `ship.city`, `lines[].price`, `points[0].x`, `labels["colour"]`. Names and types are checked
/// against the model: below an `Option`, at a position and of a map a value is an `Option`, below
/// `[]` a `Vec`.
///
/// The struct is [`Embedded`](macro@Embedded) too, and takes its attributes.
#[proc_macro_derive(Projection, attributes(projection, model, serde))]
pub fn derive_projection(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let (model, errors) = model::read(Role::Embedded, &input);
    let errors = check::check(&model, errors);
    let code = expand::expand(&model);
    let projection =
        projection::expand(&input, &model.krate).unwrap_or_else(syn::Error::into_compile_error);
    let errors = errors.into_tokens();
    emit! { #errors #code #projection }.into()
}

/// A path in MongoDB's own notation: `path!(points[$i].y)` for `|s| s.points().filtered_by(&i).y()`.
///
/// | written | meaning |
/// | --- | --- |
/// | `points[$i]` | the elements that satisfy the array filter in the variable `i` |
/// | `points[]` | every element |
/// | `points[$]` | the element that the filter matched |
/// | `points[0]` | the element at a position |
/// | `labels["k"]` | the entry of a map |
/// | `by_state[State::Open]` | the entry of a map whose key is any expression |
#[proc_macro]
pub fn path(input: TokenStream) -> TokenStream {
    path_macro::expand(input.into()).unwrap_or_else(|error| error.into_compile_error()).into()
}

fn derive(role: Role, input: &DeriveInput) -> TokenStream {
    let (model, errors) = model::read(role, input);
    let errors = check::check(&model, errors);
    let code = (!errors.has_refused_derive()).then(|| expand::expand(&model));
    let errors = errors.into_tokens();
    emit! { #errors #code }.into()
}
