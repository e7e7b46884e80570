//! References in expressions: equal to references to the same model, and to its `_id`.

use crate::{
    expression::Equals,
    model::Model,
    path::{Field, class},
};

#[diagnostic::do_not_recommend]
impl<A, B, M> Equals<class::Reference<M>, A, B> for class::Reference<M> {}

/// Both directions, one class after the other: an `_id` of any class would overlap with the one
/// above.
macro_rules! identifier {
    ($([$($generics:tt)*] $class:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<A, B, M, $($generics)*> Equals<class::Reference<M>, A, B> for $class
        where
            M: Model<Id: Field<Class = $class>>,
        {
        }

        #[diagnostic::do_not_recommend]
        impl<A, B, M, $($generics)*> Equals<$class, A, B> for class::Reference<M>
        where
            M: Model<Id: Field<Class = $class>>,
        {
        }
    )*};
}

identifier! {
    [] class::Number;
    [] class::Text;
    [] class::Instant;
    [] class::Uuid;
    [T] class::Own<T>;
}
