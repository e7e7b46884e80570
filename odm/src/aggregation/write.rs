//! Pipelines that write their rows into a collection.

use std::marker::PhantomData;

use mongodb::bson::{Bson, Document, doc};

use crate::{
    codec::Element,
    cursor::Documents,
    error::{Access, Error, Result},
    executor::{Executor, Purpose},
    model::Model,
    path::{Handle, ReadingFields},
    row::{Row, fields_of},
};

use super::{Pipeline, run::Query};

const MERGE: Purpose = Purpose::new(Access::ManyWrites, "merge into");
const OUT: Purpose = Purpose::new(Access::ManyWrites, "write out");

/// What becomes of a row for which the collection has a document.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum WhenMatched {
    /// The row's fields are written into the document.
    #[default]
    Merge,
    /// The row takes the document's place.
    Replace,
    /// The document stays as it is.
    KeepExisting,
    /// The server's error.
    Fail,
    /// These stages are applied to the document; `$$new` is the row.
    Pipeline(Vec<Document>),
}

/// What becomes of a row for which the collection has no document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenNotMatched {
    /// It is inserted.
    #[default]
    Insert,
    /// It is left out.
    Discard,
    /// The server's error.
    Fail,
}

/// A pipeline whose rows are written into the collection of `T`; made by
/// [`merge_into`](Pipeline::merge_into).
#[derive(Clone, Debug)]
#[must_use = "nothing is written before `.run(…)`"]
pub struct MergeInto<In, T> {
    pipeline: Pipeline<In, ()>,
    on: Vec<String>,
    fault: Option<Error>,
    when_matched: WhenMatched,
    when_not_matched: WhenNotMatched,
    target: PhantomData<fn() -> T>,
}

/// A pipeline whose rows become the collection of `T`; made by [`out_to`](Pipeline::out_to).
#[derive(Clone, Debug)]
#[must_use = "nothing is written before `.run(…)`"]
pub struct OutTo<In, T> {
    pipeline: Pipeline<In, ()>,
    target: PhantomData<fn() -> T>,
}

/// Rows that a collection of `T` can hold.
#[diagnostic::on_unimplemented(
    message = "the rows are `{Self}`, and the collection holds `{T}`",
    label = "rows of another type",
    note = "make rows of the collection's type with `.select(|row| object!({T} {{ … }}))`"
)]
pub trait Storable<T> {}
#[diagnostic::do_not_recommend]
impl<T> Storable<T> for T {}

impl<In, D: Row> Pipeline<In, D> {
    /// Writes the rows into the collection of `T`, beside what is there (`$merge`). Ends with
    /// [`run`](MergeInto::run).
    ///
    /// ```
    /// use odm::{aggregation::WhenMatched, object, prelude::*};
    ///
    /// #[derive(Model)]
    /// #[model(collection = "orders")]
    /// struct Order { #[model(id)] id: i64, city: String }
    ///
    /// #[derive(Model)]
    /// #[model(collection = "cities")]
    /// struct City { #[model(id)] name: String, orders: i64 }
    ///
    /// let write = Order::aggregate()
    ///     .group(|o, g| object!(City { name: o.city(), orders: g.count() }))
    ///     .merge_into::<City>()
    ///     .when_matched(WhenMatched::Replace);
    /// assert_eq!(
    ///     write.stages()?[1],
    ///     doc! { "$merge": {
    ///         "into": "cities", "whenMatched": "replace", "whenNotMatched": "insert",
    ///     } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$merge`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/merge/).
    #[doc(alias = "$merge")]
    pub fn merge_into<T: Model>(self) -> MergeInto<In, T>
    where
        D: Storable<T>,
    {
        MergeInto {
            pipeline: self.then_plain([]),
            on: Vec::new(),
            fault: None,
            when_matched: WhenMatched::default(),
            when_not_matched: WhenNotMatched::default(),
            target: PhantomData,
        }
    }

    /// Makes the rows the collection of `T`, in place of all that is there (`$out`). Ends with
    /// [`run`](OutTo::run).
    ///
    /// Manual: [`$out`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/out/).
    #[doc(alias = "$out")]
    pub fn out_to<T: Model>(self) -> OutTo<In, T>
    where
        D: Storable<T>,
    {
        OutTo { pipeline: self.then_plain([]), target: PhantomData }
    }
}

/// The fields by which a row and a document are the same one: a field, or a tuple of up to four.
#[diagnostic::on_unimplemented(
    message = "this does not name fields of `{T}`",
    label = "this is a `{Self}`",
    note = "give a field, as in `|m| m.name()`, or a tuple of fields"
)]
pub trait Keys<T> {
    #[doc(hidden)]
    fn paths(&self) -> Vec<crate::path::Path>;
}

#[diagnostic::do_not_recommend]
impl<T, H: Handle<Root = T>> Keys<T> for H {
    fn paths(&self) -> Vec<crate::path::Path> {
        vec![self.as_path().clone()]
    }
}

macro_rules! keys {
    ($($($name:ident $index:tt)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, $($name: Handle<Root = T>),*> Keys<T> for ($($name,)*) {
            fn paths(&self) -> Vec<crate::path::Path> {
                vec![$(self.$index.as_path().clone()),*]
            }
        }
    )*};
}

keys! {
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
}

impl<In, T: Model> MergeInto<In, T> {
    /// By which fields a row and a document are the same. The collection has a unique index over
    /// exactly these. Default: the `_id`.
    pub fn on<K: Keys<T>>(mut self, keys: impl FnOnce(ReadingFields<T>) -> K) -> Self {
        for path in keys(fields_of::<T, crate::path::Reading>()).paths() {
            match crate::expression::column_path(&path) {
                Ok(name) => self.on.push(name),
                Err(error) => self.fault = self.fault.or(Some(error)),
            }
        }
        self
    }

    /// What becomes of a row for which there is a document. Default: [`WhenMatched::Merge`].
    pub fn when_matched(mut self, action: WhenMatched) -> Self {
        self.when_matched = action;
        self
    }

    /// What becomes of a row for which there is none. Default: [`WhenNotMatched::Insert`].
    pub fn when_not_matched(mut self, action: WhenNotMatched) -> Self {
        self.when_not_matched = action;
        self
    }

    /// The stages as they are sent.
    ///
    /// # Errors
    ///
    /// The first mistake in the chain.
    pub fn stages(&self) -> Result<Vec<Document>> {
        let mut stages = self.pipeline.stages()?;
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let mut merge = doc! { "into": T::COLLECTION };
        match &self.on[..] {
            [] => {}
            [one] => drop(merge.insert("on", one)),
            several => drop(merge.insert("on", several.to_vec())),
        }
        merge.insert("whenMatched", matched(&self.when_matched));
        merge.insert("whenNotMatched", not_matched(self.when_not_matched));
        stages.push(doc! { "$merge": merge });
        Ok(stages)
    }

    /// Writes the rows. One round trip; it is not repeated when the connection fails.
    ///
    /// # Errors
    ///
    /// `Invalid` in a transaction, where the server refuses `$merge`. Those of a write: what was
    /// written before the error stays.
    pub async fn run(self, executor: &impl Executor<In>) -> Result<()>
    where
        In: Model,
    {
        let query = self.stages().and_then(|stages| self.pipeline.query_of(stages, MERGE));
        write(executor, query).await
    }
}

impl<In, T: Model> OutTo<In, T> {
    /// The stages as they are sent.
    ///
    /// # Errors
    ///
    /// The first mistake in the chain.
    pub fn stages(&self) -> Result<Vec<Document>> {
        let mut stages = self.pipeline.stages()?;
        stages.push(doc! { "$out": T::COLLECTION });
        Ok(stages)
    }

    /// Writes the rows. One round trip; it is not repeated when the connection fails. The
    /// collection is as before if an error comes.
    ///
    /// # Errors
    ///
    /// `Invalid` in a transaction, where the server refuses `$out`. Those of a write.
    pub async fn run(self, executor: &impl Executor<In>) -> Result<()>
    where
        In: Model,
    {
        let query = self.stages().and_then(|stages| self.pipeline.query_of(stages, OUT));
        write(executor, query).await
    }
}

async fn write<In: Model>(executor: &impl Executor<In>, query: Result<Query>) -> Result<()> {
    let target = executor.target();
    let query = query?.check(&target)?;
    let ignored = |document: &[u8]| Element::document(document).check();
    Documents::all((target, query.purpose), ignored, query.command(None)).await.map(drop)
}

fn matched(action: &WhenMatched) -> Bson {
    match action {
        WhenMatched::Merge => "merge".into(),
        WhenMatched::Replace => "replace".into(),
        WhenMatched::KeepExisting => "keepExisting".into(),
        WhenMatched::Fail => "fail".into(),
        WhenMatched::Pipeline(stages) => stages.clone().into(),
    }
}

fn not_matched(action: WhenNotMatched) -> &'static str {
    match action {
        WhenNotMatched::Insert => "insert",
        WhenNotMatched::Discard => "discard",
        WhenNotMatched::Fail => "fail",
    }
}
