//! Text.

use crate::path::{Field, Lift, One, Present, class};

use super::{Expr, Expression, Operand};

/// Classes of text. Enums are stored as text, but are not in this class.
#[diagnostic::on_unimplemented(
    message = "text is needed here, and this is a `{V}`",
    label = "not text"
)]
pub trait Textual<V> {}
#[diagnostic::do_not_recommend]
impl<V> Textual<V> for class::Text {}

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
        let text = self.expr().code;
        Expr::new(text.and_then(|text| super::Code::named("$trim", [("input", text)])))
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
            "" => Err(crate::error::Error::invalid("`$split` needs a separator")),
            _ => super::Code::literal(separator),
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
}

impl<E: Expression> Texts for E {}
