//! Parts of text, and where they are.

use crate::{
    error::{Error, Result},
    path::{Field, Lift, One, Present},
};

use super::{Code, Expr, Expression, Operand, TextOperand, Textual, WholeNumber, text::ValueOf};

/// Parts of text, by characters (code points) and by bytes of UTF-8.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Person { name: String, mail: String }
///
/// let found = Person::expr(|p| {
///     p.name().substring(0, 1).eq("A") & p.mail().replace_one("@", " at ").ne(p.mail())
/// });
/// assert_eq!(
///     found.as_document()?,
///     doc! { "$expr": { "$and": [
///         { "$eq": [{ "$substrCP": ["$name", 0, 1] }, "A"] },
///         { "$ne": [
///             { "$replaceOne": { "input": "$mail", "find": "@", "replacement": " at " } },
///             "$mail",
///         ] },
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// A place that is not found is null here, where the server says -1:
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Embedded)]
/// struct Person { mail: String }
///
/// let local = Person::expr(|p| p.mail().index_of("@").if_null(0).lt(64));
/// assert_eq!(
///     local.as_document()?,
///     doc! { "$expr": { "$lt": [
///         { "$ifNull": [
///             { "$let": {
///                 "vars": { "item": { "$indexOfCP": ["$mail", "@"] } },
///                 "in": { "$cond": [{ "$eq": ["$$item", -1] }, null, "$$item"] },
///             } },
///             0,
///         ] },
///         64,
///     ] } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
pub trait Substrings: Expression {
    /// `length` characters from the character `start` on, which counts from 0 (`$substrCP`); as many
    /// as there are.
    ///
    /// A start or a length below 0 or above `i32` is the server's error.
    ///
    /// Manual: [`$substrCP`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/substrCP/).
    #[doc(alias = "$substrCP")]
    fn substring<A, L>(&self, start: A, length: L) -> Expr<Self::Root, String>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
        A: Operand<Self::Root, Value: WholeNumber>,
        L: Operand<Self::Root, Value: WholeNumber>,
    {
        let (start, length) = (start.into_expr().code, length.into_expr().code);
        Expr::list("$substrCP", [self.expr().code, start, length])
    }

    /// `length` bytes from the byte `start` on, which counts from 0 (`$substrBytes`); with a
    /// negative length all of them.
    ///
    /// A start below 0, and a start or an end in the middle of a character, is the server's error.
    ///
    /// Manual: [`$substrBytes`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/substrBytes/).
    #[doc(alias = "$substrBytes")]
    #[doc(alias = "$substr")]
    fn substring_bytes<A, L>(&self, start: A, length: L) -> Expr<Self::Root, String>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        <Self::Value as Field>::Layer<One>: Present<Self::Value>,
        A: Operand<Self::Root, Value: WholeNumber>,
        L: Operand<Self::Root, Value: WholeNumber>,
    {
        let (start, length) = (start.into_expr().code, length.into_expr().code);
        Expr::list("$substrBytes", [self.expr().code, start, length])
    }

    /// The character at which `part` begins first, counted from 0 (`$indexOfCP`); null if it is not
    /// in the text, or if the text is null.
    ///
    /// Manual: [`$indexOfCP`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/indexOfCP/).
    #[doc(alias = "$indexOfCP")]
    fn index_of<O>(&self, part: O) -> Expr<Self::Root, Option<i32>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        O: TextOperand<Self::Root>,
        <O::Value as Field>::Layer<One>: Present<O::Value>,
    {
        found(Expr::list("$indexOfCP", [self.expr().code, part.into_expr().code]))
    }

    /// The same for a `part` that begins at the character `start` or behind, and ends at the
    /// character `end` or before (`$indexOfCP`). A start or an end below 0 is the server's error.
    ///
    /// Manual: [`$indexOfCP`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/indexOfCP/).
    #[doc(alias = "$indexOfCP")]
    fn index_of_between<O, A, B>(&self, part: O, start: A, end: B) -> Expr<Self::Root, Option<i32>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        O: TextOperand<Self::Root>,
        <O::Value as Field>::Layer<One>: Present<O::Value>,
        A: Operand<Self::Root, Value: WholeNumber>,
        B: Operand<Self::Root, Value: WholeNumber>,
    {
        let (start, end) = (start.into_expr().code, end.into_expr().code);
        found(Expr::list("$indexOfCP", [self.expr().code, part.into_expr().code, start, end]))
    }

    /// The byte at which `part` begins first, counted from 0 (`$indexOfBytes`); null if it is not in
    /// the text, or if the text is null.
    ///
    /// Manual: [`$indexOfBytes`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/indexOfBytes/).
    #[doc(alias = "$indexOfBytes")]
    fn byte_index_of<O>(&self, part: O) -> Expr<Self::Root, Option<i32>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        O: TextOperand<Self::Root>,
        <O::Value as Field>::Layer<One>: Present<O::Value>,
    {
        found(Expr::list("$indexOfBytes", [self.expr().code, part.into_expr().code]))
    }

    /// The same for a `part` that begins at the byte `start` or behind, and ends at the byte `end`
    /// or before (`$indexOfBytes`). A start or an end below 0 is the server's error.
    ///
    /// Manual: [`$indexOfBytes`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/indexOfBytes/).
    #[doc(alias = "$indexOfBytes")]
    fn byte_index_of_between<O, A, B>(
        &self,
        part: O,
        start: A,
        end: B,
    ) -> Expr<Self::Root, Option<i32>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        O: TextOperand<Self::Root>,
        <O::Value as Field>::Layer<One>: Present<O::Value>,
        A: Operand<Self::Root, Value: WholeNumber>,
        B: Operand<Self::Root, Value: WholeNumber>,
    {
        let (start, end) = (start.into_expr().code, end.into_expr().code);
        found(Expr::list("$indexOfBytes", [self.expr().code, part.into_expr().code, start, end]))
    }

    /// The text with `replacement` in place of the first `part` (`$replaceOne`); null makes null.
    ///
    /// Manual: [`$replaceOne`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/replaceOne/).
    #[doc(alias = "$replaceOne")]
    fn replace_one<O, N>(&self, part: O, replacement: N) -> Expr<Self::Root, Replaced<Self, O, N>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        O: TextOperand<Self::Root>,
        N: TextOperand<Self::Root>,
    {
        let (find, replacement) = (part.into_expr().code, replacement.into_expr().code);
        replaced("$replaceOne", [self.expr().code, find, replacement])
    }

    /// The text with `replacement` in place of every `part` (`$replaceAll`); null makes null.
    ///
    /// An empty `part` is not replaced: the server would put the replacement between the bytes of a
    /// character. So a `part` that is computed is asked for that first.
    ///
    /// # Errors
    ///
    /// A `part` that is an empty literal.
    ///
    /// Manual: [`$replaceAll`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/replaceAll/).
    #[doc(alias = "$replaceAll")]
    fn replace_all<O, N>(&self, part: O, replacement: N) -> Expr<Self::Root, Replaced<Self, O, N>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
        O: TextOperand<Self::Root>,
        N: TextOperand<Self::Root>,
    {
        let (part, replacement) = (part.into_expr().code, replacement.into_expr().code);
        Expr::new(all_replaced(self.expr().code, part, replacement))
    }
}

impl<E: Expression> Substrings for E {}

/// The type of a text with another part.
type Replaced<E, O, N> = Lift<
    <E as Expression>::Value,
    Lift<ValueOf<O, <E as Expression>::Root>, Lift<ValueOf<N, <E as Expression>::Root>, String>>,
>;

/// The place that is found, which the server says is -1 if there is none.
pub(super) fn found<R>(place: Expr<R, i32>) -> Expr<R, Option<i32>> {
    Expr::new(place.code.and_then(|place| {
        let item = || Code::field("$$item");
        let is_none = Code::call("$eq", vec![item()?, Code::encoded(&-1)?])?;
        let place_or_null = Code::call("$cond", vec![is_none, Code::null(), item()?])?;
        Code::let_in("item", place, place_or_null)
    }))
}

fn replaced<R, T: Field>(operator: &'static str, texts: [Result<Code>; 3]) -> Expr<R, T> {
    Expr::named(operator, ["input", "find", "replacement"].into_iter().zip(texts))
}

fn all_replaced(text: Result<Code>, part: Result<Code>, replacement: Result<Code>) -> Result<Code> {
    let (text, part, replacement) = (text?, part?, replacement?);
    let replace = |text, part, replacement| {
        let arguments = [("input", text), ("find", part), ("replacement", replacement)];
        Code::named("$replaceAll", arguments)
    };
    if part.is_text("") {
        return Err(Error::invalid("`$replaceAll` needs a text to replace"));
    }
    if part.is_literal() {
        return replace(text, part, replacement);
    }
    let named = |name| Code::field(&format!("$${name}"));
    let is_empty = Code::call("$eq", vec![named("part")?, Code::literal("")?])?;
    let replaced = replace(named("text")?, named("part")?, named("replacement")?)?;
    let body = Code::call("$cond", vec![is_empty, named("text")?, replaced])?;
    let variables = [("text", text), ("part", part), ("replacement", replacement)];
    let variables = variables.map(|(name, code)| (name.into(), code));
    Code::named("$let", [("vars", Code::document(variables)?), ("in", body)])
}
