//! What an expression is made of: fields, other expressions and literals.

use crate::path::{
    Array, Field, Layers, Map, NaturallyStored, Read, ReadHandle, Reading, Scalar, Spec,
};

use super::{Code, Expr, reading};

/// What can be computed with: the fields of an expression's closure, and [`Expr`].
#[diagnostic::on_unimplemented(
    message = "this is not an expression",
    label = "a `{Self}`",
    note = "an expression begins with a field of the closure's argument, as in `Shop::expr(|s| s.net().gt(5))`"
)]
pub trait Expression {
    /// The row that it is over.
    type Root;
    /// The type that the result decodes into.
    type Value: Field;

    /// The expression itself.
    fn expr(&self) -> Expr<Self::Root, Self::Value>;
}

impl<H: ReadHandle> Expression for H {
    type Root = H::Root;
    type Value = H::Read;

    fn expr(&self) -> Expr<H::Root, H::Read> {
        Expr::new(reading::read(self.as_path()))
    }
}

impl<R, T: Field> Expression for Expr<R, T> {
    type Root = R;
    type Value = T;

    fn expr(&self) -> Self {
        self.clone()
    }
}

/// What may stand in an expression over `R`: an expression, or a literal of a type that a field can
/// have. Text may be given as `&str`.
#[diagnostic::on_unimplemented(
    message = "this cannot stand in an expression over `{R}`",
    label = "this is a `{Self}`",
    note = "use a field of the closure's own argument, an expression made of such fields, or a literal"
)]
pub trait Operand<R> {
    /// The type that it decodes into.
    type Value: Field;

    /// The operand as an expression.
    #[doc(hidden)]
    fn into_expr(self) -> Expr<R, Self::Value>;
}

#[diagnostic::do_not_recommend]
impl<R, T: Field> Operand<R> for T {
    type Value = T;
    fn into_expr(self) -> Expr<R, T> {
        Expr::literal(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<R, T: Field> Operand<R> for Expr<R, T> {
    type Value = T;
    fn into_expr(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<R, T: Field> Operand<R> for &Expr<R, T> {
    type Value = T;
    fn into_expr(self) -> Expr<R, T> {
        self.clone()
    }
}

macro_rules! handle {
    ($($handle:ident [$($more:ident),*];)*) => {$(
        handle! { @one [$($more),*] $handle<Reading<W>, R, V, $($more,)* S> }
        handle! { @one [$($more),*] &$handle<Reading<W>, R, V, $($more,)* S> }
    )*};
    (@one [$($more:ident),*] $handle:ty) => {
        #[diagnostic::do_not_recommend]
        impl<W, R, V, $($more,)* S> Operand<R> for $handle
        where
            W: Layers,
            V: Field,
            S: Spec + NaturallyStored,
        {
            type Value = Read<W, V, S>;
            fn into_expr(self) -> Expr<R, Self::Value> {
                Expression::expr(&self.clone())
            }
        }
    };
}

handle! {
    Scalar [];
    Array [E];
    Map [K, E];
}

/// Text that a literal is borrowed from.
macro_rules! text {
    ($($text:ty => $value:ty, $literal:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<R> Operand<R> for $text {
            type Value = $value;
            fn into_expr(self) -> Expr<R, $value> {
                let literal: fn(Self) -> Expr<R, $value> = $literal;
                literal(self)
            }
        }
    )*};
}

text! {
    &str => String, |text| Expr::new(Code::literal(text));
    &String => String, |text| Expr::new(Code::literal(text));
    Option<&str> => Option<String>, |text| Expr::new(text.map_or_else(|| Ok(Code::null()), Code::literal));
}
