//! Groups of rows.

use std::borrow::Cow;

use crate::{
    error::{Error, Result},
    expression::{Code, Operand},
    path::{Embedded, Field, Reading},
    row::{Record, Row, RowFields, Slot, TUPLE_COLUMNS},
};

use super::{Accumulator, Group, Pipeline, accumulators::Accumulated, pipeline::stage};

/// What the closure of [`group`](Pipeline::group) makes: a tuple or an `object!(…)` whose first part
/// is the key, and whose other parts are accumulators.
#[diagnostic::on_unimplemented(
    message = "this does not say how `{R}` is grouped",
    label = "this is a `{Self}`",
    note = "give a tuple or `object!(…)`: the key first, and then accumulators, as in `|o, g| (o.city(), g.count())`"
)]
pub trait GroupShape<R> {
    /// The rows that it makes.
    type Row: Row;

    #[doc(hidden)]
    fn into_parts(self) -> Parts;
}

/// The key and the accumulators, without their types.
#[doc(hidden)]
#[derive(Debug)]
pub struct Parts {
    key: (Cow<'static, str>, Result<Code>),
    others: Vec<Column>,
}

#[derive(Debug)]
#[doc(hidden)]
pub struct Column {
    name: Cow<'static, str>,
    code: Result<Code>,
    convert: Option<&'static str>,
}

impl<In, D: Row> Pipeline<In, D> {
    /// One row for each value of a key (`$group`): a tuple or a struct, of which the first part is
    /// the key.
    ///
    /// Rows in which the key is null or absent are one group. The order of the groups is not
    /// defined: sort them. A key of several parts is an [`object!`](crate::object).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Order { #[model(id)] id: i64, city: String, total: f64, discount: Option<f64> }
    ///
    /// let cities = Order::aggregate()
    ///     .group(|o, g| (o.city(), g.count(), g.sum(o.total()), g.avg(o.discount())));
    /// assert_eq!(
    ///     cities.stages()?,
    ///     [doc! { "$group": {
    ///         "_id": "$city",
    ///         "_1": { "$sum": 1 },
    ///         "_2": { "$sum": "$total" },
    ///         "_3": { "$avg": "$discount" },
    ///     } }],
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$group`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/group/).
    #[doc(alias = "$group")]
    pub fn group<S: GroupShape<D>>(
        self,
        shape: impl FnOnce(RowFields<D, Reading>, Group<D>) -> S,
    ) -> Pipeline<In, S::Row> {
        let parts = shape(self.reading(), Group::new()).into_parts();
        self.then_plain(parts.into_stages())
    }

    /// One row for each range of a value (`$bucket`): rows are `(lower end, accumulators…)`. A range
    /// holds its lower end and not its upper one. A value outside of all ranges is the server's
    /// error; [`bucket_or_rest`](Self::bucket_or_rest) counts it.
    ///
    /// # Errors
    ///
    /// Fewer than two boundaries. Boundaries that do not rise are the server's error.
    ///
    /// Manual: [`$bucket`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/bucket/).
    #[doc(alias = "$bucket")]
    pub fn bucket<E, S>(
        self,
        value: impl FnOnce(RowFields<D, Reading>) -> E,
        boundaries: impl IntoIterator<Item = E::Value>,
        shape: impl FnOnce(RowFields<D, Reading>, Group<D>) -> S,
    ) -> Pipeline<In, S::Keyed>
    where
        E: Operand<D>,
        S: Accumulators<D, E::Value>,
    {
        let value = value(self.reading()).into_expr().into_settled();
        let columns = shape(self.reading(), Group::new()).into_columns(1);
        let stage = bucket(value, literals(boundaries), None, columns);
        self.then_plain([stage])
    }

    /// The same with one row more, whose lower end is `None`, for all values outside of the ranges.
    ///
    /// Manual: [`$bucket`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/bucket/).
    #[doc(alias = "$bucket")]
    pub fn bucket_or_rest<E, S>(
        self,
        value: impl FnOnce(RowFields<D, Reading>) -> E,
        boundaries: impl IntoIterator<Item = <E::Value as Field>::Inner>,
        shape: impl FnOnce(RowFields<D, Reading>, Group<D>) -> S,
    ) -> Pipeline<In, S::Keyed>
    where
        E: Operand<D>,
        S: Accumulators<D, Option<<E::Value as Field>::Inner>>,
    {
        let value = value(self.reading()).into_expr().into_settled();
        let columns = shape(self.reading(), Group::new()).into_columns(1);
        let stage = bucket(value, literals(boundaries), Some(Code::null()), columns);
        self.then_plain([stage])
    }

    /// This many ranges of a value with about as many rows each (`$bucketAuto`): rows are `(lower
    /// end, upper end, accumulators…)`.
    ///
    /// # Errors
    ///
    /// 0 ranges, which the server refuses.
    ///
    /// Manual: [`$bucketAuto`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/bucketAuto/).
    #[doc(alias = "$bucketAuto")]
    pub fn bucket_auto<E, S>(
        self,
        value: impl FnOnce(RowFields<D, Reading>) -> E,
        buckets: u32,
        shape: impl FnOnce(RowFields<D, Reading>, Group<D>) -> S,
    ) -> Pipeline<In, S::Between>
    where
        E: Operand<D>,
        S: Accumulators<D, E::Value>,
    {
        let value = value(self.reading()).into_expr().into_settled();
        let columns = shape(self.reading(), Group::new()).into_columns(2);
        let ends = [("_id", "$_id.min"), ("_1", "$_id.max")];
        let ends = ends.map(|(name, path)| Ok((Cow::Borrowed(name), Code::field(path)?)));
        let others = columns
            .iter()
            .map(|column| Ok((column.name.clone(), Code::field(&format!("${}", column.name))?)));
        let row = ends.into_iter().chain(others).collect::<Result<Vec<_>>>();
        let row = stage("$replaceWith", row.and_then(Code::document));
        self.then_plain([bucket_auto(value, buckets, columns), row])
    }
}

fn bucket(
    value: Result<Code>,
    boundaries: Result<Vec<Code>>,
    default: Option<Code>,
    columns: Vec<Column>,
) -> Result<Code> {
    let boundaries = boundaries?;
    if boundaries.len() < 2 {
        return Err(Error::invalid("`$bucket` needs at least two boundaries"));
    }
    let mut fields = vec![
        (Cow::Borrowed("groupBy"), value?),
        (Cow::Borrowed("boundaries"), Code::array(boundaries)?),
    ];
    fields.extend(default.map(|default| (Cow::Borrowed("default"), default)));
    fields.push((Cow::Borrowed("output"), output(columns)?));
    Code::unary("$bucket", Code::document(fields)?)
}

fn bucket_auto(value: Result<Code>, buckets: u32, columns: Vec<Column>) -> Result<Code> {
    let count = i32::try_from(buckets).ok().filter(|count| *count > 0);
    let count = count.ok_or_else(|| Error::invalid("`$bucketAuto` takes 1 bucket at least"))?;
    let count = Code::encoded(&count)?;
    Code::named(
        "$bucketAuto",
        [("groupBy", value?), ("buckets", count), ("output", output(columns)?)],
    )
}

fn output(columns: Vec<Column>) -> Result<Code> {
    let columns = columns.into_iter().map(|column| Ok((column.name, column.code?)));
    Code::document(columns.collect::<Result<Vec<_>>>()?)
}

fn literals<T: Field>(values: impl IntoIterator<Item = T>) -> Result<Vec<Code>> {
    values.into_iter().map(|value| Code::literal(&value)).collect()
}

impl Parts {
    /// The stage, and one that gives the key its name and each value its type, if that is needed.
    fn into_stages(self) -> Vec<Result<Code>> {
        let Self { key: (key, by), others } = self;
        let renamed = renamed(&key, &others);
        let group = by.and_then(|by| {
            let others = others.into_iter().map(|column| Ok((column.name, column.code?)));
            let columns: Vec<_> = others.collect::<Result<_>>()?;
            Code::document(std::iter::once((Cow::Borrowed("_id"), by)).chain(columns))
        });
        std::iter::once(stage("$group", group)).chain(renamed).collect()
    }
}

/// The stage that names the key, if it is not the `_id`, and converts values.
fn renamed(key: &str, others: &[Column]) -> Option<Result<Code>> {
    if key == "_id" && others.iter().all(|column| column.convert.is_none()) {
        return None;
    }
    let own = |column: &Column| {
        let value = Code::field(&format!("${}", column.name))?;
        let value = column.convert.map_or(Ok(value.clone()), |convert| Code::unary(convert, value));
        Ok((column.name.clone(), value?))
    };
    let key = Code::field("$_id").map(|id| (Cow::Owned(key.to_owned()), id));
    let columns = std::iter::once(key).chain(others.iter().map(own)).collect::<Result<Vec<_>>>();
    Some(stage("$replaceWith", columns.and_then(Code::document)))
}

/// The accumulators of an `object!`, after its key.
pub trait AccumulatorSlots<R> {
    #[doc(hidden)]
    fn append_to(self, parts: &mut Parts);
}

impl<R> AccumulatorSlots<R> for () {
    fn append_to(self, _: &mut Parts) {}
}

impl<R, F, V, L> AccumulatorSlots<R> for (Slot<F, V>, L)
where
    V: Accumulator<R>,
    L: AccumulatorSlots<R>,
{
    fn append_to(self, parts: &mut Parts) {
        let Accumulated { code, convert, .. } = self.0.value.into_accumulated();
        let convert = convert.or_else(|| self.0.cast.exact());
        parts.others.push(Column { name: Cow::Owned(self.0.name), code, convert });
        self.1.append_to(parts);
    }
}

impl<R, S, F, V, L> GroupShape<R> for Record<S, (Slot<F, V>, L)>
where
    S: Embedded,
    V: Operand<R>,
    L: AccumulatorSlots<R>,
{
    type Row = S;

    fn into_parts(self) -> Parts {
        let (key, others) = self.slots;
        let by = key.value.into_expr().into_cast(key.cast);
        let mut parts = Parts { key: (Cow::Owned(key.name), by), others: Vec::new() };
        others.append_to(&mut parts);
        parts
    }
}

/// Accumulators without a key: a tuple of up to six.
#[diagnostic::on_unimplemented(
    message = "this is no tuple of accumulators over `{R}`",
    label = "this is a `{Self}`",
    note = "as in `|o, g| (g.count(), g.sum(o.total()))`; for one of them write `(g.count(),)`"
)]
pub trait Accumulators<R, K> {
    /// Rows that begin with a key.
    type Keyed: Row;
    /// Rows that begin with both ends of a range.
    type Between: Row;

    #[doc(hidden)]
    fn into_columns(self, first: usize) -> Vec<Column>;
}

fn columns<const N: usize>(parts: [Untyped; N], first: usize) -> Vec<Column> {
    let names = TUPLE_COLUMNS[first..].iter().map(|name| Cow::Borrowed(*name));
    let columns = names.zip(parts);
    columns.map(|(name, Untyped { code, convert })| Column { name, code, convert }).collect()
}

/// An accumulator without its types.
struct Untyped {
    code: Result<Code>,
    convert: Option<&'static str>,
}

impl<R, T> From<Accumulated<R, T>> for Untyped {
    fn from(accumulated: Accumulated<R, T>) -> Self {
        Self { code: accumulated.code, convert: accumulated.convert }
    }
}

macro_rules! tuple {
    ($($($name:ident $value:ident)*;)*) => {$(
        impl<R, K: Operand<R>, $($name: Accumulator<R>),*> GroupShape<R> for (K, $($name,)*) {
            type Row = (K::Value, $($name::Value,)*);

            fn into_parts(self) -> Parts {
                let (key, $($value,)*) = self;
                let key = (Cow::Borrowed("_id"), key.into_expr().into_settled());
                let others = columns([$($value.into_accumulated().into()),*], 1);
                Parts { key, others }
            }
        }
    )*};
}

tuple! {
    ;
    A a;
    A a B b;
    A a B b C c;
    A a B b C c D d;
    A a B b C c D d E e;
    A a B b C c D d E e F f;
    A a B b C c D d E e F f G g;
}

macro_rules! accumulators {
    ($($($name:ident $value:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<R, K: Field, $($name: Accumulator<R>),*> Accumulators<R, K> for ($($name,)*) {
            type Keyed = (K, $($name::Value,)*);
            type Between = (K, K, $($name::Value,)*);

            fn into_columns(self, first: usize) -> Vec<Column> {
                let ($($value,)*) = self;
                columns([$($value.into_accumulated().into()),*], first)
            }
        }
    )*};
}

accumulators! {
    A a;
    A a B b;
    A a B b C c;
    A a B b C c D d;
    A a B b C c D d E e;
    A a B b C c D d E e F f;
}
