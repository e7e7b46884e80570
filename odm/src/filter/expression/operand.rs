//! What an expression can be compared and computed with.

use std::sync::Arc;

use mongodb::bson::{DateTime, Decimal128, oid::ObjectId};

use crate::{
    codec::{ElementType, Encode},
    path::kind,
};

use super::Expression;

/// The result of an expression that is a number of any type.
#[derive(Debug)]
pub enum Number {}

/// Kinds of fields that expressions can hold; all numbers are of one class, because the server
/// compares them by value.
#[diagnostic::on_unimplemented(message = "an expression cannot hold a `{Self}`")]
pub trait Comparable {
    /// What such a field's value can be compared with.
    type Class;
}

macro_rules! class {
    ($($kind:ident => $class:ty;)*) => {$(
        impl Comparable for kind::$kind {
            type Class = $class;
        }
    )*};
}

class! {
    Integer => Number;
    Float => Number;
    Decimal => Number;
    Text => kind::Text;
    Boolean => kind::Boolean;
    Date => kind::Date;
    Day => kind::Date;
    Timestamp => kind::Timestamp;
    Binary => kind::Binary;
    Document => kind::Document;
    Geo => kind::Geo;
    Items => kind::Items;
    Pattern => kind::Pattern;
    Other => kind::Other;
}

impl<E> Comparable for kind::List<E> {
    type Class = Self;
}

impl<E> Comparable for kind::Dictionary<E> {
    type Class = kind::Document;
}

/// Classes that can be computed with.
#[diagnostic::on_unimplemented(
    message = "arithmetic needs numbers, and this expression is not one",
    label = "not a number"
)]
pub trait Arithmetic {}
impl Arithmetic for Number {}

/// The other side of a comparison or computation: an expression of the same class, or a literal.
#[diagnostic::on_unimplemented(
    message = "this does not compare with the other side of the expression",
    label = "a `{Self}`; fields are named with `.field()`"
)]
pub trait Operand<R, T> {
    /// The operand as an expression.
    #[doc(hidden)]
    fn into_expression(self) -> Expression<R, T>;
}

impl<R, T> Operand<R, T> for Expression<R, T> {
    fn into_expression(self) -> Self {
        self
    }
}

macro_rules! literal {
    ($class:ty: $($rust:ty),*) => {$(
        impl<R> Operand<R, $class> for $rust {
            fn into_expression(self) -> Expression<R, $class> {
                Expression::literal(&self)
            }
        }
    )*};
}

literal!(Number: i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, Decimal128);
literal!(kind::Text: &str, String, &String, Arc<str>);
literal!(kind::Boolean: bool);
literal!(kind::Date: DateTime);
literal!(kind::Other: ObjectId);

impl<R, T> Expression<R, T> {
    /// A value that is taken as it is: what the server could read as an expression is written with
    /// `$literal`.
    ///
    /// ```
    /// use odm::{filter::Expression, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Item { price: String, size: Size }
    ///
    /// #[derive(Embedded)]
    /// struct Size { h: i32, w: i32 }
    ///
    /// let item = Item::fields();
    /// assert_eq!(
    ///     Filter::expr(item.price().field().eq("$5")).as_document()?,
    ///     doc! { "$expr": { "$eq": ["$price", { "$literal": "$5" }] } },
    /// );
    /// let square = Expression::literal(&Size { h: 1, w: 1 });
    /// assert_eq!(
    ///     Filter::expr(item.size().field().eq(square)).as_document()?,
    ///     doc! { "$expr": { "$eq": ["$size", { "$literal": { "h": 1, "w": 1 } }] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$literal`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/literal/).
    #[doc(alias = "$literal")]
    pub fn literal<V: Encode + ?Sized>(value: &V) -> Self {
        let plain = Self::made(|out| value.encode(out));
        match &plain.value {
            Ok(bytes) if is_readable(plain.kind, bytes) => Self::made(|out| {
                out.document(|out| out.field("$literal", value));
                ElementType::EmbeddedDocument
            }),
            _ => plain,
        }
    }
}

/// Whether the server would read the value as an expression.
fn is_readable(kind: ElementType, value: &[u8]) -> bool {
    match kind {
        ElementType::String => value.get(4) == Some(&b'$'),
        ElementType::EmbeddedDocument | ElementType::Array => true,
        _ => false,
    }
}
