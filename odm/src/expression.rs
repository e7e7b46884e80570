//! Expressions: what the server computes from the fields of a document.
//!
//! Knows paths and values. Does not know filters, updates or pipelines.
//!
//! An expression begins with a field of the closure's argument, and has the Rust type that its
//! result decodes into. The same expressions serve filters ([`Operations::expr`]) and pipeline
//! updates ([`Stages::compute`]).
//!
//! ```
//! use odm::prelude::*;
//!
//! #[derive(Embedded)]
//! struct Shop { name: String, net: i64, tax: i64, total: i64, discount: Option<f64> }
//!
//! let wrong = Shop::expr(|s| (s.net() + s.tax()).gt(s.total()));
//! assert_eq!(
//!     wrong.as_document()?,
//!     doc! { "$expr": { "$gt": [{ "$add": ["$net", "$tax"] }, "$total"] } },
//! );
//! # Ok::<(), odm::Error>(())
//! ```
//!
//! # Types of results
//!
//! | operands | `+ - *`, sums | quotient |
//! | --- | --- | --- |
//! | integers | `i64` | `f64` |
//! | one is a float | `f64` | `f64` |
//! | one is a decimal | `Decimal128` | `Decimal128` |
//! | one is an `Option` | the same in an `Option`: null makes null | the same |
//!
//! The server computes in doubles beyond `i64`. A result that is stored is converted back. If it
//! does not fit, that is the server's error, and nothing is written. If only an intermediate value
//! is beyond `i64`, the result may lose its last digits.
//!
//! # Null
//!
//! An absent field is null to an expression. A field with a default and an entry of a map may be
//! null, too: [`if_null`](Choose::if_null) says what null stands for. To the server, null is less
//! than every value, so `gt` and `lt` do not compile for a value that may be null.
//!
//! [`Operations::expr`]: crate::Operations::expr
//! [`Stages::compute`]: crate::update::Stages::compute
//!
//! # Operators
//!
//! Each operator is found by its name with a `$`, and in the table of
//! [`guide::expressions`](crate::guide::expressions).
//!
//! Manual: [expressions](https://www.mongodb.com/docs/manual/meta/aggregation-quick-reference/#expressions).

mod arithmetic;
mod arrays;
mod bits;
mod choice;
mod code;
mod comparison;
mod conversion;
mod convertible;
mod dates;
#[cfg(feature = "rust_decimal")]
mod decimal;
mod exponents;
mod fits;
mod logic;
mod number;
mod numbers;
mod objects;
mod operand;
mod parameter;
mod patterns;
mod reading;
mod server;
mod statistics;
mod substrings;
mod text;
mod trigonometry;
mod variable;

pub use self::{
    arithmetic::{Arithmetic, Sum},
    arrays::{Alike, ArrayBuilders, ArrayParts, Arrays, ItemOf, ListOf, Sets, range, range_by},
    bits::Bits,
    choice::{Choose, When, cond, when},
    comparison::{Compare, Equals},
    conversion::{Conversion, Conversions},
    convertible::{Convertible, ConvertsTo},
    dates::{
        CalendarParts, DateArithmetic, DateFromParts, DateFromString, DateParts, DateTexts, Dated,
        Dates, Grid, IsoDateParts, IsoParts, Timed, Unit, Units, Weekday, Zoned,
        date_from_iso_parts, date_from_parts, now,
    },
    exponents::Exponents,
    fits::{Cast, Fits, Joins},
    logic::Truth,
    number::{Bounded, Exact, Floating, MeanOf, Number, Rank, RankOf, Whole, WholeNumber},
    numbers::Numbers,
    objects::{Entry, IsEntry, MapLike, Objects, OfBytes, OfFields},
    operand::{Expression, Operand},
    parameter::{Parameter, parameter},
    patterns::{Match, Patterns},
    server::{
        Internals, Stamped, cluster_time, geo_near_distance, geo_near_point, index_key, rand,
        rand_val, record_id, root, search_highlights, search_score, search_score_details,
        text_score, vector_search_score,
    },
    statistics::{
        Statistics, average_of, largest_of, smallest_of, std_dev_pop_of, std_dev_samp_of, total_of,
    },
    substrings::Substrings,
    text::{TextOperand, Texts, Textual},
    trigonometry::Trigonometry,
};
pub(crate) use self::{
    code::Code,
    reading::{column_path, element_path, stage_field},
    variable::Inside,
};

#[cfg(feature = "rust_decimal")]
pub use self::decimal::Decimals;

use std::{borrow::Cow, fmt, marker::PhantomData};

use mongodb::bson::Bson;

use crate::{error::Result, path::Field};

/// What the server computes from a row of `R`; it decodes into a `T`.
///
/// Made of fields, literals and other expressions by the methods of the traits of this module, and by
/// `+`, `-`, `*`, `&`, `|`, `!`; see the table of [`guide::expressions`](crate::guide::expressions).
#[must_use = "an expression does nothing by itself"]
pub struct Expr<R, T> {
    code: Result<Code>,
    settle: Option<Settle>,
    types: PhantomData<fn() -> (R, T)>,
}

/// What makes a result of its type where the server may give another one: sums beyond `i64` are
/// doubles, the sum of nothing is an integer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settle {
    operator: &'static str,
    /// How many arrays stand around the numbers.
    depth: u8,
}

impl Settle {
    /// The same for an array of such results.
    fn in_array(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    /// The same for an element of such an array.
    fn in_element(self) -> Option<Self> {
        self.depth.checked_sub(1).map(|depth| Self { depth, ..self })
    }
}

impl<R, T: Field> Expr<R, T> {
    /// An expression written by hand, of the type that is stated; nothing is checked.
    ///
    /// ```
    /// use odm::{expression::Expr, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Item { tags: Vec<String> }
    ///
    /// let filter = Item::expr(|_| Expr::<_, i32>::raw(doc! { "$size": "$tags" }).gt(2));
    /// assert_eq!(
    ///     filter.as_document()?,
    ///     doc! { "$expr": { "$gt": [{ "$size": "$tags" }, 2] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    pub fn raw(expression: impl Into<Bson>) -> Self {
        Self::new(Code::encoded(&expression.into()))
    }

    /// A value that is taken as it is. What the server could read as an expression is written with
    /// `$literal`.
    ///
    /// A literal of a field's type is an operand without this.
    ///
    /// ```
    /// use odm::{expression::Expr, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Item { price: String }
    ///
    /// assert_eq!(
    ///     Item::expr(|i| i.price().eq("$5")).as_document()?,
    ///     doc! { "$expr": { "$eq": ["$price", { "$literal": "$5" }] } },
    /// );
    /// assert_eq!(
    ///     Item::expr(|_| Expr::literal(&5).gt(2)).as_document()?,
    ///     doc! { "$expr": { "$gt": [5, 2] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$literal`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/literal/).
    #[doc(alias = "$literal")]
    pub fn literal(value: &T) -> Self {
        Self::new(Code::literal(value))
    }

    /// The expression as it is sent, for a pipeline that is written by hand. Its result decodes into
    /// a `T`.
    ///
    /// ```
    /// use odm::{expression::{Expr, now}, prelude::*};
    ///
    /// let year: Expr<(), i32> = now().year();
    /// assert_eq!(year.as_bson()?, doc! { "$year": "$$NOW" }.into());
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A mistake in the expression: a value that cannot be encoded, a position past the end of an
    /// array of fixed length, an argument out of range.
    pub fn as_bson(&self) -> Result<Bson> {
        self.clone().into_settled()?.to_bson()
    }

    pub(crate) fn new(code: Result<Code>) -> Self {
        Self { code, settle: None, types: PhantomData }
    }

    /// `{operator: operand}`
    fn unary<U>(operator: &'static str, operand: Expr<R, U>) -> Self {
        Self::new(operand.code.and_then(|code| Code::unary(operator, code)))
    }

    /// `{operator: [operands]}`
    fn list(operator: &'static str, operands: impl IntoIterator<Item = Result<Code>>) -> Self {
        Self::new(
            operands
                .into_iter()
                .collect::<Result<_>>()
                .and_then(|operands| Code::call(operator, operands)),
        )
    }

    /// `{operator: {name: argument, …}}`
    fn named(
        operator: &'static str,
        arguments: impl IntoIterator<Item = (&'static str, Result<Code>)>,
    ) -> Self {
        let arguments = arguments.into_iter().map(|(name, code)| Ok((Cow::Borrowed(name), code?)));
        Self::new(
            arguments
                .collect::<Result<Vec<_>>>()
                .and_then(Code::document)
                .and_then(|arguments| Code::unary(operator, arguments)),
        )
    }

    /// The result may need a conversion to be of the type.
    fn settling(mut self, settle: Option<Settle>) -> Self {
        self.settle = settle;
        self
    }

    /// The result is a number, which the operator makes one of the type.
    fn settled_by(self, operator: &'static str) -> Self {
        self.settling(Some(Settle { operator, depth: 0 }))
    }

    /// The same result under another type.
    fn cast<U>(self) -> Expr<R, U> {
        Expr { code: self.code, settle: self.settle, types: PhantomData }
    }

    /// The code of a result that is of the type, or the server's error.
    pub(crate) fn into_settled(self) -> Result<Code> {
        let settle = self.settle;
        self.code.and_then(|code| code.settled(settle))
    }

    /// The code of a result that a field of type `F` can hold, or the server's error.
    pub(crate) fn into_fitting<F>(self) -> Result<Code>
    where
        T: Fits<F>,
    {
        self.into_cast(T::CAST)
    }

    /// The code of a result that is made one of another type, or the server's error.
    pub(crate) fn into_cast(self, cast: Cast) -> Result<Code> {
        match cast.operator() {
            Some(operator) => self.code?.converted(operator),
            None => self.into_settled(),
        }
    }

    /// The same, as a condition.
    pub(crate) fn into_truth(self) -> Expr<R, bool>
    where
        T: Truth,
    {
        self.cast()
    }

    /// What already is of the type.
    pub(crate) fn of_code(code: Result<Code>) -> Self {
        Self::new(code)
    }

    pub(crate) fn into_code(self) -> Result<Code> {
        self.code
    }
}

impl<R, T> Clone for Expr<R, T> {
    fn clone(&self) -> Self {
        Self { code: self.code.clone(), settle: self.settle, types: PhantomData }
    }
}

impl<R, T> fmt::Debug for Expr<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code.as_ref().map(Code::to_bson) {
            Ok(Ok(value)) => write!(f, "Expr({value})"),
            Ok(Err(error)) => write!(f, "Expr({error})"),
            Err(error) => write!(f, "Expr({error})"),
        }
    }
}
