//! How a document is removed to which others refer.
//!
//! ```text
//! find what goes (cascade) ──► count what keeps it (restrict) ──► delete ──► set_null
//! ```
//!
//! All reads come before the first write, so that a refusal leaves the transaction as it was.

use std::{sync::Arc, time::Duration};

use mongodb::{
    bson::{Bson, Document, doc},
    options::FindOptions,
};

use crate::{
    codec::{Decode, RawValue},
    command::{Kind, Single},
    common_options::CommandOptions,
    error::{Access, Error, ErrorKind, Outcome, Result},
    executor::{Purpose, Target, within},
    model::{DeleteAction, OnDelete},
    operation::{
        find::{FIND, Query, count},
        results::id_element,
    },
};

use super::{delete::DeletedReferenced, ids::Ids, load::all};

const DELETE: Purpose = Purpose::new(Access::ManyWrites, "delete from");
const UPDATE: Purpose = Purpose::new(Access::ManyWrites, "update");

/// A collection, and what its documents refer to.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) collection: &'static str,
    pub(super) target: Target,
    pub(super) rules: Vec<OnDelete>,
}

/// What goes from each collection; the document itself from the first.
pub(super) struct Removal {
    places: Vec<Place>,
    gone: Vec<Ids>,
}

impl Removal {
    /// Removes the document of the first place with this `_id`.
    pub(super) async fn run(
        places: Vec<Place>,
        id: RawValue,
        timeout: Option<Duration>,
    ) -> Result<DeletedReferenced> {
        let Some(target) = places.first().map(|place| place.target.clone()) else {
            return Ok(DeletedReferenced::default());
        };
        if target.is_in_transaction() {
            let late = || DELETE.late(&target);
            return within(target.deadline(timeout), Self::once(places, id), late).await;
        }
        let work = Arc::new((places, id));
        let mut run = target.transaction(move |target| {
            let (places, id) = &*work;
            let linked = |place: &Place| {
                let mut place = place.clone();
                place.target.link = target.link.clone();
                place
            };
            Self::once(places.iter().map(linked).collect(), id.clone())
        });
        if let Some(timeout) = timeout {
            run = run.timeout(timeout);
        }
        run.await
    }

    async fn once(places: Vec<Place>, id: RawValue) -> Result<DeletedReferenced> {
        let gone = places.iter().map(|_| Ids::default()).collect();
        let own = doc! { "_id": Bson::decode(id.as_element())? };
        let mut removal = Self { places, gone };
        removal.find(id).await?;
        removal.check().await?;
        let deleted = delete_many(removal.places[0].target.clone(), own).await?;
        let cascaded = removal.delete().await?;
        let set_null = removal.set_null().await?;
        Ok(DeletedReferenced { deleted, cascaded, set_null })
    }

    /// Finds what refers to what goes, and goes too.
    async fn find(&mut self, id: RawValue) -> Result<()> {
        let mut next = vec![(0, Ids::default())];
        next[0].1.insert(id.as_element());
        while let Some((at, ids)) = next.pop() {
            let ids = self.gone[at].add_new(ids);
            let target = self.places[at].collection;
            for (referrer, rule) in self.rules(DeleteAction::Cascade, target) {
                let mut found = Ids::default();
                for ids in ids.to_queries() {
                    found.extend(self.referring(referrer, filter(&rule, ids)).await?);
                }
                if !found.is_empty() {
                    next.push((referrer, found));
                }
            }
        }
        Ok(())
    }

    /// Refuses to go on if a document that stays refers to one that goes.
    async fn check(&self) -> Result<()> {
        for (at, ids) in self.gone.iter().enumerate() {
            for (referrer, rule) in self.rules(DeleteAction::Restrict, self.places[at].collection) {
                let mut documents = 0;
                for ids in ids.to_queries() {
                    documents += self.staying(referrer, filter(&rule, ids)).await?;
                }
                if documents > 0 {
                    return Err(self.refusal(referrer, documents));
                }
            }
        }
        Ok(())
    }

    async fn set_null(&self) -> Result<u64> {
        let mut written = 0;
        for (action, operator) in [(DeleteAction::Unset, "$unset"), (DeleteAction::SetNull, "$set")]
        {
            for (at, ids) in self.gone.iter().enumerate() {
                for (referrer, rule) in self.rules(action, self.places[at].collection) {
                    let update = doc! { operator: { rule.field: Bson::Null } };
                    for ids in ids.to_queries() {
                        let target = self.places[referrer].target.clone();
                        written += update_many(target, filter(&rule, ids), &update).await?;
                    }
                }
            }
        }
        Ok(written)
    }

    /// How many documents were removed.
    async fn delete(&self) -> Result<u64> {
        let mut deleted = 0;
        for (place, ids) in self.places.iter().zip(&self.gone) {
            for ids in ids.to_queries() {
                let filter = doc! { "_id": { "$in": ids } };
                deleted += delete_many(place.target.clone(), filter).await?;
            }
        }
        Ok(deleted)
    }

    /// The rules of this kind about documents of a collection, each with the place that it is for.
    fn rules(&self, action: DeleteAction, target: &str) -> Vec<(usize, OnDelete)> {
        let rules = self.places.iter().enumerate();
        let rules =
            rules.flat_map(|(at, place)| place.rules.iter().map(move |rule| (at, rule.clone())));
        rules.filter(|(_, rule)| rule.action == action && rule.target == target).collect()
    }

    /// The `_id`s of the documents of a place that match.
    async fn referring(&self, at: usize, filter: Document) -> Result<Ids> {
        let mut options = FindOptions::default();
        options.projection = Some(doc! { "_id": 1 });
        let query = Query { filter, options, purpose: FIND };
        let mut ids = Ids::default();
        for batch in all(self.places[at].target.clone(), query).await? {
            batch.documents().flatten().filter_map(id_element).for_each(|id| ids.insert(id));
        }
        Ok(ids)
    }

    /// How many documents of a place match and stay.
    async fn staying(&self, at: usize, filter: Document) -> Result<u64> {
        if self.gone[at].is_empty() {
            let query = Query { filter, options: FindOptions::default(), purpose: FIND };
            return count(self.places[at].target.clone(), query).await;
        }
        let referring = self.referring(at, filter).await?;
        Ok(referring.count_without(&self.gone[at]))
    }

    fn refusal(&self, referrer: usize, documents: u64) -> Error {
        let referrer = self.places[referrer].target.namespace();
        let kind = ErrorKind::Referenced { referrer, documents };
        let namespace = self.places[0].target.namespace();
        Error::new(kind, Outcome::NotApplied).during(DELETE.operation, &namespace)
    }
}

/// The documents that refer to one of these.
fn filter(rule: &OnDelete, ids: Vec<Bson>) -> Document {
    let mut filter = doc! { rule.field: { "$in": ids } };
    filter.extend(rule.variants.iter().map(|(tag, name)| (tag.to_string(), (*name).into())));
    filter
}

async fn update_many(target: Target, filter: Document, update: &Document) -> Result<u64> {
    let single = Single::new((Kind::Update, true), CommandOptions::default(), |out| {
        out.field("q", &filter);
        out.field("u", update);
        out.field("multi", &true);
        Ok(())
    });
    Ok(single?.run(target, UPDATE).await?.modified)
}

async fn delete_many(target: Target, filter: Document) -> Result<u64> {
    let single = Single::new((Kind::Delete, true), CommandOptions::default(), |out| {
        out.field("q", &filter);
        out.field("limit", &0);
        Ok(())
    });
    Ok(single?.run(target, DELETE).await?.deleted)
}
