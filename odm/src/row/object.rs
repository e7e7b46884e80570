//! `object!`: a struct that the server fills.

use std::{borrow::Cow, marker::PhantomData};

use crate::{
    expression::{Cast, Code, Expr, Fits, Operand, Parameter},
    path::{
        Array, Embedded, Field, Fields, Filtering, Handle, Layers, Map, NaturallyStored, Read,
        Reading, Scalar, Spec,
    },
};

use super::{Columns, Shape, fields_of};

/// A struct that is filled by the server: every field has its expression.
///
/// It is written like the struct itself; rustc reports a field that is missing, doubled or
/// misspelt. An expression must fit its field: `T` fits an `Option<T>`, an `i32` fits an `i64`. The
/// struct derives `Embedded` or `Model`. An `object!` may stand in another one.
///
/// ```
/// use odm::{object, prelude::*};
///
/// #[derive(Model)]
/// struct Order { #[model(id)] id: i64, city: Option<String>, prices: Vec<f64> }
///
/// #[derive(Embedded)]
/// struct Brief { id: i64, city: Option<String>, total: f64 }
///
/// let query = Order::find()
///     .select(|o| object!(Brief { id: o.id(), city: o.city(), total: o.prices().total() }));
/// assert_eq!(
///     query.as_document()?.get_document("projection").unwrap(),
///     &doc! {
///         "_id": 0,
///         "id": "$_id",
///         "city": 1,
///         "total": { "$toDouble": { "$sum": "$prices" } },
///     },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
#[macro_export]
macro_rules! object {
    ($($name:ident)::+ { $($field:ident : $value:expr),* $(,)? }) => {{
        if false {
            let _ = $($name)::+ { $($field: $crate::row::any()),* };
        }
        $crate::row::record::<$($name)::+, _>(
            $crate::object!(@slots [$($name)::+] $($field: $value),*)
        )
    }};
    (@slots [$($name:ident)::+]) => { () };
    (@slots [$($name:ident)::+] $field:ident : $value:expr $(, $fields:ident : $values:expr)*) => {
        (
            $crate::row::slot::<$($name)::+, _, _>(|fields| fields.$field(), $value),
            $crate::object!(@slots [$($name)::+] $($fields: $values),*),
        )
    };
}

/// What a field of an `object!` is given: an expression, an accumulator, a sub-pipeline.
#[diagnostic::on_unimplemented(
    message = "this is nothing that the server can put into a field",
    label = "a `{Self}`",
    note = "give an expression over the closure's argument, in a group an accumulator, or a literal"
)]
pub trait Given {
    /// The type that it decodes into.
    type Value;
}

/// A struct with its expressions, made by [`object!`](crate::object).
#[derive(Debug)]
#[must_use = "an object does nothing by itself"]
pub struct Record<S, L> {
    pub(crate) slots: L,
    made: PhantomData<fn() -> S>,
}

/// One field of a [`Record`], of type `F`, and what it is given.
#[derive(Debug)]
pub struct Slot<F, V> {
    pub(crate) name: String,
    pub(crate) value: V,
    /// How the value becomes one of the field's type.
    pub(crate) cast: Cast,
    field: PhantomData<fn() -> F>,
}

#[doc(hidden)]
pub fn record<S: Embedded, L>(slots: L) -> Record<S, L> {
    Record { slots, made: PhantomData }
}

#[doc(hidden)]
pub fn slot<S, H, V>(field: impl FnOnce(Fields<S, Filtering>) -> H, value: V) -> Slot<H::Value, V>
where
    S: Embedded,
    H: Handle<Value: Field, Spec: NaturallyStored>,
    V: Given,
    V::Value: Fits<H::Value>,
{
    let name = field(fields_of::<S, Filtering>()).as_path().to_string();
    Slot { name, value, cast: <V::Value as Fits<H::Value>>::CAST, field: PhantomData }
}

/// A value for a struct literal that is never made.
#[doc(hidden)]
pub fn any<T>() -> T {
    unreachable!("the literal is only checked")
}

/// The fields of a record whose values are expressions over `R`.
#[diagnostic::on_unimplemented(
    message = "a field is given what is no expression over `{R}`",
    label = "not an expression over `{R}`",
    note = "a stage sees only the rows that the stage before it made: use the closure's own argument"
)]
pub trait Slots<R> {
    #[doc(hidden)]
    fn append_to(self, columns: &mut Vec<(Cow<'static, str>, crate::error::Result<Code>)>);
}

impl<R> Slots<R> for () {
    fn append_to(self, _: &mut Vec<(Cow<'static, str>, crate::error::Result<Code>)>) {}
}

impl<R, F, V, L> Slots<R> for (Slot<F, V>, L)
where
    V: Operand<R>,
    L: Slots<R>,
{
    fn append_to(self, columns: &mut Vec<(Cow<'static, str>, crate::error::Result<Code>)>) {
        columns.push((Cow::Owned(self.0.name), self.0.value.into_expr().into_cast(self.0.cast)));
        self.1.append_to(columns);
    }
}

impl<S, L> Record<S, L> {
    fn into_columns_of<R>(self) -> Columns
    where
        L: Slots<R>,
    {
        let mut columns = Vec::new();
        self.slots.append_to(&mut columns);
        Columns(columns.into_iter().map(|(name, code)| Ok((name, code?))).collect())
    }
}

impl<R, S: Embedded, L: Slots<R>> Shape<R> for Record<S, L> {
    type Row = S;

    fn into_columns(self) -> Columns {
        self.into_columns_of::<R>()
    }
}

#[diagnostic::do_not_recommend]
impl<R, S: Embedded, L: Slots<R>> Operand<R> for Record<S, L> {
    type Value = S;

    fn into_expr(self) -> Expr<R, S> {
        Expr::of_code(self.into_columns_of::<R>().into_document())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Field> Given for T {
    type Value = T;
}

macro_rules! given {
    ($([$($generics:tt)*] $given:ty => $value:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Given for $given {
            type Value = $value;
        }
    )*};
}

given! {
    [S, L] Record<S, L> => S;
    [T: Field] Parameter<T> => T;
    [T: Field] &Parameter<T> => T;
    [R, T: Field] Expr<R, T> => T;
    [R, T: Field] &Expr<R, T> => T;
    [W: Layers, R, V: Field, S: Spec] Scalar<Reading<W>, R, V, S> => Read<W, V, S>;
    [W: Layers, R, V: Field, E, S: Spec] Array<Reading<W>, R, V, E, S> => Read<W, V, S>;
    [W: Layers, R, V: Field, K, E, S: Spec] Map<Reading<W>, R, V, K, E, S> => Read<W, V, S>;
    [W: Layers, R, V: Field, S: Spec] &Scalar<Reading<W>, R, V, S> => Read<W, V, S>;
    [W: Layers, R, V: Field, E, S: Spec] &Array<Reading<W>, R, V, E, S> => Read<W, V, S>;
    [] &str => String;
    [] &String => String;
    [] Option<&str> => Option<String>;
}
