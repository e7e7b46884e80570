//! Documents of other collections beside each row.

use std::{borrow::Cow, marker::PhantomData};

use crate::{
    error::Result,
    expression::{Code, Equals, Operand, column_path, element_path},
    filter::Condition,
    model::Model,
    path::{Field, Fields, Filtering, Handle, Reading, ReadingFields},
    reference::RefersTo,
    row::{Readable, Row, RowFields, With, column_name, fields_of},
};

use super::{
    Pipeline,
    capture::Captures,
    pipeline::stage,
    stages::{named, rendered},
    unwind::unwind,
};

impl<In, D: Row> Pipeline<In, D> {
    /// The document that a [`Ref`](crate::Ref) names, beside each row (`$lookup` and `$unwind`):
    /// rows are pairs of what they were and the document. A row whose reference is `None`, or names
    /// nothing, is left out.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "customers")]
    /// struct Customer { #[model(id)] id: i64, name: String }
    ///
    /// #[derive(Model)]
    /// #[model(collection = "orders")]
    /// struct Order { #[model(id)] id: i64, customer: Ref<Customer> }
    ///
    /// let names = Order::aggregate().join(|o| o.customer()).select(|(o, c)| (o.id(), c.name()));
    /// assert_eq!(
    ///     names.stages()?,
    ///     [
    ///         doc! { "$lookup": {
    ///             "from": "customers", "localField": "customer", "foreignField": "_id", "as": "_c0",
    ///         } },
    ///         doc! { "$unwind": "$_c0" },
    ///         doc! { "$replaceWith": { "_id": "$_id", "_1": "$_c0.name" } },
    ///     ],
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$lookup`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/lookup/).
    #[doc(alias = "$lookup")]
    #[allow(clippy::type_complexity)]
    pub fn join<H>(
        self,
        reference: impl FnOnce(RowFields<D, Reading>) -> H,
    ) -> Pipeline<In, With<D, <<H::Value as Field>::Kind as RefersTo<H::Value>>::Model>>
    where
        H: Handle<Root = D, Value: Field>,
        <H::Value as Field>::Kind: RefersTo<H::Value>,
    {
        let local = column_path(reference(self.reading()).as_path());
        self.joined(
            <<H::Value as Field>::Kind as RefersTo<H::Value>>::Model::COLLECTION,
            local,
            false,
        )
    }

    /// The same, and a row without the document stays, with `None` beside it.
    ///
    /// Manual: [`$lookup`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/lookup/).
    #[doc(alias = "$lookup")]
    #[allow(clippy::type_complexity)]
    pub fn left_join<H>(
        self,
        reference: impl FnOnce(RowFields<D, Reading>) -> H,
    ) -> Pipeline<In, With<D, Option<<<H::Value as Field>::Kind as RefersTo<H::Value>>::Model>>>
    where
        H: Handle<Root = D, Value: Field>,
        <H::Value as Field>::Kind: RefersTo<H::Value>,
    {
        let local = column_path(reference(self.reading()).as_path());
        self.joined(
            <<H::Value as Field>::Kind as RefersTo<H::Value>>::Model::COLLECTION,
            local,
            true,
        )
    }

    /// The rows of another pipeline whose field equals a field of each row (`$lookup`): rows are
    /// pairs of what they were and a `Vec`. The second closure names the field of the other
    /// collection's documents. A field inside an array equals if any of its elements does.
    ///
    /// Manual: [`$lookup`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/lookup/).
    #[doc(alias = "$lookup")]
    pub fn lookup<F, E, L, H>(
        self,
        others: Pipeline<F, E>,
        local: impl FnOnce(RowFields<D, Reading>) -> L,
        foreign: impl FnOnce(ReadingFields<F>) -> H,
    ) -> Pipeline<In, With<D, Vec<E::Output>>>
    where
        F: Model,
        E: Readable<Output: Field>,
        L: Handle<Root = D, Value: Field>,
        H: Handle<Root = F, Value: Field>,
        <L::Value as Field>::Class: Equals<<H::Value as Field>::Class, H::Value, L::Value>,
    {
        let local = element_path(local(self.reading()).as_path());
        let foreign = element_path(foreign(fields_of::<F, Reading>()).as_path());
        let column = column_name(D::ADDED);
        let lookup = foreign.and_then(|foreign| {
            equal(F::COLLECTION, local, foreign, &column, Some(others.inner()?))
        });
        self.looked_up::<E>(lookup)
    }

    /// The rows of another pipeline that is made for each row (`$lookup` with `let`): the first
    /// closure names what the other pipeline needs of the row, a tuple of up to four; the second
    /// makes it, with these as values for its expressions.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "orders")]
    /// struct Order { #[model(id)] id: i64, total: f64 }
    ///
    /// let larger = Order::aggregate().lookup_with(
    ///     |o| (o.total(),),
    ///     |(total,)| Order::aggregate().match_expr(|o| o.total().gt(total)),
    /// );
    /// assert_eq!(
    ///     larger.stages()?,
    ///     [doc! { "$lookup": {
    ///         "from": "orders",
    ///         "let": { "row1_0": "$total" },
    ///         "pipeline": [{ "$match": { "$expr": { "$gt": ["$total", "$$row1_0"] } } }],
    ///         "as": "_c0",
    ///     } }],
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$lookup`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/lookup/).
    #[doc(alias = "$lookup")]
    pub fn lookup_with<F, E, C>(
        self,
        needed: impl FnOnce(RowFields<D, Reading>) -> C,
        others: impl FnOnce(C::Captured) -> Pipeline<F, E>,
    ) -> Pipeline<In, With<D, Vec<E::Output>>>
    where
        F: Model,
        E: Readable<Output: Field>,
        C: Captures<D>,
    {
        let (variables, others) = needed(self.reading()).capture(others);
        let lookup = variables.and_then(|variables| {
            Code::named(
                "$lookup",
                [
                    ("from", Code::literal(F::COLLECTION)?),
                    ("let", variables),
                    ("pipeline", others.inner()?),
                    ("as", Code::literal(&column_name(D::ADDED))?),
                ],
            )
        });
        self.looked_up::<E>(lookup)
    }

    /// What is reached from each row by following a field again and again (`$graphLookup`): rows
    /// are pairs of what they were and a `Vec`, in no order. The closure gives the value to start
    /// with; [`walk`](crate::Operations::walk) says what is followed.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "employees")]
    /// struct Employee { #[model(id)] id: i64, boss: Option<Ref<Employee>> }
    ///
    /// let bosses = Employee::aggregate()
    ///     .graph_lookup(|e| e.boss(), Employee::walk(|e| e.boss(), |e| e.id()).max_depth(5));
    /// assert_eq!(
    ///     bosses.stages()?,
    ///     [doc! { "$graphLookup": {
    ///         "from": "employees",
    ///         "startWith": "$boss",
    ///         "connectFromField": "boss",
    ///         "connectToField": "_id",
    ///         "as": "_c0",
    ///         "maxDepth": 5_i64,
    ///     } }],
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$graphLookup`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/graphLookup/).
    #[doc(alias = "$graphLookup")]
    pub fn graph_lookup<M, T, S>(
        self,
        start: impl FnOnce(RowFields<D, Reading>) -> S,
        walk: Walk<M, T>,
    ) -> Pipeline<In, With<D, Vec<M>>>
    where
        M: Model,
        T: Field,
        S: Operand<D>,
        <S::Value as Field>::Class: Equals<T::Class, T, S::Value>,
    {
        let start = start(self.reading()).into_expr().into_settled();
        let stage = walk.into_stage(start, &column_name(D::ADDED));
        self.then_column([stage])
    }

    /// The rows with the document of another collection whose `_id` equals a field; without one,
    /// the row stays or goes.
    fn joined<T>(self, from: &str, local: Result<String>, keeps_all: bool) -> Pipeline<In, T> {
        let column = column_name(D::ADDED);
        let lookup = equal(from, local, "_id".to_owned(), &column, None);
        self.then_column([lookup, unwind(Code::field(&format!("${column}")), keeps_all)])
    }

    /// The rows with the column that a lookup made, each row in it in its stored form.
    fn looked_up<E: Readable>(self, lookup: Result<Code>) -> Pipeline<In, With<D, Vec<E::Output>>>
    where
        E::Output: Field,
    {
        let column = column_name(D::ADDED);
        let stored = as_values::<E>(&format!("${column}"));
        let stored =
            stored.map(|values| stage("$addFields", values.and_then(|it| named(column, it))));
        self.then_column(std::iter::once(lookup).chain(stored))
    }
}

/// The array of rows at a path with each row in its stored form, if that is another one.
pub(super) fn as_values<E: Readable>(path: &str) -> Option<Result<Code>> {
    E::as_value("$$row").map(|each| {
        let input = Code::field(path)?;
        Code::named("$map", [("input", input), ("as", Code::literal("row")?), ("in", each?)])
    })
}

impl<F, E> Pipeline<F, E> {
    /// The stages as part of a stage.
    pub(super) fn inner(self) -> Result<Code> {
        Code::array(self.stages?)
    }
}

/// A lookup by equality.
fn equal(
    from: &str,
    local: Result<String>,
    foreign: String,
    column: &str,
    pipeline: Option<Code>,
) -> Result<Code> {
    let pipeline = pipeline.filter(|stages| !stages.is_empty_array());
    let texts = [("from", from), ("localField", &local?), ("foreignField", &foreign)];
    let mut fields: Vec<(Cow<'static, str>, Code)> = Vec::with_capacity(5);
    for (name, text) in texts {
        fields.push((name.into(), Code::encoded(text)?));
    }
    fields.extend(pipeline.map(|stages| ("pipeline".into(), stages)));
    fields.push(("as".into(), Code::encoded(column)?));
    Code::unary("$lookup", Code::document(fields)?)
}

/// What a [`graph_lookup`](Pipeline::graph_lookup) follows: from the field of one document to the
/// documents whose other field, a `T`, equals it.
#[derive(Debug)]
pub struct Walk<M, T> {
    from: Result<String>,
    to: Result<String>,
    max_depth: Option<u32>,
    condition: Option<Result<Code>>,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M: Model, T: Field> Walk<M, T> {
    pub(crate) fn new<A, B>(
        from: impl FnOnce(ReadingFields<M>) -> A,
        to: impl FnOnce(ReadingFields<M>) -> B,
    ) -> Self
    where
        A: Handle<Root = M>,
        B: Handle<Root = M>,
    {
        let from = element_path(from(fields_of::<M, Reading>()).as_path());
        let to = element_path(to(fields_of::<M, Reading>()).as_path());
        Self { from, to, max_depth: None, condition: None, types: PhantomData }
    }

    /// At most this many steps after the first one: 0 finds what the start names, and no more.
    #[must_use]
    pub fn max_depth(mut self, steps: u32) -> Self {
        self.max_depth = Some(steps);
        self
    }

    /// Goes only to documents that meet the condition (`restrictSearchWithMatch`).
    #[doc(alias = "restrictSearchWithMatch")]
    #[must_use]
    pub fn only<C: Condition<M>>(
        mut self,
        condition: impl FnOnce(Fields<M, Filtering>) -> C,
    ) -> Self {
        let filter = crate::filter::on_documents(condition);
        self.condition = Some(rendered(&filter));
        self
    }

    fn into_stage(self, start: Result<Code>, column: &str) -> Result<Code> {
        let mut fields: Vec<(Cow<'static, str>, Code)> = vec![
            ("from".into(), Code::encoded(M::COLLECTION)?),
            ("startWith".into(), start?),
            ("connectFromField".into(), Code::encoded(&self.from?)?),
            ("connectToField".into(), Code::encoded(&self.to?)?),
            ("as".into(), Code::encoded(column)?),
        ];
        if let Some(steps) = self.max_depth {
            fields.push(("maxDepth".into(), Code::encoded(&i64::from(steps))?));
        }
        if let Some(condition) = self.condition {
            fields.push(("restrictSearchWithMatch".into(), condition?));
        }
        Code::unary("$graphLookup", Code::document(fields)?)
    }
}
