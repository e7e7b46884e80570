//! Reading what references name.

use futures::future::{BoxFuture, FutureExt};
use mongodb::{bson::doc, options::FindOptions};

use crate::{
    codec::{Decode, decode_document},
    cursor::Batch,
    error::{Error, Result},
    executor::{Purpose, ReadExecutor, Target},
    model::Model,
    operation::{
        Operations,
        find::{FIND, Query, find},
    },
    reference::Ref,
};

use super::{Loaded, ids::Ids};

/// Reads the documents that references name: one command for up to 10,000 of them, whatever their
/// number was before each was named once.
///
/// What is not there is no error, see [`Loaded`]. The model is that of the references: those to
/// documents of another model are loaded on their own. An `Option` is flattened:
/// `load(orders.iter().flat_map(|o| &o.gift_of), &db)`.
///
/// ```no_run
/// # use odm::prelude::*;
/// # #[derive(Model)]
/// # struct Customer { #[model(id)] id: i64, name: String }
/// # #[derive(Model)]
/// # struct Order { #[model(id)] id: i64, customer: Ref<Customer> }
/// # async fn run(db: odm::Database) -> odm::Result<()> {
/// let page = Order::find().sort(|o| o.id().asc()).limit(50).all(&db).await?;
/// let customers = odm::load(page.iter().map(|o| &o.customer), &db).await?;
/// let name = &customers[&page[0].customer].name;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Those of a find: `Decode` if a document does not have the model's shape.
pub fn load<'a, 'r, M: Model + 'a + 'r>(
    references: impl IntoIterator<Item = &'r Ref<M>>,
    executor: &impl ReadExecutor<M>,
) -> BoxFuture<'a, Result<Loaded<M>>> {
    let (ids, target) = (Ids::of(references), executor.target());
    let found = async move { read(target, ids?, FindOptions::default(), FIND).await };
    found.map(|found| found?.into_loaded()).boxed()
}

impl<M: Model> Ref<M> {
    /// Reads the document that the reference names: `None` if it is not there. One round trip.
    ///
    /// For many references, [`load`](crate::load) takes one command for all.
    ///
    /// # Errors
    ///
    /// Those of a find: `Decode` if the document does not have the model's shape.
    pub async fn fetch(&self, executor: &impl ReadExecutor<M>) -> Result<Option<M>> {
        M::find().by_id(self.id()).first(executor).await
    }
}

/// What the server sent, and from where.
pub(super) struct Found {
    pub(super) target: Target,
    pub(super) batches: Vec<Batch>,
}

impl Found {
    pub(super) fn decode<T: Decode>(&self) -> Result<Vec<T>> {
        let documents = self.batches.iter().flat_map(Batch::documents);
        let decoded = documents.map(|document| document.and_then(decode_document));
        let decoded: std::result::Result<_, _> = decoded.collect();
        decoded.map_err(|error| Error::from(error).during("decode", &self.target.namespace()))
    }

    pub(super) fn into_loaded<M: Model>(self) -> Result<Loaded<M>> {
        Loaded::new(self.decode()?)
    }
}

/// Reads the documents with these `_id`s.
pub(super) async fn read(
    target: Target,
    ids: Ids,
    options: FindOptions,
    purpose: Purpose,
) -> Result<Found> {
    let mut batches = Vec::new();
    for ids in ids.to_queries() {
        let mut options = options.clone();
        // One more than there can be: the first reply is the last, unless it is larger than 16 MB.
        options.batch_size = u32::try_from(ids.len() + 1).ok();
        let query = Query { filter: doc! { "_id": { "$in": ids } }, options, purpose };
        batches.extend(all(target.clone(), query).await?);
    }
    Ok(Found { target, batches })
}

/// All replies to a query.
pub(super) async fn all(target: Target, query: Query) -> Result<Vec<Batch>> {
    let mut found = find::<()>(target, query).await?;
    let mut batches = Vec::new();
    while let Some(batch) = found.next_batch().await? {
        batches.push(batch);
    }
    Ok(batches)
}
