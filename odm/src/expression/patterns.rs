//! Regular expressions.

use crate::{
    error::{Error, Result},
    path::Field,
};

use super::{Code, Expr, Expression, TextOperand, Textual};

/// Where a regular expression matches, and what.
#[derive(Clone, Debug, PartialEq, Eq, odm_derive::Embedded)]
#[non_exhaustive]
pub struct Match {
    /// The part of the text that matches.
    #[model(rename = "match")]
    pub text: String,
    /// The character at which it begins, counted from 0.
    #[model(rename = "idx")]
    pub index: i32,
    /// What each group of the pattern holds; null for a group without a match.
    pub captures: Vec<Option<String>>,
}

/// Regular expressions in the [syntax of PCRE]. A pattern that is none is the server's error.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Part { number: String, kind: Option<String> }
///
/// let found = Part::expr(|p| {
///     p.kind().matches_with("^valve", "i") & p.number().find_match(r"\d+").let_in(|m| m.text()).eq("17")
/// });
/// # let _ = found;
/// # Ok::<(), odm::Error>(())
/// ```
///
/// [syntax of PCRE]: https://www.mongodb.com/docs/manual/reference/operator/query/regex/
pub trait Patterns: Expression {
    /// The pattern matches the text or a part of it (`$regexMatch`); false if the text is null.
    ///
    /// Manual: [`$regexMatch`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/regexMatch/).
    #[doc(alias = "$regexMatch")]
    fn matches<P>(&self, pattern: P) -> Expr<Self::Root, bool>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        P: TextOperand<Self::Root>,
    {
        matching("$regexMatch", self.expr(), pattern.into_expr(), "")
    }

    /// The same with options: `i` (case does not matter), `m` (`^` and `$` match at every line),
    /// `s` (a dot matches newlines), `x` (white space in the pattern is ignored).
    ///
    /// # Errors
    ///
    /// An option that MongoDB does not have.
    ///
    /// Manual: [`$regexMatch`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/regexMatch/).
    #[doc(alias = "$regexMatch")]
    fn matches_with<P>(&self, pattern: P, options: &str) -> Expr<Self::Root, bool>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        P: TextOperand<Self::Root>,
    {
        matching("$regexMatch", self.expr(), pattern.into_expr(), options)
    }

    /// The first place that matches (`$regexFind`); null if there is none.
    ///
    /// Manual: [`$regexFind`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/regexFind/).
    #[doc(alias = "$regexFind")]
    fn find_match<P>(&self, pattern: P) -> Expr<Self::Root, Option<Match>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        P: TextOperand<Self::Root>,
    {
        matching("$regexFind", self.expr(), pattern.into_expr(), "")
    }

    /// The same with the options of [`matches_with`](Self::matches_with).
    ///
    /// # Errors
    ///
    /// An option that MongoDB does not have.
    ///
    /// Manual: [`$regexFind`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/regexFind/).
    #[doc(alias = "$regexFind")]
    fn find_match_with<P>(&self, pattern: P, options: &str) -> Expr<Self::Root, Option<Match>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        P: TextOperand<Self::Root>,
    {
        matching("$regexFind", self.expr(), pattern.into_expr(), options)
    }

    /// Every place that matches (`$regexFindAll`); none if the text is null.
    ///
    /// Manual: [`$regexFindAll`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/regexFindAll/).
    #[doc(alias = "$regexFindAll")]
    fn find_matches<P>(&self, pattern: P) -> Expr<Self::Root, Vec<Match>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        P: TextOperand<Self::Root>,
    {
        matching("$regexFindAll", self.expr(), pattern.into_expr(), "")
    }

    /// The same with the options of [`matches_with`](Self::matches_with).
    ///
    /// # Errors
    ///
    /// An option that MongoDB does not have.
    ///
    /// Manual: [`$regexFindAll`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/regexFindAll/).
    #[doc(alias = "$regexFindAll")]
    fn find_matches_with<P>(&self, pattern: P, options: &str) -> Expr<Self::Root, Vec<Match>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        P: TextOperand<Self::Root>,
    {
        matching("$regexFindAll", self.expr(), pattern.into_expr(), options)
    }
}

impl<E: Expression> Patterns for E {}

fn matching<R, A, B, T: Field>(
    operator: &'static str,
    text: Expr<R, A>,
    pattern: Expr<R, B>,
    options: &str,
) -> Expr<R, T> {
    let options = match options {
        "" => None,
        _ => Some(("options", checked(options))),
    };
    let arguments = [("input", text.code), ("regex", pattern.code)];
    Expr::named(operator, arguments.into_iter().chain(options))
}

fn checked(options: &str) -> Result<Code> {
    match options.chars().find(|option| !"imsx".contains(*option)) {
        Some(unknown) => Err(Error::invalid(format!(
            "unknown option {unknown:?}: the options are i, m, s and x"
        ))),
        None => Code::literal(options),
    }
}
