//! The driver's actions that replace, and their options.

use mongodb::{
    bson::{Bson, Document, RawDocumentBuf},
    options::{FindOneAndReplaceOptions, ReplaceOptions, ReturnDocument},
};
use serde::Serialize;

use crate::{
    error::Result,
    executor::{Call, in_session},
    options::{Collation, Hint, WriteConcern},
};

use super::super::results::Changed;

pub(super) async fn replace(
    call: Call,
    filter: Document,
    document: RawDocumentBuf,
    options: ReplaceOptions,
) -> Result<Changed> {
    call.run(|mut call| async move {
        let collection = call.collection();
        let action = collection.replace_one(filter, document).with_options(options);
        let replaced = in_session!(call, action);
        call.settle(replaced).map(Changed::from)
    })
    .await
}

pub(super) async fn find_one_and_replace(
    call: Call,
    filter: Document,
    document: RawDocumentBuf,
    mut options: FindOneAndReplaceOptions,
) -> Result<Option<RawDocumentBuf>> {
    options.max_time = call.max_time();
    call.run(|mut call| async move {
        let collection = call.collection();
        let action = collection.find_one_and_replace(filter, document).with_options(options);
        let found = in_session!(call, action);
        call.settle(found)
    })
    .await
}

/// The driver's options under the server's names.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown<'a> {
    upsert: Option<bool>,
    hint: Option<&'a Hint>,
    collation: Option<&'a Collation>,
    r#let: Option<&'a Document>,
    comment: Option<&'a Bson>,
    write_concern: Option<&'a WriteConcern>,
    bypass_document_validation: Option<bool>,
}

impl<'a> From<&'a ReplaceOptions> for Shown<'a> {
    fn from(options: &'a ReplaceOptions) -> Self {
        Self {
            upsert: options.upsert,
            hint: options.hint.as_ref(),
            collation: options.collation.as_ref(),
            r#let: options.let_vars.as_ref(),
            comment: options.comment.as_ref(),
            write_concern: options.write_concern.as_ref(),
            bypass_document_validation: options.bypass_document_validation,
        }
    }
}

pub(super) fn fetch_options(
    options: ReplaceOptions,
    which: ReturnDocument,
) -> FindOneAndReplaceOptions {
    let mut fetch = FindOneAndReplaceOptions::default();
    fetch.bypass_document_validation = options.bypass_document_validation;
    fetch.collation = options.collation;
    fetch.comment = options.comment;
    fetch.hint = options.hint;
    fetch.let_vars = options.let_vars;
    fetch.upsert = options.upsert;
    fetch.write_concern = options.write_concern;
    fetch.return_document = Some(which);
    fetch
}
