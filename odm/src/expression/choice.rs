//! Values that depend on a condition, and values for null.

use std::{borrow::Cow, fmt, marker::PhantomData};

use crate::{
    error::Result,
    path::{Field, Nullable},
};

use super::{
    Code, Expr, Expression, Fits, Joins, Operand, Settle, Truth,
    variable::{Variable, with_variable},
};

/// Values in place of null, and names for values.
pub trait Choose: Expression {
    /// This, or the other value where this is null or absent (`$ifNull`); it is never null.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { price: f64, discount: Option<f64> }
    ///
    /// let cheap = Item::expr(|i| (i.price() - i.discount().if_null(0.0)).lt(5.0));
    /// assert_eq!(
    ///     cheap.as_document()?,
    ///     doc! { "$expr": { "$lt": [
    ///         { "$subtract": ["$price", { "$ifNull": ["$discount", 0.0] }] },
    ///         5.0,
    ///     ] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$ifNull`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/ifNull/).
    #[doc(alias = "$ifNull")]
    fn if_null<O>(&self, other: O) -> Expr<Self::Root, <Self::Value as Field>::Inner>
    where
        O: Operand<Self::Root>,
        O::Value: Fits<<Self::Value as Field>::Inner>,
    {
        let (this, other) = (self.expr(), other.into_expr());
        let settle = this.settle.or(other.settle);
        Expr::list("$ifNull", [this.code, fitted(other)]).settling(settle)
    }

    /// This is null or absent.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { note: Option<String> }
    ///
    /// assert_eq!(
    ///     Item::expr(|i| i.note().is_null()).as_document()?,
    ///     doc! { "$expr": { "$eq": [{ "$ifNull": ["$note", null] }, null] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    #[doc(alias = "$ifNull")]
    fn is_null(&self) -> Expr<Self::Root, bool>
    where
        Self::Value: Nullable,
    {
        Expr::list("$eq", [self.expr().code.and_then(Code::or_null), Ok(Code::null())])
    }

    /// What the closure makes of this value, which is computed once (`$let`). An integer beyond
    /// `i64` is the server's error here.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i32, price: f64 }
    ///
    /// let middle = Item::expr(|i| (i.price() * i.qty()).let_in(|sum| sum.gt(5) & sum.lt(9)));
    /// assert_eq!(
    ///     middle.as_document()?,
    ///     doc! { "$expr": { "$let": {
    ///         "vars": { "v1": { "$toDouble": { "$multiply": ["$price", "$qty"] } } },
    ///         "in": { "$and": [{ "$gt": ["$$v1", 5] }, { "$lt": ["$$v1", 9] }] },
    ///     } } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$let`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/let/).
    #[doc(alias = "$let")]
    fn let_in<O: Operand<Self::Root>>(
        &self,
        body: impl FnOnce(Variable<Self::Root, Self::Value>) -> O,
    ) -> Expr<Self::Root, O::Value> {
        let (name, body) =
            with_variable::<Self::Root, Self::Value, _>(|value| body(value).into_expr());
        let settle = body.settle;
        let code =
            self.expr().into_settled().and_then(|value| Code::let_in(&name, value, body.code?));
        Expr::new(code).settling(settle)
    }
}

impl<E: Expression> Choose for E {}

/// The code of a value, as one of the type that it fits.
pub(super) fn fitted<R, A: Fits<T>, T>(value: Expr<R, A>) -> Result<Code> {
    match A::CAST.operator() {
        Some(operator) => value.code?.converted(operator),
        None => value.code,
    }
}

/// One of two values (`$cond`): the first if the condition is true.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Item { qty: i32, name: String }
///
/// let known = Item::expr(|i| cond(i.qty().gt(5), "many", i.name()).eq("many"));
/// assert_eq!(
///     known.as_document()?,
///     doc! { "$expr": { "$eq": [
///         { "$cond": [{ "$gt": ["$qty", 5] }, "many", "$name"] },
///         "many",
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// Manual: [`$cond`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/cond/).
#[doc(alias = "$cond")]
pub fn cond<C, A, B, T>(condition: C, then: A, otherwise: B) -> Expr<C::Root, T>
where
    C: Expression<Value: Truth>,
    A: Operand<C::Root>,
    B: Operand<C::Root>,
    B::Value: Joins<A::Value, Output = T>,
    T: Field,
{
    let (then, otherwise) = (then.into_expr(), otherwise.into_expr());
    let settle = then.settle.or(otherwise.settle);
    Expr::list("$cond", [condition.expr().code, then.code, otherwise.code]).settling(settle)
}

/// The value of the first condition that is true (`$switch`): `when(…).when(…).otherwise(…)`.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Item { qty: i32 }
///
/// let size = Item::expr(|i| {
///     when(i.qty().gt(9), "big").when(i.qty().gt(5), "medium").otherwise("small").eq("medium")
/// });
/// assert_eq!(
///     size.as_document()?,
///     doc! { "$expr": { "$eq": [
///         { "$switch": {
///             "branches": [
///                 { "case": { "$gt": ["$qty", 9] }, "then": "big" },
///                 { "case": { "$gt": ["$qty", 5] }, "then": "medium" },
///             ],
///             "default": "small",
///         } },
///         "medium",
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// Manual: [`$switch`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/switch/).
#[doc(alias = "$switch")]
pub fn when<C, A>(condition: C, then: A) -> When<C::Root, A::Value>
where
    C: Expression<Value: Truth>,
    A: Operand<C::Root>,
{
    let then = then.into_expr();
    let (settle, branch) = (then.settle, branch(condition.expr().code, then.code));
    When { branches: branch.map(|branch| vec![branch]), settle, types: PhantomData }
}

/// Values under conditions. The choice ends with [`otherwise`](Self::otherwise), for the case that
/// no condition is true.
#[must_use = "a choice has no value before `.otherwise(…)`"]
pub struct When<R, T> {
    branches: Result<Vec<Code>>,
    settle: Option<Settle>,
    types: PhantomData<fn() -> (R, T)>,
}

impl<R, T: Field> When<R, T> {
    /// The value if this condition is true, and all before it are false.
    pub fn when<C, B>(self, condition: C, then: B) -> When<R, <B::Value as Joins<T>>::Output>
    where
        C: Expression<Root = R, Value: Truth>,
        B: Operand<R, Value: Joins<T>>,
    {
        let then = then.into_expr();
        let settle = self.settle.or(then.settle);
        let branches = self.branches.and_then(|mut branches| {
            branches.push(branch(condition.expr().code, then.code)?);
            Ok(branches)
        });
        When { branches, settle, types: PhantomData }
    }

    /// The value if none of the conditions is true.
    pub fn otherwise<B>(self, value: B) -> Expr<R, <B::Value as Joins<T>>::Output>
    where
        B: Operand<R, Value: Joins<T>>,
    {
        let value = value.into_expr();
        let settle = self.settle.or(value.settle);
        let code = self.branches.and_then(Code::array).and_then(|branches| {
            Code::named("$switch", [("branches", branches), ("default", value.code?)])
        });
        Expr::new(code).settling(settle)
    }
}

fn branch(condition: Result<Code>, then: Result<Code>) -> Result<Code> {
    Code::document([(Cow::Borrowed("case"), condition?), (Cow::Borrowed("then"), then?)])
}

impl<R, T> Clone for When<R, T> {
    fn clone(&self) -> Self {
        Self { branches: self.branches.clone(), settle: self.settle, types: PhantomData }
    }
}

impl<R, T> fmt::Debug for When<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("When")
    }
}
