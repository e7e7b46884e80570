//! Aggregation expressions over the fields of one model, as `$expr` takes them.
//!
//! Knows paths and values. Does not know pipelines.

mod operand;

use std::{
    fmt,
    marker::PhantomData,
    ops::{BitAnd, BitOr, Not},
};

use mongodb::bson::Bson;

use crate::{
    codec::{ElementType, Encode, Encoder},
    error::{Error, Result},
    path::{Conditional, Field, Handle, NaturallyStored, Path, kind},
};

pub use self::operand::{Arithmetic, Comparable, Number, Operand};

/// What the server computes from a document of `R`; the result is a `T`: [`Number`], or one of
/// [`kind`]'s others.
///
/// Begins with [`field`](Expressible::field); literals are taken as they are, and are never read as
/// field paths.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Month { spent: i64, budget: i64, bonus: i32 }
///
/// let month = Month::fields();
/// let limit = month.budget().field().add(month.bonus().field()).multiply(2);
/// assert_eq!(
///     Filter::expr(month.spent().field().gt(limit)).as_document()?,
///     doc! { "$expr": { "$gt": [
///         "$spent",
///         { "$multiply": [{ "$add": ["$budget", "$bonus"] }, 2] },
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// Manual: [expressions](https://www.mongodb.com/docs/manual/meta/aggregation-quick-reference/#expressions).
#[must_use = "an expression does nothing by itself"]
pub struct Expression<R, T> {
    kind: ElementType,
    value: Result<Vec<u8>>,
    types: PhantomData<fn() -> (R, T)>,
}

/// Fields in expressions.
pub trait Expressible: Handle {
    /// The value of the field: `"$spent"`.
    ///
    /// # Errors
    ///
    /// A path with a position (`.at(0)`), which means something else in an expression.
    fn field(&self) -> Expression<Self::Root, <<Self::Value as Field>::Kind as Comparable>::Class>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: Comparable>,
        Self::Spec: NaturallyStored,
    {
        Expression::made(|out| field_path(self.as_path(), out))
    }
}

impl<H: Handle> Expressible for H {}

fn field_path(path: &Path, out: &mut Encoder) -> ElementType {
    let text = path.to_string();
    if let Some(fault) = path.fault() {
        out.fail(fault);
    } else if path.has_position() {
        out.fail(format!("`{text}`: an expression cannot name an array element by its position"));
    }
    format!("${text}").encode(out)
}

impl<R, T> Expression<R, T> {
    /// An expression written by hand; nothing is checked.
    ///
    /// ```
    /// use odm::{filter::Expression, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Item { tags: Vec<String> }
    ///
    /// let count = Expression::raw(doc! { "$size": "$tags" });
    /// let filter = Filter::<Item>::expr(Expression::gt(count, 2));
    /// assert_eq!(
    ///     filter.as_document()?,
    ///     doc! { "$expr": { "$gt": [{ "$size": "$tags" }, 2] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    pub fn raw(expression: impl Into<Bson>) -> Self {
        let expression = expression.into();
        Self::made(|out| expression.encode(out))
    }

    fn made(write: impl FnOnce(&mut Encoder) -> ElementType) -> Self {
        let mut out = Encoder::with_capacity(32);
        let mut kind = ElementType::Null;
        out.element("", |out| {
            kind = write(out);
            kind
        });
        // Type and key, which is empty, take two bytes.
        let value = out.finish_elements().map(|element| element[2..].to_vec());
        Self { kind, value: value.map_err(Error::from), types: PhantomData }
    }

    pub(crate) fn into_parts(self) -> Result<(ElementType, Vec<u8>)> {
        Ok((self.kind, self.value?))
    }

    fn cast<U>(self) -> Expression<R, U> {
        Expression { kind: self.kind, value: self.value, types: PhantomData }
    }

    /// `{operator: [left, right]}`
    fn binary<U>(self, operator: &str, other: impl Operand<R, T>) -> Expression<R, U> {
        operation(operator, vec![self.cast(), other.into_expression().cast()])
    }
}

/// `{operator: [operands]}`; the first mistake is kept.
fn operation<R, U>(operator: &str, operands: Vec<Expression<R, U>>) -> Expression<R, U> {
    let parts = operands.into_iter().map(Expression::into_parts).collect::<Result<Vec<_>>>();
    let value = parts.and_then(|parts| {
        let mut out = Encoder::with_capacity(64);
        out.document(|out| {
            out.element(operator, |out| {
                out.list(parts, |(kind, value), out| {
                    out.bytes(&value);
                    kind
                });
                ElementType::Array
            });
        });
        Ok(out.finish_elements()?)
    });
    Expression { kind: ElementType::EmbeddedDocument, value, types: PhantomData }
}

#[allow(clippy::should_implement_trait)] // The server's names, and operands of other types.
impl<R, T> Expression<R, T> {
    /// Both are equal (`$eq`).
    ///
    /// Manual: [`$eq`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/eq/).
    #[doc(alias = "$eq")]
    pub fn eq(self, other: impl Operand<R, T>) -> Expression<R, kind::Boolean> {
        self.binary("$eq", other)
    }

    /// They are not equal (`$ne`).
    ///
    /// Manual: [`$ne`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/ne/).
    #[doc(alias = "$ne")]
    pub fn ne(self, other: impl Operand<R, T>) -> Expression<R, kind::Boolean> {
        self.binary("$ne", other)
    }

    /// This is greater (`$gt`).
    ///
    /// Manual: [`$gt`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/gt/).
    #[doc(alias = "$gt")]
    pub fn gt(self, other: impl Operand<R, T>) -> Expression<R, kind::Boolean> {
        self.binary("$gt", other)
    }

    /// This is greater, or both are equal (`$gte`).
    ///
    /// Manual: [`$gte`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/gte/).
    #[doc(alias = "$gte")]
    pub fn gte(self, other: impl Operand<R, T>) -> Expression<R, kind::Boolean> {
        self.binary("$gte", other)
    }

    /// This is less (`$lt`).
    ///
    /// Manual: [`$lt`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/lt/).
    #[doc(alias = "$lt")]
    pub fn lt(self, other: impl Operand<R, T>) -> Expression<R, kind::Boolean> {
        self.binary("$lt", other)
    }

    /// This is less, or both are equal (`$lte`).
    ///
    /// Manual: [`$lte`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/lte/).
    #[doc(alias = "$lte")]
    pub fn lte(self, other: impl Operand<R, T>) -> Expression<R, kind::Boolean> {
        self.binary("$lte", other)
    }

    /// The sum (`$add`).
    ///
    /// Manual: [`$add`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/add/).
    #[doc(alias = "$add")]
    pub fn add(self, other: impl Operand<R, Number>) -> Expression<R, Number>
    where
        T: Arithmetic,
    {
        self.cast::<Number>().binary("$add", other)
    }

    /// The difference (`$subtract`).
    ///
    /// Manual: [`$subtract`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/subtract/).
    #[doc(alias = "$subtract")]
    pub fn subtract(self, other: impl Operand<R, Number>) -> Expression<R, Number>
    where
        T: Arithmetic,
    {
        self.cast::<Number>().binary("$subtract", other)
    }

    /// The product (`$multiply`).
    ///
    /// Manual: [`$multiply`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/multiply/).
    #[doc(alias = "$multiply")]
    pub fn multiply(self, other: impl Operand<R, Number>) -> Expression<R, Number>
    where
        T: Arithmetic,
    {
        self.cast::<Number>().binary("$multiply", other)
    }

    /// The quotient (`$divide`).
    ///
    /// Manual: [`$divide`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/divide/).
    #[doc(alias = "$divide")]
    pub fn divide(self, other: impl Operand<R, Number>) -> Expression<R, Number>
    where
        T: Arithmetic,
    {
        self.cast::<Number>().binary("$divide", other)
    }

    /// The remainder of the division (`$mod`).
    ///
    /// Manual: [`$mod`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/mod/).
    #[doc(alias = "$mod")]
    pub fn modulo(self, other: impl Operand<R, Number>) -> Expression<R, Number>
    where
        T: Arithmetic,
    {
        self.cast::<Number>().binary("$mod", other)
    }
}

impl<R> BitAnd for Expression<R, kind::Boolean> {
    type Output = Self;

    /// Both are true (`$and`).
    #[doc(alias = "$and")]
    fn bitand(self, other: Self) -> Self {
        operation("$and", vec![self, other])
    }
}

impl<R> BitOr for Expression<R, kind::Boolean> {
    type Output = Self;

    /// One of them is true (`$or`).
    #[doc(alias = "$or")]
    fn bitor(self, other: Self) -> Self {
        operation("$or", vec![self, other])
    }
}

impl<R> Not for Expression<R, kind::Boolean> {
    type Output = Self;

    /// It is false (`$not`).
    #[doc(alias = "$not")]
    fn not(self) -> Self {
        operation("$not", vec![self])
    }
}

impl<R, T> Clone for Expression<R, T> {
    fn clone(&self) -> Self {
        Self { kind: self.kind, value: self.value.clone(), types: PhantomData }
    }
}

impl<R, T> fmt::Debug for Expression<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.clone().into_parts() {
            Err(error) => write!(f, "Expression({error})"),
            Ok((kind, value)) => {
                let element = crate::codec::Element::nested(kind as u8, 0, &value);
                match element.to_bson() {
                    Ok(value) => write!(f, "Expression({value})"),
                    Err(_) => f.write_str("Expression"),
                }
            }
        }
    }
}
