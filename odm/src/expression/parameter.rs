//! Values that an operation gives to its expressions: the variables of `let`.

use std::{borrow::Cow, fmt, marker::PhantomData};

use mongodb::bson::Bson;

use crate::{
    error::{Error, Result},
    path::Field,
};

use super::{Code, Expr, Operand};

/// Names of variables that expressions have themselves, besides `v1`, `v2`, ….
const OWN: [&str; 6] = ["item", "part", "replacement", "text", "this", "value"];

/// A value of type `T` that the operation gives to its expressions, as `$$name`.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "shops")]
/// struct Shop { #[model(id)] id: i64, rating: i32, name: String }
///
/// let least = odm::parameter::<i32>("least");
/// let bad = Shop::delete().filter(|_| Shop::expr(|s| s.rating().lt(&least)));
/// assert_eq!(
///     bad.let_value(&least, 3).as_document()?,
///     doc! {
///         "q": { "$expr": { "$lt": ["$rating", "$$least"] } },
///         "let": { "least": 3 },
///     },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// An operation that does not give the value is refused by the server.
///
/// Manual: [`let`](https://www.mongodb.com/docs/manual/reference/command/find/#std-label-find-let-example).
pub struct Parameter<T> {
    name: Cow<'static, str>,
    types: PhantomData<fn() -> T>,
}

/// A value of type `T` with a name that the operation gives to its expressions (`let_value`).
///
/// # Errors
///
/// When it is used: a name that does not begin with a small letter, that has other characters than
/// letters, digits and `_`, or that expressions have themselves (`v1`, `item`).
#[doc(alias = "let")]
pub fn parameter<T: Field>(name: impl Into<Cow<'static, str>>) -> Parameter<T> {
    Parameter { name: name.into(), types: PhantomData }
}

impl<T: Field> Parameter<T> {
    /// The value as an expression, which can be computed with.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Shop { rating: i32 }
    ///
    /// let least = odm::parameter::<i32>("least");
    /// assert_eq!(
    ///     Shop::expr(|s| s.rating().lt(least.get() + 1)).as_document()?,
    ///     doc! { "$expr": { "$lt": ["$rating", { "$add": ["$$least", 1] }] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    pub fn get<R>(&self) -> Expr<R, T> {
        Expr::new(self.checked().and_then(|name| Code::field(&format!("$${name}"))))
    }

    /// The name, and the value as the server takes it for one.
    pub(crate) fn with(&self, value: &T) -> Result<(String, Bson)> {
        Ok((self.checked()?.to_owned(), Code::literal(value)?.to_bson()?))
    }

    fn checked(&self) -> Result<&str> {
        let name = &*self.name;
        match is_name(name) && !is_own(name) {
            true => Ok(name),
            false => Err(Error::invalid(format!("`{name}` cannot be the name of a parameter"))),
        }
    }
}

fn is_name(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(is_letter)
}

fn is_own(name: &str) -> bool {
    let number = name.strip_prefix('v').unwrap_or_default();
    let is_numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_numbered || OWN.contains(&name)
}

#[diagnostic::do_not_recommend]
impl<R, T: Field> Operand<R> for Parameter<T> {
    type Value = T;

    fn into_expr(self) -> Expr<R, T> {
        self.get()
    }
}

#[diagnostic::do_not_recommend]
impl<R, T: Field> Operand<R> for &Parameter<T> {
    type Value = T;

    fn into_expr(self) -> Expr<R, T> {
        self.get()
    }
}

impl<T> Clone for Parameter<T> {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), types: PhantomData }
    }
}

impl<T> fmt::Debug for Parameter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Parameter").field(&self.name).finish()
    }
}
