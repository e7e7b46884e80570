//! A pipeline: its stages so far, and what its rows are.

use std::{fmt, marker::PhantomData};

use mongodb::bson::Document;

use crate::{
    error::{Error, Result},
    expression::Code,
    model::Narrowed,
    path::{Filtering, Reading},
    row::{Layout, Row, RowFields},
};

use super::options::Options;

/// The stages of an aggregation, from the documents of `In` to rows of `D`.
///
/// Made by [`aggregate`](crate::Operations::aggregate). Stages that are used in several pipelines
/// can be a function, whatever comes before them:
///
/// ```
/// use odm::{aggregation::Pipeline, prelude::*};
///
/// #[derive(Model)]
/// struct Order { #[model(id)] id: i64, paid: bool }
///
/// fn paid<In>(orders: Pipeline<In, Order>) -> Pipeline<In, Order> {
///     orders.match_(|o| o.paid().eq(true))
/// }
///
/// assert_eq!(
///     paid(Order::aggregate()).stages()?,
///     [doc! { "$match": { "paid": true } }],
/// );
/// # Ok::<(), odm::Error>(())
/// ```
#[must_use = "nothing is read until a verb runs it: `.all(…)`, `.first(…)`, `.stream(…)`, `.count(…)`"]
pub struct Pipeline<In, D> {
    pub(super) stages: Result<Vec<Code>>,
    pub(super) layout: Layout,
    pub(super) options: Options,
    pub(super) narrowed: Narrowed,
    types: PhantomData<fn() -> (In, D)>,
}

impl<In, D> Pipeline<In, D> {
    /// No stage yet.
    pub(crate) fn new() -> Self {
        Self {
            stages: Ok(Vec::new()),
            layout: Layout::default(),
            options: Options::default(),
            narrowed: Narrowed::default(),
            types: PhantomData,
        }
    }

    /// The stages as they are sent.
    ///
    /// # Errors
    ///
    /// The first mistake in the chain.
    pub fn stages(&self) -> Result<Vec<Document>> {
        let codes = self.stages.as_ref().map_err(Error::clone)?;
        codes.iter().map(Code::to_document).collect()
    }

    /// The pipeline's columns where they were, after one more stage.
    pub(super) fn push(self, stage: Result<Code>) -> Self {
        let layout = self.layout.clone();
        self.then(layout, [stage])
    }

    /// A pipeline to rows of another type; the first mistake is kept.
    pub(super) fn then<T>(
        self,
        layout: Layout,
        stages: impl IntoIterator<Item = Result<Code>>,
    ) -> Pipeline<In, T> {
        let all = self.stages.and_then(|mut all| {
            for stage in stages {
                all.push(stage?);
            }
            Ok(all)
        });
        Pipeline {
            stages: all,
            layout,
            options: self.options,
            narrowed: Narrowed::default(),
            types: PhantomData,
        }
    }

    /// A pipeline with one column more.
    pub(super) fn then_column<T>(
        self,
        stages: impl IntoIterator<Item = Result<Code>>,
    ) -> Pipeline<In, T> {
        let layout = self.layout.clone().with_column();
        self.then(layout, stages)
    }

    /// A pipeline whose rows are documents of their own.
    pub(super) fn then_plain<T>(
        self,
        stages: impl IntoIterator<Item = Result<Code>>,
    ) -> Pipeline<In, T> {
        self.then(Layout::default(), stages)
    }

    /// Refuses a stage that is not the first one.
    pub(super) fn first_stage(&self, name: &str) -> Result<()> {
        match self.stages.as_ref().is_ok_and(|stages| !stages.is_empty()) {
            true => {
                Err(Error::invalid(format!("`{name}` belongs into the first stage of a pipeline")))
            }
            false => Ok(()),
        }
    }

    /// An empty pipeline over the same rows.
    pub(super) fn same_rows(&self) -> Pipeline<D, D> {
        Pipeline { layout: self.layout.clone(), ..Pipeline::new() }
    }
}

impl<In, D: Row> Pipeline<In, D> {
    /// What the closures of expressions are given.
    pub(super) fn reading(&self) -> RowFields<D, Reading> {
        D::handles(&self.layout)
    }

    /// What the closures of sorts are given.
    pub(super) fn filtering(&self) -> RowFields<D, Filtering> {
        D::handles(&self.layout)
    }
}

/// `{name: value}`
pub(super) fn stage(name: &'static str, value: Result<Code>) -> Result<Code> {
    value.and_then(|value| Code::unary(name, value))
}

impl<In, D> Clone for Pipeline<In, D> {
    fn clone(&self) -> Self {
        Self {
            stages: self.stages.clone(),
            layout: self.layout.clone(),
            options: self.options.clone(),
            narrowed: Narrowed::default(),
            types: PhantomData,
        }
    }
}

impl<In, D> fmt::Debug for Pipeline<In, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stages() {
            Ok(stages) => write!(f, "Pipeline({stages:?})"),
            Err(error) => write!(f, "Pipeline({error})"),
        }
    }
}
