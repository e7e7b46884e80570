//! A page of documents and the number of all of them, by one command.
//!
//! The rows and the count come out of one cursor, behind each other (`$unionWith`). `$facet` would
//! put them into one document, and would read every document that matches for the rows, too: here
//! the sort and the limit use the index, and the count is a count. Only a transaction has `$facet`,
//! because the server takes no `$unionWith` there.

use mongodb::{
    bson::{Document, doc},
    options::{AggregateOptions, FindOptions},
};

use crate::{
    codec::{Decode, DecodeError, Element, decode_document},
    cursor::{Command, Documents},
    error::Result,
    executor::{Call, ReadExecutor, Target},
    model::Model,
};

use super::{Find, find::Query};

/// Some of the documents that match, and the number of all of them: what
/// [`page_and_total`](Find::page_and_total) returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counted<M> {
    /// The documents, within skip and limit, in the order of the sort.
    pub items: Vec<M>,
    /// How many documents match the filter, whatever skip and limit are.
    pub total: u64,
}

impl<M: Model> Find<M> {
    /// The documents within skip and limit, and how many match in all. One round trip: an
    /// aggregation that reads the page and counts behind it (`$unionWith`); in a transaction, one
    /// that does both side by side (`$facet`).
    ///
    /// ```no_run
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "users")]
    /// struct User { #[model(id)] id: i64, age: i32 }
    ///
    /// # async fn run(db: odm::Database) -> odm::Result<()> {
    /// let adults = User::find().filter(|u| u.age().gte(18)).sort(|u| u.id().asc());
    /// let page = adults.skip(40).limit(20).page_and_total(&db).await?;
    /// println!("{} of {}", page.items.len(), page.total);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A page of more than 16 MB needs another round trip for every 16 MB. Outside a transaction and
    /// a snapshot session, documents that are written while the command runs may be in one of the
    /// two and not in the other. MongoDB has the stage from 4.4 on. In a transaction, a page can have
    /// 100 MB.
    ///
    /// The count reads every document, or index key, that matches: to page through many documents,
    /// sort by a key and ask for what comes after the last one.
    ///
    /// # Errors
    ///
    /// Those of a find; `Invalid` for `$near` and `$where`, which an aggregation refuses.
    ///
    /// Manual: [`$unionWith`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/unionWith/).
    #[doc(alias = "$facet")]
    #[doc(alias = "$unionWith")]
    #[doc(alias = "$count")]
    pub async fn page_and_total(self, executor: &impl ReadExecutor<M>) -> Result<Counted<M>> {
        self.check_match()?;
        counted(executor.target(), self.into_query()?).await
    }
}

/// A row of the page, or the count.
enum Row<T> {
    Item(T),
    Total(u64),
}

impl<T: Decode> Decode for Row<T> {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let mut elements = element.elements()?;
        while let Some((key, value)) = elements.next_element()? {
            match key {
                "item" => return T::decode(value).map(Self::Item),
                "total" => return u64::decode(value).map(Self::Total),
                _ => {}
            }
        }
        Err(DecodeError::new("neither a document nor their number"))
    }
}

async fn counted<T: Decode>(target: Target, query: Query) -> Result<Counted<T>> {
    let purpose = query.purpose;
    let (is_in_transaction, name) = (target.is_in_transaction(), target.name().to_owned());
    let command = move |call: &Call| {
        let Query { filter, options, .. } = query.limited(call);
        let match_ = doc! { "$match": filter };
        let stages = match is_in_transaction {
            true => beside(match_, page(&options)),
            false => behind(match_, page(&options), &name),
        };
        Command::Aggregate { database: None, stages, options: Box::new(aggregated(options)) }
    };
    let rows = Documents::<Row<T>>::all((target, purpose), decode_document, command).await?;
    let mut counted = Counted { items: Vec::with_capacity(rows.len()), total: 0 };
    for row in rows {
        match row {
            Row::Item(item) => counted.items.push(item),
            Row::Total(total) => counted.total = total,
        }
    }
    Ok(counted)
}

/// The stages from what matches to the rows of the page.
fn page(options: &FindOptions) -> Vec<Document> {
    let sort = options.sort.clone().map(|sort| doc! { "$sort": sort });
    let skip = options.skip.filter(|skip| *skip > 0).and_then(|skip| i64::try_from(skip).ok());
    let skip = skip.map(|skip| doc! { "$skip": skip });
    let limit = options.limit.filter(|limit| *limit > 0).map(|limit| doc! { "$limit": limit });
    // The `_id` is for an error of the decoder.
    let row = doc! { "$replaceWith": { "_id": "$_id", "item": "$$ROOT" } };
    sort.into_iter().chain(skip).chain(limit).chain([row]).collect()
}

/// The page, and the count behind it; no match is no row.
fn behind(match_: Document, page: Vec<Document>, collection: &str) -> Vec<Document> {
    let count = vec![match_.clone(), doc! { "$count": "total" }];
    let count = doc! { "$unionWith": { "coll": collection, "pipeline": count } };
    [match_].into_iter().chain(page).chain([count]).collect()
}

/// The same for a transaction, which takes no `$unionWith`. The document that `$facet` makes is
/// taken apart at once, so that it may be larger than one that is sent.
fn beside(match_: Document, page: Vec<Document>) -> Vec<Document> {
    vec![
        match_,
        doc! { "$facet": { "page": page, "count": [{ "$count": "total" }] } },
        doc! { "$project": { "rows": { "$concatArrays": ["$page", "$count"] } } },
        doc! { "$unwind": "$rows" },
        doc! { "$replaceWith": "$rows" },
    ]
}

fn aggregated(options: FindOptions) -> AggregateOptions {
    // All rows, the count, and one more, so that the server sees the end.
    let rows = options.limit.filter(|limit| *limit > 0).unwrap_or(i64::MAX).saturating_add(2);
    let rows = i32::try_from(rows).map_or(i32::MAX.unsigned_abs(), i32::unsigned_abs);
    let mut aggregate = AggregateOptions::default();
    aggregate.allow_disk_use = options.allow_disk_use;
    aggregate.batch_size = options.batch_size.or(Some(rows));
    aggregate.collation = options.collation;
    aggregate.comment = options.comment;
    aggregate.hint = options.hint;
    aggregate.let_vars = options.let_vars;
    aggregate.max_time = options.max_time;
    aggregate.read_concern = options.read_concern;
    aggregate.selection_criteria = options.selection_criteria;
    aggregate
}
