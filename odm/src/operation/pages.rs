//! Pages by key: each begins where the one before it ended.
//!
//! Knows finds, sort orders and the driver's documents.
//!
//! ```text
//!   text ──► cursor ──► position ──► conditions ──► find of one document more than a page
//!              ▲                                        │
//!              └──────────── page: its two ends ◄───────┘
//! ```

mod condition;
mod cursor;
mod identity;
mod plan;
mod position;
mod seal;
mod value;

use std::fmt;

use mongodb::bson::{Document, RawDocumentBuf};

pub use self::cursor::{IntoPageCursor, PageCursor};
use self::{
    plan::{Asked, Plan, Query},
    seal::Key,
};
use crate::{
    codec::decode_document,
    error::{Error, Result},
    executor::{ReadExecutor, Target},
    filter::Filter,
    model::Model,
    path::Field,
    sort::Sort,
};

use super::{Find, find::decode};

/// A query for one page. Made by [`Find::page`].
#[must_use = "nothing is read until `.fetch(…)` runs it"]
pub struct FindPage<M> {
    find: Find<M>,
    size: u32,
    after: Result<Option<PageCursor>>,
    key: Result<Option<Key>>,
}

/// One page of a query, and where the pages beside it begin.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<M> {
    /// The documents, in the query's order; at most as many as were asked for.
    pub items: Vec<M>,
    /// Where the next page begins; `None` if there was nothing after this one.
    pub next: Option<PageCursor>,
    /// Where the page before begins; `None` on the first page.
    pub previous: Option<PageCursor>,
}

impl<M: Model> Find<M> {
    /// Reads one page of this many documents, and tells where the next one begins. Ends with
    /// [`fetch`](FindPage::fetch).
    ///
    /// The query's order decides, and the `_id` among documents that are equal by it. A page begins
    /// after the last document of the page before, by its values: nothing is skipped on the server,
    /// page 1,000 is as fast as the first one, and documents that come and go elsewhere shift
    /// nothing. A document that is there all the time, and keeps its values, is on one page,
    /// forwards and backwards.
    ///
    /// ```no_run
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "orders")]
    /// struct Order { #[model(id)] id: i64, placed: i64, city: Option<String> }
    ///
    /// # async fn run(db: odm::Database, given: Option<String>) -> odm::Result<()> {
    /// let page = Order::find().sort(|o| o.placed().desc()).page(20).after(given).fetch(&db).await?;
    /// for order in &page.items {
    ///     println!("{}", order.id);
    /// }
    /// if let Some(next) = page.next {
    ///     println!("/orders?after={next}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Order
    ///
    /// Any typed order of fields with one value each: several keys, mixed directions, fields that
    /// may be null or missing (these come first, as the server sorts them). Refused are keys through
    /// arrays, [`Sort::text_score`], [`Sort::raw`], and the options `skip`, `limit` and `collation`.
    /// A page cannot end at a document with an array or `undefined` in a key, which a field of any
    /// type may hold.
    ///
    /// # Index
    ///
    /// With an index that has the keys of the order, then `_id`, all in the same directions (or all
    /// in the opposite ones), the server reads the documents of the page and hardly any other.
    /// Fields that the filter compares by `eq` may stand before them. `_id` has the direction of the
    /// last key, unless the order names it.
    ///
    /// # Document
    ///
    /// What comes after a document is one alternative for each key, and one more for each key that
    /// may be null, each with the whole filter, so that the server reads an index from the right
    /// place for each and merges them:
    ///
    /// ```text
    /// {"$or": [{"status": "paid", "placed": {"$lt": 9}},
    ///          {"status": "paid", "placed": {"$eq": 9}, "_id": {"$lt": 4}}]}
    /// ```
    ///
    /// Going down, a field that may be null has one more alternative: `{"placed": {"$eq": null}}`.
    /// A key whose values may be of several BSON types, or NaN, is compared by `$expr`, which knows
    /// the order of all values. Where a page begins among documents that have null in an earlier
    /// key, these are one alternative with `$nor`, and the index is read from the value of the next
    /// key.
    ///
    /// # Changes in between
    ///
    /// A document whose keys are changed moves in the order: it may be on two pages, or on none. If
    /// the filter has a value of its own for each request, such as the time, no cursor fits the next
    /// request: keep the value in the link.
    ///
    /// Manual: [`cursor.sort`](https://www.mongodb.com/docs/manual/reference/method/cursor.sort/),
    /// [comparison order](https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/).
    #[doc(alias = "paginate")]
    #[doc(alias = "keyset")]
    pub fn page(self, documents: u32) -> FindPage<M> {
        FindPage { find: self, size: documents, after: Ok(None), key: Ok(None) }
    }
}

impl<M> FindPage<M> {
    /// Goes on where a page ended: its [`next`](Page::next) reads forwards, its
    /// [`previous`](Page::previous) backwards. `None` is the first page.
    ///
    /// Takes a [`PageCursor`], its text, and an `Option` of both.
    ///
    /// A text that is no cursor is an error of [`fetch`](Self::fetch).
    pub fn after(mut self, cursor: impl IntoPageCursor) -> Self {
        self.after = cursor.into_page_cursor();
        self
    }

    /// Signs the cursors of the page, and takes only cursors that were signed with the same key
    /// (HMAC-SHA256).
    ///
    /// Without a key, whoever has a cursor can read and change the values in it, and so choose
    /// where a page begins. The filter holds for every page all the same. A signed cursor can be
    /// read, too: the order's field names and the values of one document are in it.
    ///
    /// The key is any secret, best 32 random bytes. An empty one is an error of
    /// [`fetch`](Self::fetch).
    pub fn signed_with(mut self, key: impl AsRef<[u8]>) -> Self {
        self.key = Key::new(key.as_ref()).map(Some);
        self
    }
}

impl<M: Model> FindPage<M> {
    /// The command that is sent, without the driver's own fields. It asks for one document more
    /// than a page has, which tells whether there is a next page.
    ///
    /// # Errors
    ///
    /// Those of [`fetch`](Self::fetch) that are found before anything is sent.
    pub fn as_document(&self) -> Result<Document> {
        let plan = self.plan()?;
        self.restricted(&plan)?.as_document()
    }

    /// Reads the page. One round trip.
    ///
    /// `previous` is there if the page was read forwards from a cursor: then there was a document
    /// before. If all of these have been removed meanwhile, `previous` leads to an empty page. The
    /// same holds for `next` of a page that was read backwards. An empty page has the way back.
    ///
    /// # Errors
    ///
    /// `PageCursor` if the cursor is damaged, has a wrong signature or none, or was made for another
    /// query: another order, filter or collection. `Invalid` for an order or an option that pages
    /// do not have, and a page of no documents. `Decode` if a document does not have the model's
    /// shape, or has an array in place of a key.
    pub async fn fetch(self, executor: &impl ReadExecutor<M>) -> Result<Page<M>> {
        let plan = self.plan()?;
        let query = self.restricted(&plan)?.into_query()?;
        let target = executor.target();
        let found = query.all(target.clone(), decode_document::<RawDocumentBuf>).await?;
        read(&plan, found, &target)
    }

    fn plan(&self) -> Result<Plan> {
        let Find { filter, sort, options, common, fault, .. } = &self.find;
        if let Some(fault) = fault {
            return Err(fault.clone());
        }
        let collation = common.statement.collation.as_ref().map(|_| "collation");
        let skip = options.skip.filter(|skip| *skip > 0).map(|_| "skip");
        let limit = options.limit.filter(|limit| *limit != 0).map(|_| "limit");
        if let Some(option) = collation.or(skip).or(limit) {
            return Err(Error::invalid(format!("a page takes no `{option}`")));
        }
        let keys = sort.page_keys(M::IdField::FACTS)?;
        let (filter, variables) = (filter.as_document()?, common.command.let_vars.as_ref());
        let query = Query { collection: M::COLLECTION, filter, variables, keys };
        let (after, key) = (self.after.clone()?, self.key.clone()?);
        Plan::new(query, Asked { size: self.size, after, key })
    }

    /// The find of the page and one document more.
    fn restricted(&self, plan: &Plan) -> Result<Find<M>> {
        let mut find = self.find.clone();
        find.filter = Filter::raw(plan.filter());
        find.sort = Sort::raw(plan.order());
        find.options.limit = Some(plan.limit().into());
        find.options.batch_size.get_or_insert(plan.limit());
        Ok(find)
    }
}

fn read<M: Model>(plan: &Plan, found: Vec<RawDocumentBuf>, target: &Target) -> Result<Page<M>> {
    let cut = plan.cut(found).map_err(|error| error.during("decode", &target.namespace()))?;
    let items = cut.documents.iter().map(|document| decode(document, target));
    Ok(Page { items: items.collect::<Result<_>>()?, next: cut.next, previous: cut.previous })
}

impl<M> Clone for FindPage<M> {
    fn clone(&self) -> Self {
        Self {
            find: self.find.clone(),
            size: self.size,
            after: self.after.clone(),
            key: self.key.clone(),
        }
    }
}

impl<M: Model> fmt::Debug for FindPage<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_document() {
            Ok(document) => write!(f, "FindPage({document})"),
            Err(error) => write!(f, "FindPage({error})"),
        }
    }
}
