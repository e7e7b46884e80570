//! Several pipelines over the same rows, and rows of several pipelines.

use std::borrow::Cow;

use crate::{
    error::{Error, Result},
    expression::Code,
    model::Model,
    path::{Embedded, Field},
    row::{Given, Readable, Record, Row, Slot, TUPLE_COLUMNS},
};

use super::{Pipeline, lookup::as_values, pipeline::stage};

/// Stages that the server refuses inside `$facet`.
const NOT_IN_FACET: [&str; 8] = [
    "$facet",
    "$out",
    "$merge",
    "$geoNear",
    "$collStats",
    "$indexStats",
    "$search",
    "$vectorSearch",
];

/// What the closure of [`facet`](Pipeline::facet) makes: a tuple of pipelines, or an `object!(…)`
/// whose fields are given pipelines.
#[diagnostic::on_unimplemented(
    message = "this does not say which pipelines run over the rows of `{R}`",
    label = "this is a `{Self}`",
    note = "begin each of them with `all()`, as in `|all| (all().limit(5), all().count_rows())`"
)]
pub trait FacetShape<R> {
    /// The one row that they make.
    type Row: Row;

    #[doc(hidden)]
    fn into_facets(self) -> Vec<Facet>;
}

/// One pipeline of several, without its types.
#[doc(hidden)]
#[derive(Debug)]
pub struct Facet {
    name: Cow<'static, str>,
    stages: Result<Vec<Code>>,
    /// Its rows in their stored form, if that is another one.
    values: Option<Result<Code>>,
}

impl<In, D: Row> Pipeline<In, D> {
    /// Several pipelines over the same rows (`$facet`). The result is one row with an array for
    /// each; it must not be larger than 16 MiB.
    ///
    /// ```
    /// use odm::{object, prelude::*};
    ///
    /// #[derive(Model)]
    /// struct Order { #[model(id)] id: i64, city: String, total: f64 }
    ///
    /// #[derive(Embedded)]
    /// struct Overview { cities: Vec<City>, largest: Vec<Order> }
    ///
    /// #[derive(Embedded)]
    /// struct City { #[model(id)] name: String, orders: i64 }
    ///
    /// let overview = Order::aggregate().facet(|all| object!(Overview {
    ///     cities: all().group(|o, g| object!(City { name: o.city(), orders: g.count() })),
    ///     largest: all().sort(|o| o.total().desc()).limit(3),
    /// }));
    /// assert_eq!(
    ///     overview.stages()?,
    ///     [doc! { "$facet": {
    ///         "cities": [{ "$group": { "_id": "$city", "orders": { "$sum": 1 } } }],
    ///         "largest": [{ "$sort": { "total": -1 } }, { "$limit": 3 }],
    ///     } }],
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A stage that the server refuses there: another `$facet`, `$geoNear`, ….
    ///
    /// Manual: [`$facet`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/facet/).
    #[doc(alias = "$facet")]
    pub fn facet<S: FacetShape<D>>(
        self,
        shape: impl FnOnce(&dyn Fn() -> Pipeline<D, D>) -> S,
    ) -> Pipeline<In, S::Row> {
        let facets = {
            let all = || self.same_rows();
            shape(&all).into_facets()
        };
        self.then_plain(stages(facets))
    }

    /// These rows, and behind them the rows of a pipeline over another collection (`$unionWith`).
    /// Both have the same type.
    ///
    /// Manual: [`$unionWith`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/unionWith/).
    #[doc(alias = "$unionWith")]
    pub fn union_with<Other, E>(self, other: Pipeline<Other, E>) -> Self
    where
        Other: Model,
        D: Readable,
        E: SameRows<D>,
    {
        let union = other.inner().and_then(|stages| {
            let from = Code::literal(Other::COLLECTION)?;
            Code::named("$unionWith", [("coll", from), ("pipeline", stages)])
        });
        self.push(union)
    }
}

/// Rows of the same type as those of another pipeline.
#[diagnostic::on_unimplemented(
    message = "the rows of one pipeline are of one type, and these are `{D}` and `{Self}`",
    label = "rows of `{Self}`",
    note = "bring both to one type with `.select(…)`"
)]
pub trait SameRows<D> {}
#[diagnostic::do_not_recommend]
impl<D> SameRows<D> for D {}

/// The stages of facets: the facets, and one that brings their rows into their stored form.
fn stages(facets: Vec<Facet>) -> Vec<Result<Code>> {
    let (mut pipelines, mut values) = (Vec::new(), Vec::new());
    for Facet { name, stages, values: stored } in facets {
        values.extend(stored.map(|stored| stored.map(|stored| (name.clone(), stored))));
        pipelines.push(stages.and_then(checked).and_then(Code::array).map(|stages| (name, stages)));
    }
    let document =
        |fields: Vec<Result<_>>| Code::document(fields.into_iter().collect::<Result<Vec<_>>>()?);
    let stored = (!values.is_empty()).then(|| stage("$addFields", document(values)));
    std::iter::once(stage("$facet", document(pipelines))).chain(stored).collect()
}

fn checked(stages: Vec<Code>) -> Result<Vec<Code>> {
    let refused = |stage: &Code| NOT_IN_FACET.into_iter().find(|name| stage.is_operator(name));
    match stages.iter().find_map(refused) {
        Some(name) => Err(Error::invalid(format!("`{name}` cannot be used inside `$facet`"))),
        None => Ok(stages),
    }
}

fn facet<In, D: Readable>(name: Cow<'static, str>, pipeline: Pipeline<In, D>) -> Facet {
    let values = as_values::<D>(&format!("${name}"));
    Facet { name, stages: pipeline.stages, values }
}

#[diagnostic::do_not_recommend]
impl<In, D: Readable<Output: Field>> Given for Pipeline<In, D> {
    type Value = Vec<D::Output>;
}

/// The fields of an `object!` that are given pipelines.
pub trait FacetSlots<R> {
    #[doc(hidden)]
    fn append_to(self, facets: &mut Vec<Facet>);
}

impl<R> FacetSlots<R> for () {
    fn append_to(self, _: &mut Vec<Facet>) {}
}

impl<R, F, D, L> FacetSlots<R> for (Slot<F, Pipeline<R, D>>, L)
where
    D: Readable<Output: Field>,
    L: FacetSlots<R>,
{
    fn append_to(self, facets: &mut Vec<Facet>) {
        facets.push(facet(Cow::Owned(self.0.name), self.0.value));
        self.1.append_to(facets);
    }
}

#[diagnostic::do_not_recommend]
impl<R, S: Embedded, L: FacetSlots<R>> FacetShape<R> for Record<S, L> {
    type Row = S;

    fn into_facets(self) -> Vec<Facet> {
        let mut facets = Vec::new();
        self.slots.append_to(&mut facets);
        facets
    }
}

macro_rules! tuple {
    ($($($name:ident $value:ident $index:literal)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<R, $($name: Readable<Output: Field>),*> FacetShape<R> for ($(Pipeline<R, $name>,)*) {
            type Row = ($(Vec<$name::Output>,)*);

            fn into_facets(self) -> Vec<Facet> {
                let ($($value,)*) = self;
                vec![$(facet(Cow::Borrowed(TUPLE_COLUMNS[$index]), $value)),*]
            }
        }
    )*};
}

tuple! {
    A a 0;
    A a 0 B b 1;
    A a 0 B b 1 C c 2;
    A a 0 B b 1 C c 2 D d 3;
    A a 0 B b 1 C c 2 D d 3 E e 4;
    A a 0 B b 1 C c 2 D d 3 E e 4 F f 5;
}
