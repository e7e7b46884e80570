//! Dates from text.

use std::{fmt, marker::PhantomData};

use mongodb::bson::DateTime;

use crate::{
    error::Result,
    path::{Field, Lift},
};

use super::super::{Code, Expr, Expression, Fits, Operand, TextOperand, Textual, text::ValueOf};

/// Dates from text.
pub trait DateTexts: Expression {
    /// The date that the text says (`$dateFromString`), by default in the form of ISO 8601; null
    /// makes null. What is no date is the server's error, or what
    /// [`on_error`](DateFromString::on_error) says. For null, use
    /// [`if_null`](super::super::Choose::if_null).
    ///
    /// ```
    /// use odm::{expression::now, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Row { day: String }
    ///
    /// let past = Row::expr(|r| {
    ///     let day = r.day().date_from_string().format("%d.%m.%Y").in_zone("Europe/Zurich");
    ///     day.on_error(now()).lt(now())
    /// });
    /// assert_eq!(
    ///     past.as_document()?,
    ///     doc! { "$expr": { "$lt": [
    ///         { "$dateFromString": {
    ///             "dateString": "$day",
    ///             "format": "%d.%m.%Y",
    ///             "timezone": "Europe/Zurich",
    ///             "onError": "$$NOW",
    ///         } },
    ///         "$$NOW",
    ///     ] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$dateFromString`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateFromString/).
    #[doc(alias = "$dateFromString")]
    fn date_from_string(&self) -> DateFromString<Self::Root, Lift<Self::Value, DateTime>>
    where
        <Self::Value as Field>::Class: Textual<Self::Value>,
    {
        DateFromString { arguments: vec![("dateString", self.expr().code)], types: PhantomData }
    }
}

impl<E: Expression> DateTexts for E {}

/// A date from text, which is an expression of type `V`.
#[must_use = "an expression does nothing by itself"]
pub struct DateFromString<R, V> {
    arguments: Vec<(&'static str, Result<Code>)>,
    types: PhantomData<fn() -> (R, V)>,
}

impl<R, V: Field> DateFromString<R, V> {
    /// The form of the text: `"%d.%m.%Y"`. One that the server does not have is its error; null makes
    /// null.
    pub fn format<F: TextOperand<R>>(self, format: F) -> DateFromString<R, Lift<ValueOf<F, R>, V>> {
        self.with("format", format.into_expr().code)
    }

    /// The time zone of the text; null makes null.
    pub fn in_zone<Z: TextOperand<R>>(self, zone: Z) -> DateFromString<R, Lift<ValueOf<Z, R>, V>> {
        self.with("timezone", zone.into_expr().code)
    }

    /// The date in place of a text that is no date.
    pub fn on_error<O>(self, date: O) -> Expr<R, V>
    where
        O: Operand<R>,
        O::Value: Fits<DateTime>,
    {
        self.with::<V>("onError", date.into_expr().into_fitting::<DateTime>()).expr()
    }

    /// Null in place of a text that is no date.
    pub fn on_error_null(self) -> Expr<R, Option<DateTime>> {
        self.with::<Option<DateTime>>("onError", Ok(Code::null())).expr()
    }

    fn with<U>(mut self, name: &'static str, argument: Result<Code>) -> DateFromString<R, U> {
        self.arguments.retain(|(other, _)| *other != name);
        self.arguments.push((name, argument));
        DateFromString { arguments: self.arguments, types: PhantomData }
    }
}

impl<R, V: Field> Expression for DateFromString<R, V> {
    type Root = R;
    type Value = V;

    fn expr(&self) -> Expr<R, V> {
        Expr::named("$dateFromString", self.arguments.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<R, V: Field> Operand<R> for DateFromString<R, V> {
    type Value = V;

    fn into_expr(self) -> Expr<R, V> {
        self.expr()
    }
}

impl<R, V> Clone for DateFromString<R, V> {
    fn clone(&self) -> Self {
        Self { arguments: self.arguments.clone(), types: PhantomData }
    }
}

impl<R, V> fmt::Debug for DateFromString<R, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DateFromString")
    }
}
