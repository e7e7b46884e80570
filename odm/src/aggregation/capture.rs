//! Values of a row in a pipeline that is made for it.

use std::cell::Cell;

use crate::{
    error::Result,
    expression::{Code, Inside, Operand, Parameter, parameter},
};

/// What a pipeline needs of the row that it is made for: a tuple of up to four expressions.
#[diagnostic::on_unimplemented(
    message = "this does not say what the other pipeline needs of `{R}`",
    label = "this is a `{Self}`",
    note = "give a tuple of up to four expressions, as in `|o| (o.total(), o.city())`"
)]
pub trait Captures<R> {
    /// The same as [parameters](Parameter) of the pipeline's expressions.
    type Captured;

    #[doc(hidden)]
    fn capture<T>(self, make: impl FnOnce(Self::Captured) -> T) -> (Result<Code>, T);
}

macro_rules! tuple {
    ($($($name:ident $value:ident $index:literal)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<R, $($name: Operand<R>),*> Captures<R> for ($($name,)*) {
            type Captured = ($(Parameter<$name::Value>,)*);

            fn capture<T>(self, make: impl FnOnce(Self::Captured) -> T) -> (Result<Code>, T) {
                let (_inside, depth) = Inside::enter(&DEPTH);
                let name = |index| format!("row{depth}_{index}");
                let ($($value,)*) = self;
                let values = [$((name($index), $value.into_expr().into_settled())),*];
                let made = make(($(parameter(name($index)),)*));
                (variables(values), made)
            }
        }
    )*};
}

tuple! {
    A a 0;
    A a 0 B b 1;
    A a 0 B b 1 C c 2;
    A a 0 B b 1 C c 2 D d 3;
}

thread_local! {
    /// How many pipelines are being made, one in the other.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

fn variables<const N: usize>(values: [(String, Result<Code>); N]) -> Result<Code> {
    let values = values.into_iter().map(|(name, value)| Ok((name.into(), value?)));
    Code::document(values.collect::<Result<Vec<_>>>()?)
}
