//! A replacement that leaves in the document what odm keeps there.

use std::borrow::Cow;

use mongodb::bson::DateTime;

use crate::{
    codec::{ElementType, Encode, Encoder, Fragment, RawValue},
    update::Upkeep,
};

/// Appends the replacement as it is.
pub(super) fn append_plain(_: &Upkeep, (key, document): (&str, Cow<'_, [u8]>), out: &mut Encoder) {
    out.element(key, |out| {
        out.bytes(&document);
        ElementType::EmbeddedDocument
    });
}

/// Appends the replacement with the version and the times that the document gets. Where they
/// depend on the document that is replaced, it is a pipeline: `{$replaceWith: {$mergeObjects: …}}`.
pub(super) fn append_kept_up(
    upkeep: &Upkeep,
    (key, document): (&str, Cow<'_, [u8]>),
    out: &mut Encoder,
) {
    if !upkeep.outlives_replacements() {
        let document = upkeep.updated(document.into_owned(), DateTime::now());
        return append_plain(upkeep, (key, document.into()), out);
    }
    let kept = upkeep.of_replacement(&document);
    let literal = RawValue::document(&Fragment::of_document(&document));
    let parts = [RawValue::operator("$literal", &literal), RawValue::of(&kept)];
    let whole = RawValue::operator("$mergeObjects", &RawValue::of(parts.as_slice()));
    let stage = RawValue::operator("$replaceWith", &whole);
    out.element(key, |out| {
        out.list([stage], |stage, out| stage.encode(out));
        ElementType::Array
    });
}
