//! The driver's actions that remove, and their options.

use mongodb::{
    bson::{Document, RawDocumentBuf},
    options::{DeleteOptions, FindOneAndDeleteOptions},
};

use crate::{
    error::{Access, Result},
    executor::{Call, Purpose, Target, in_session},
    model::Model,
};

use super::super::{Deleted, find::decode_written};

pub(super) async fn delete(
    target: Target,
    purpose: Purpose,
    filter: Result<Document>,
    options: DeleteOptions,
) -> Result<Deleted> {
    let filter = filter?;
    let call = Call::begin(target, purpose).await?;
    call.run(move |mut call| async move {
        let collection = call.collection();
        let result = match purpose.access {
            Access::ManyWrites => {
                in_session!(call, collection.delete_many(filter).with_options(options))
            }
            _ => in_session!(call, collection.delete_one(filter).with_options(options)),
        };
        call.settle(result).map(|result| Deleted { deleted: result.deleted_count })
    })
    .await
}

pub(super) async fn fetched<M: Model>(
    target: Target,
    purpose: Purpose,
    found: Result<(Document, FindOneAndDeleteOptions)>,
) -> Result<Option<M>> {
    let (filter, options) = found?;
    let call = Call::begin(target.clone(), purpose);
    match find_one_and_delete(call, filter, options).await? {
        Some(document) => decode_written(&document, &target).map(Some),
        None => Ok(None),
    }
}

async fn find_one_and_delete(
    call: impl Future<Output = Result<Call>>,
    filter: Document,
    mut options: FindOneAndDeleteOptions,
) -> Result<Option<RawDocumentBuf>> {
    let call = call.await?;
    options.max_time = call.max_time();
    call.run(|mut call| async move {
        let collection = call.collection();
        let action = collection.find_one_and_delete(filter).with_options(options);
        let found = in_session!(call, action);
        call.settle(found)
    })
    .await
}

pub(super) fn fetch_options(options: DeleteOptions, sort: Document) -> FindOneAndDeleteOptions {
    let mut fetch = FindOneAndDeleteOptions::default();
    fetch.sort = (!sort.is_empty()).then_some(sort);
    fetch.hint = options.hint;
    fetch.collation = options.collation;
    fetch.comment = options.comment;
    fetch.let_vars = options.let_vars;
    fetch.write_concern = options.write_concern;
    fetch
}
