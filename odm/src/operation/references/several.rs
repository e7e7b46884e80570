//! The queries of a find and of what it refers to, without their types.

use mongodb::{bson::RawDocumentBuf, options::FindOptions};

use crate::{
    codec::DecodeError,
    cursor::Batch,
    error::{Error, Result},
    executor::{Purpose, Target, within},
    operation::find::{Query, find_one},
    path::Path,
};

use super::{
    ids::Ids,
    load::{Found, all, read},
    loads::Loading,
    walk::collect,
};

/// The queries without their types.
pub(super) struct Several {
    pub(super) target: Target,
    pub(super) query: Query,
    /// The paths to references, and where the documents are that they name.
    pub(super) more: Vec<(Path, Target)>,
}

/// What the queries after the first one have in common.
struct More {
    paths: Vec<(Path, Target)>,
    options: FindOptions,
    purpose: Purpose,
}

impl Several {
    pub(super) async fn all(self) -> Result<(Found, Vec<Loading>)> {
        self.in_time(|target, query, more| async move {
            let found = Found { batches: all(target.clone(), query).await?, target };
            let ids = more.ids(found.batches.iter().flat_map(Batch::documents));
            let ids = ids.map_err(|error| undecoded(error, &found.target))?;
            Ok((found, more.read(ids).await?))
        })
        .await
    }

    pub(super) async fn first(self) -> Result<Option<(RawDocumentBuf, Vec<Loading>)>> {
        self.in_time(|target, query, more| async move {
            let Some(first) = find_one(target.clone(), query).await? else { return Ok(None) };
            let ids =
                more.ids([Ok(first.as_bytes())]).map_err(|error| undecoded(error, &target))?;
            Ok(Some((first, more.read(ids).await?)))
        })
        .await
    }

    /// The find's time limit holds for all queries together.
    async fn in_time<T, W>(self, work: impl FnOnce(Target, Query, More) -> W) -> Result<T>
    where
        W: Future<Output = Result<T>>,
    {
        let Self { target, query, more } = self;
        let purpose = query.purpose;
        let more = More { paths: more, options: shared(&query.options), purpose };
        let deadline = target.deadline(purpose.timeout);
        within(deadline, work(target.clone(), query, more), || purpose.late(&target)).await
    }
}

impl More {
    /// The references of documents, for each path.
    fn ids<'a>(
        &self,
        documents: impl IntoIterator<Item = Result<&'a [u8], DecodeError>>,
    ) -> Result<Vec<Ids>, DecodeError> {
        let mut ids: Vec<_> = self.paths.iter().map(|_| Ids::default()).collect();
        for document in documents {
            let document = document?;
            for ((path, _), ids) in self.paths.iter().zip(&mut ids) {
                collect(document, path, ids)?;
            }
        }
        Ok(ids)
    }

    async fn read(self, ids: Vec<Ids>) -> Result<Vec<Loading>> {
        let mut found = Vec::with_capacity(ids.len());
        for ((_, target), ids) in self.paths.into_iter().zip(ids) {
            found.push(Loading(read(target, ids, self.options.clone(), self.purpose).await?));
        }
        Ok(found)
    }
}

/// The options of a find that are those of the other queries too.
fn shared(options: &FindOptions) -> FindOptions {
    let mut shared = FindOptions::default();
    shared.comment = options.comment.clone();
    shared.max_time = options.max_time;
    shared.read_concern = options.read_concern.clone();
    shared.selection_criteria = options.selection_criteria.clone();
    shared
}

fn undecoded(error: DecodeError, target: &Target) -> Error {
    Error::from(error).during("decode", &target.namespace())
}
