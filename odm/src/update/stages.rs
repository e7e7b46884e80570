//! Pipeline updates: new values computed from the document by the server.

use std::marker::PhantomData;

use mongodb::bson::Document;

use crate::{
    codec::{ElementType, Encode, Encoder, Fragment},
    error::{Error, Result},
    filter::{Comparable, Operand},
    path::{
        Absentable, Conditional, Field, Fields, Filtering, Handle, NaturallyStored, Path, Writable,
    },
};

use super::BelongsTo;

/// The stages of a pipeline update: made by [`stages`](crate::Operations::stages), taken by
/// [`update_pipeline`](crate::Operations::update_pipeline).
///
/// Stages run one after the other; each sees what those before it made. What is computed has the
/// type that the server gives it: a quotient of integers is a double.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "carts")]
/// struct Cart { #[model(id)] id: i64, net: i64, tax: i64, total: i64, note: Option<String> }
///
/// let stages = Cart::stages()
///     .set(|c| c.total(), |c| c.net().field().add(c.tax().field()))
///     .unset(|c| c.note());
/// let update = Cart::update_pipeline(stages).filter(|c| c.id().eq(1));
/// assert_eq!(
///     update.as_document()?,
///     doc! {
///         "q": { "_id": 1_i64 },
///         "u": [{ "$set": { "total": { "$add": ["$net", "$tax"] } } }, { "$unset": "note" }],
///     },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// Manual: [updates with aggregation
/// pipeline](https://www.mongodb.com/docs/manual/tutorial/update-documents-with-aggregation-pipeline/).
#[derive(Clone, Debug)]
#[must_use = "stages do nothing until `update_pipeline` takes them"]
pub struct Stages<M> {
    stages: Result<Vec<Document>>,
    model: PhantomData<fn() -> M>,
}

impl<M: Field> Default for Stages<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Field> Stages<M> {
    /// No stage yet.
    pub fn new() -> Self {
        Self { stages: Ok(Vec::new()), model: PhantomData }
    }

    /// Writes what an expression gives to a field (`$set`): another field's value, something
    /// computed from fields, or a literal.
    ///
    /// Manual: [`$set`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/set/).
    #[doc(alias = "$set")]
    #[doc(alias = "$addFields")]
    pub fn set<P, E>(
        self,
        path: impl FnOnce(Fields<M, Filtering>) -> P,
        value: impl FnOnce(Fields<M, Filtering>) -> E,
    ) -> Self
    where
        P: Handle<Root: BelongsTo<M>, Mode: Conditional, Spec: Writable + NaturallyStored>,
        P::Value: Field<Kind: Comparable>,
        E: Operand<M, <<P::Value as Field>::Kind as Comparable>::Class>,
    {
        let (target, value) =
            (path(root::<M>()), value(root::<M>()).into_expression().into_parts());
        let stage = value.and_then(|(kind, bytes)| {
            stage("$set", |out| {
                out.document(|out| {
                    out.element(&target.as_path().to_string(), |out| {
                        out.bytes(&bytes);
                        kind
                    });
                });
                ElementType::EmbeddedDocument
            })
        });
        self.push(checked(target.as_path()).and(stage))
    }

    /// Removes a field that a document can be without (`$unset`).
    ///
    /// Manual: [`$unset`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/unset/).
    #[doc(alias = "$unset")]
    pub fn unset<P>(self, path: impl FnOnce(Fields<M, Filtering>) -> P) -> Self
    where
        P: Handle<Root: BelongsTo<M>, Mode: Conditional, Spec: Writable>,
        P::Spec: Absentable<P::Value>,
    {
        let target = path(root::<M>());
        let stage = stage("$unset", |out| target.as_path().to_string().encode(out));
        self.push(checked(target.as_path()).and(stage))
    }

    /// A stage written by hand, with stored names; nothing is checked.
    #[doc(alias = "$replaceWith")]
    pub fn raw(self, stage: Document) -> Self {
        self.push(Ok(stage))
    }

    /// The first mistake is kept.
    fn push(mut self, stage: Result<Document>) -> Self {
        self.stages = self.stages.and_then(|mut stages| {
            stages.push(stage?);
            Ok(stages)
        });
        self
    }
}

/// What [`update_pipeline`](crate::Operations::update_pipeline) takes: [`Stages`], or documents
/// written by hand.
#[diagnostic::on_unimplemented(
    message = "these are not the stages of a pipeline update of `{M}`",
    label = "this is of type `{Self}`",
    note = "give `Stages`, a `Vec` or an array of documents"
)]
pub trait IntoStages<M> {
    /// The stages, or the first mistake in them.
    fn into_stages(self) -> Result<Vec<Document>>;
}

#[diagnostic::do_not_recommend]
impl<M> IntoStages<M> for Stages<M> {
    fn into_stages(self) -> Result<Vec<Document>> {
        self.stages
    }
}

#[diagnostic::do_not_recommend]
impl<M> IntoStages<M> for Vec<Document> {
    fn into_stages(self) -> Result<Vec<Document>> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M, const N: usize> IntoStages<M> for [Document; N] {
    fn into_stages(self) -> Result<Vec<Document>> {
        Ok(self.into())
    }
}

fn root<M: Field>() -> Fields<M, Filtering> {
    Handle::from_path(Path::root())
}

/// A stage names fields, not positions: `a.0` is a field `0` to it.
fn checked(path: &Path) -> Result<()> {
    let text = path.to_string();
    match path.fault() {
        Some(fault) => Err(Error::invalid(fault)),
        None if text.is_empty() => Err(Error::invalid("a stage needs a field")),
        None if path.has_position() => Err(Error::invalid(format!(
            "`{text}`: a pipeline cannot name an array element by its position"
        ))),
        None => Ok(()),
    }
}

fn stage(name: &str, write: impl FnOnce(&mut Encoder) -> ElementType) -> Result<Document> {
    Fragment::write(|out| out.element(name, write))?.to_document()
}
