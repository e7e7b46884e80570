//! Text.

use crate::{
    error::{Error, Result},
    path::{Field, Lift, One, Present, class},
};

use super::{Code, Expr, Expression, Operand};

/// Classes of text. Enums are stored as text, but are not in this class.
#[diagnostic::on_unimplemented(
    message = "text is needed here, and this is a `{V}`",
    label = "not text"
)]
pub trait Textual<V> {}
#[diagnostic::do_not_recommend]
impl<V> Textual<V> for class::Text {}

/// Text that may stand in an expression over `R`: an expression, a field or a literal.
#[diagnostic::on_unimplemented(
    message = "text is needed here, and this is a `{Self}`",
    label = "not text over `{R}`"
)]
pub trait TextOperand<R>: Operand<R> {}
#[diagnostic::do_not_recommend]
impl<R, O> TextOperand<R> for O
where
    O: Operand<R>,
    <O::Value as Field>::Class: Textual<O::Value>,
{
}

/// The type that an operand decodes into.
pub(super) type ValueOf<O, R> = <O as Operand<R>>::Value;

/// Functions of text.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Person { first: String, last: String, title: Option<String> }
///
/// let found = Person::expr(|p| {
///     p.first().concat(" ").concat(p.last()).to_lower().eq("ann ho")
///         & p.title().if_null("").trim().char_count().gt(0)
/// });
/// assert_eq!(
///     found.as_document()?,
///     doc! { "$expr": { "$and": [
///         { "$eq": [{ "$toLower": { "$concat": ["$first", " ", "$last"] } }, "ann ho"] },
///         { "$gt": [{ "$strLenCP": { "$trim": { "input": { "$ifNull": ["$title", ""] } } } }, 0] },
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub trait Texts: Expression {
    /// This text and another one behind it (`$concat`); null makes null.
    ///
    /// Manual: [`$concat`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/concat/).
    #[doc(alias = "$concat")]
    fn concat<O>(&self, other: O) -> Expr<Self::Root, Lift<Self::Value, Lift<O::Value, String>>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        O: Operand<Self::Root>,
        <O::Value as Field>::Class: Textual<O::Value>,
    {
        Expr::list("$concat", [self.expr().code, other.into_expr().code])
    }

    /// The text in upper case (`$toUpper`); only of the letters A to Z.
    ///
    /// Manual: [`$toUpper`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/toUpper/).
    #[doc(alias = "$toUpper")]
    fn to_upper(&self) -> Expr<Self::Root, String>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
    {
        Expr::unary("$toUpper", self.expr())
    }

    /// The text in lower case (`$toLower`); only of the letters A to Z.
    ///
    /// Manual: [`$toLower`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/toLower/).
    #[doc(alias = "$toLower")]
    fn to_lower(&self) -> Expr<Self::Root, String>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
    {
        Expr::unary("$toLower", self.expr())
    }

    /// The text without white space at its ends (`$trim`); null makes null.
    ///
    /// Manual: [`$trim`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/trim/).
    #[doc(alias = "$trim")]
    fn trim(&self) -> Expr<Self::Root, Lift<Self::Value, String>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
    {
        trimmed("$trim", self.expr().code, None)
    }

    /// The text without the characters `chars` at its ends (`$trim`); null makes null.
    ///
    /// Manual: [`$trim`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/trim/).
    #[doc(alias = "$trim")]
    fn trim_chars<O>(&self, chars: O) -> Expr<Self::Root, Trimmed<Self, O>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        O: TextOperand<Self::Root>,
    {
        trimmed("$trim", self.expr().code, Some(chars.into_expr().code))
    }

    /// The text without white space at its start (`$ltrim`); null makes null.
    ///
    /// Manual: [`$ltrim`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/ltrim/).
    #[doc(alias = "$ltrim")]
    fn trim_start(&self) -> Expr<Self::Root, Lift<Self::Value, String>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
    {
        trimmed("$ltrim", self.expr().code, None)
    }

    /// The text without the characters `chars` at its start (`$ltrim`); null makes null.
    ///
    /// Manual: [`$ltrim`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/ltrim/).
    #[doc(alias = "$ltrim")]
    fn trim_start_chars<O>(&self, chars: O) -> Expr<Self::Root, Trimmed<Self, O>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        O: TextOperand<Self::Root>,
    {
        trimmed("$ltrim", self.expr().code, Some(chars.into_expr().code))
    }

    /// The text without white space at its end (`$rtrim`); null makes null.
    ///
    /// Manual: [`$rtrim`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/rtrim/).
    #[doc(alias = "$rtrim")]
    fn trim_end(&self) -> Expr<Self::Root, Lift<Self::Value, String>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
    {
        trimmed("$rtrim", self.expr().code, None)
    }

    /// The text without the characters `chars` at its end (`$rtrim`); null makes null.
    ///
    /// Manual: [`$rtrim`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/rtrim/).
    #[doc(alias = "$rtrim")]
    fn trim_end_chars<O>(&self, chars: O) -> Expr<Self::Root, Trimmed<Self, O>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        O: TextOperand<Self::Root>,
    {
        trimmed("$rtrim", self.expr().code, Some(chars.into_expr().code))
    }

    /// The parts of the text between the separators (`$split`); null makes null.
    ///
    /// # Errors
    ///
    /// A separator that is empty.
    ///
    /// Manual: [`$split`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/split/).
    #[doc(alias = "$split")]
    fn split(&self, separator: &str) -> Expr<Self::Root, Lift<Self::Value, Vec<String>>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
    {
        let separator = match separator {
            "" => Err(Error::invalid("`$split` needs a separator")),
            _ => Code::literal(separator),
        };
        Expr::list("$split", [self.expr().code, separator])
    }

    /// The number of characters (`$strLenCP`), by code points.
    ///
    /// Manual: [`$strLenCP`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/strLenCP/).
    #[doc(alias = "$strLenCP")]
    fn char_count(&self) -> Expr<Self::Root, i32>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
    {
        Expr::unary("$strLenCP", self.expr())
    }

    /// The number of bytes in UTF-8 (`$strLenBytes`).
    ///
    /// Manual: [`$strLenBytes`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/strLenBytes/).
    #[doc(alias = "$strLenBytes")]
    fn byte_count(&self) -> Expr<Self::Root, i32>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
    {
        Expr::unary("$strLenBytes", self.expr())
    }

    /// The order of this text and another one, in which `a` and `A` are the same letter
    /// (`$strcasecmp`): -1, 0 or 1. Only of the letters A to Z.
    ///
    /// Manual: [`$strcasecmp`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/strcasecmp/).
    #[doc(alias = "$strcasecmp")]
    fn strcasecmp<O>(&self, other: O) -> Expr<Self::Root, i32>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
        O: TextOperand<Self::Root>,
        <O::Value as Field>::Layer<One>: Present<O::Value>,
    {
        Expr::list("$strcasecmp", [self.expr().code, other.into_expr().code])
    }
}

impl<E: Expression> Texts for E {}

/// The type of a trimmed text.
type Trimmed<E, O> =
    Lift<<E as Expression>::Value, Lift<ValueOf<O, <E as Expression>::Root>, String>>;

fn trimmed<R, T: Field>(
    operator: &'static str,
    text: Result<Code>,
    chars: Option<Result<Code>>,
) -> Expr<R, T> {
    let chars = chars.map(|chars| ("chars", chars));
    Expr::named(operator, [("input", text)].into_iter().chain(chars))
}
