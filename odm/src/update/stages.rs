//! Pipeline updates: new values computed from the document by the server.

use std::{borrow::Borrow, marker::PhantomData};

use mongodb::bson::Document;

use crate::{
    codec::{ElementType, Encode, Encoder, FieldCodec, Fragment},
    error::Result,
    expression::{Code, Fits, Operand, stage_field},
    path::{
        Absentable, Field, Handle, IntoValue, Mode, NaturallyStored, One, Path, Reading,
        ReadingFields, SetByHand, Writable, reading_root,
    },
};

use super::{BelongsTo, statement::empty_stage};

/// The stages of a pipeline update: made by [`stages`](crate::Operations::stages), taken by
/// [`update_pipeline`](crate::Operations::update_pipeline).
///
/// Stages run one after the other; each sees what those before it made. What is computed is an
/// [expression](crate::expression), which must fit the field that it is written to.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "carts")]
/// struct Cart { #[model(id)] id: i64, net: i64, tax: i64, total: i64, note: Option<String> }
///
/// let stages = Cart::stages()
///     .compute(|c| c.total(), |c| c.net() + c.tax())
///     .unset(|c| c.note());
/// let update = Cart::update_pipeline(stages).filter(|c| c.id().eq(1));
/// assert_eq!(
///     update.as_document()?,
///     doc! {
///         "q": { "_id": 1_i64 },
///         "u": [{ "$set": { "total": { "$toLong": { "$add": ["$net", "$tax"] } } } }, { "$unset": "note" }],
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
    /// No stage at all is no mistake.
    may_be_empty: bool,
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
        Self { stages: Ok(Vec::new()), may_be_empty: false, model: PhantomData }
    }

    /// Writes what an expression gives to a field (`$set`): another field's value, something
    /// computed from fields, or a literal.
    ///
    /// The value must fit the field, so that the document can be read afterwards. A float does not
    /// fit an integer, and an `Option` does not fit a required field. Every result of integers is
    /// an `i64`: for a narrower field, use [`saturating`](crate::expression::Numbers::saturating).
    /// A result beyond `i64` is the server's error, and nothing is written.
    ///
    /// The field is in the document itself, or in documents inside it that are always there.
    /// Elsewhere a stage would make half a document if one is absent. Below an `Option`, set the
    /// whole.
    ///
    /// Manual: [`$set`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/set/).
    #[doc(alias = "$set")]
    #[doc(alias = "$addFields")]
    pub fn compute<P, E>(
        self,
        path: impl FnOnce(ReadingFields<M>) -> P,
        value: impl FnOnce(ReadingFields<M>) -> E,
    ) -> Self
    where
        P: Handle<Root: BelongsTo<M>, Value: Field>,
        P::Mode: StageTarget,
        P::Spec: Writable + SetByHand + NaturallyStored,
        E: Operand<M>,
        E::Value: Fits<P::Value>,
    {
        let (target, value) = (path(reading_root::<M>()), value(reading_root::<M>()));
        let value = value.into_expr().into_fitting::<P::Value>();
        self.set_stage(target.as_path(), |out| value.map(|value| value.write(out)))
    }

    /// Writes a value of the field's type to a field (`$set`), encoded as the field stores it.
    /// `None` removes the field, unless it is stored as null.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Cart { #[model(id)] id: i64, state: String, note: Option<String> }
    ///
    /// let stages = Cart::stages().set(|c| c.state(), "$open").set(|c| c.note(), None);
    /// assert_eq!(
    ///     Cart::update_pipeline(stages).all_documents().as_document()?,
    ///     doc! { "q": {}, "u": [
    ///         { "$set": { "state": { "$literal": "$open" } } },
    ///         { "$set": { "note": "$$REMOVE" } },
    ///     ] },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$set`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/set/).
    #[doc(alias = "$set")]
    #[doc(alias = "$literal")]
    pub fn set<P, T>(self, path: impl FnOnce(ReadingFields<M>) -> P, value: T) -> Self
    where
        P: Handle<Root: BelongsTo<M>>,
        P::Mode: StageTarget,
        P::Spec: Writable + SetByHand + FieldCodec<P::Value>,
        T: IntoValue<P::Value>,
    {
        let (target, value) = (path(reading_root::<M>()), value.into_stored());
        let value: &P::Value = value.borrow();
        let code = match P::Spec::is_absent(value) {
            true => Code::encoded("$$REMOVE"),
            false => Code::literal(&Stored::<P::Spec, _>(value, PhantomData)),
        };
        self.set_stage(target.as_path(), |out| code.map(|code| code.write(out)))
    }

    /// Writes a value to a field if there is one: `Some(value)` as [`set`](Self::set) does, and
    /// nothing for `None`. See [`Update::set_some`](super::Update::set_some).
    ///
    /// If there is no stage in the end, `[{$set: {}}]` is sent, which changes nothing.
    ///
    /// Manual: [`$set`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/set/).
    #[doc(alias = "$set")]
    pub fn set_some<P, T>(
        mut self,
        path: impl FnOnce(ReadingFields<M>) -> P,
        value: Option<T>,
    ) -> Self
    where
        P: Handle<Root: BelongsTo<M>>,
        P::Mode: StageTarget,
        P::Spec: Writable + SetByHand + FieldCodec<P::Value>,
        T: IntoValue<P::Value>,
    {
        self.may_be_empty = true;
        match value {
            Some(value) => self.set(path, value),
            None => self,
        }
    }

    /// Removes a field that a document can be without (`$unset`).
    ///
    /// Manual: [`$unset`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/unset/).
    #[doc(alias = "$unset")]
    pub fn unset<P>(self, path: impl FnOnce(ReadingFields<M>) -> P) -> Self
    where
        P: Handle<Root: BelongsTo<M>>,
        P::Spec: Writable + SetByHand + Absentable<P::Value>,
    {
        let target = path(reading_root::<M>());
        let field = stage_field(target.as_path());
        self.push(field.and_then(|field| stage("$unset", |out| Ok(field.encode(out)))))
    }

    /// A stage written by hand, with stored names; nothing is checked.
    #[doc(alias = "$replaceWith")]
    pub fn raw(self, stage: Document) -> Self {
        self.push(Ok(stage))
    }

    /// `{$set: {field: value}}`
    fn set_stage(
        self,
        target: &Path,
        write: impl FnOnce(&mut Encoder) -> Result<ElementType>,
    ) -> Self {
        let stage = stage_field(target).and_then(|field| {
            stage("$set", |out| {
                let mut written = Ok(ElementType::Null);
                out.document(|out| {
                    out.element(&field, |out| {
                        written = write(out);
                        written.as_ref().copied().unwrap_or(ElementType::Null)
                    });
                });
                written.map(|_| ElementType::EmbeddedDocument)
            })
        });
        self.push(stage)
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
        let is_patch = self.may_be_empty;
        self.stages.map(|stages| match stages.is_empty() && is_patch {
            true => vec![empty_stage()],
            false => stages,
        })
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

/// Modes of fields that a stage may write: every document around them is always there.
#[diagnostic::on_unimplemented(
    message = "a stage writes fields of documents that are always there",
    label = "the value is in an array, a map or a variant, or in a document that may be absent",
    note = "set the whole: a stage would make half a document where one is absent"
)]
pub trait StageTarget: Mode {}
#[diagnostic::do_not_recommend]
impl StageTarget for Reading<One> {}

/// A value as its field stores it.
struct Stored<'a, S, T>(&'a T, PhantomData<S>);

impl<S: FieldCodec<T>, T> Encode for Stored<'_, S, T> {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        S::encode(self.0, out)
    }
}

fn stage(name: &str, write: impl FnOnce(&mut Encoder) -> Result<ElementType>) -> Result<Document> {
    let mut fault = None;
    let stage = Fragment::write(|out| {
        out.element(name, |out| {
            write(out).unwrap_or_else(|error| {
                fault = Some(error);
                ElementType::Null
            })
        });
    });
    match fault {
        Some(error) => Err(error),
        None => stage?.to_document(),
    }
}
