//! The models whose documents a find reads besides its own.

use crate::{
    error::Result,
    executor::{ReadExecutor, Target},
    model::Model,
};

use super::{Loaded, load::Found};

/// The models of a [`FindWith`](super::FindWith), as a tuple: one for each `.with(…)`.
pub trait Loads {
    /// A result of the find, and a [`Loaded`] for each model after it.
    type After<D>;

    /// With a model more, if there is [`Room`].
    type With<T: Model>: Loads;

    #[doc(hidden)]
    fn after<D>(result: D, found: Vec<Loading>) -> Result<Self::After<D>>;
}

/// Models to which one more can be added.
#[diagnostic::on_unimplemented(
    message = "a find reads the references of at most 6 paths",
    label = "the seventh `.with(…)`",
    note = "read what the others name with `odm::load(…)`"
)]
pub trait Room {}

/// Models whose documents can be read on an `E`.
#[diagnostic::on_unimplemented(
    message = "several collections are read, and a `{E}` is not where all of them are",
    label = "not a database, a session or a transaction",
    note = "give it a `&Database`, a `&Session` or a `&Transaction`, or use `odm::load(…)`"
)]
pub trait LoadsOn<E>: Loads {
    #[doc(hidden)]
    fn targets(executor: &E) -> Vec<Target>;
}

/// What was read for one path.
#[doc(hidden)]
#[allow(missing_debug_implementations)]
pub struct Loading(pub(super) Found);

/// The tuples, each of one model more than the one before.
macro_rules! loads {
    ([$($model:ident)*]) => {
        loads! { @one [$($model)*] ($($model,)*) }
    };
    ([$($model:ident)*] $next:ident $($rest:ident)*) => {
        loads! { @one [$($model)*] ($($model,)* Next,) }

        #[diagnostic::do_not_recommend]
        impl<$($model: Model),*> Room for ($($model,)*) {}

        loads! { [$($model)* $next] $($rest)* }
    };
    (@one [$($model:ident)*] $with:ty) => {
        impl<$($model: Model),*> Loads for ($($model,)*) {
            type After<Rows> = (Rows, $(Loaded<$model>,)*);
            type With<Next: Model> = $with;

            #[allow(unused_variables, unused_mut)]
            fn after<Rows>(result: Rows, found: Vec<Loading>) -> Result<Self::After<Rows>> {
                let mut found = found.into_iter().map(|loading| loading.0);
                Ok((result, $(loaded::<$model>(found.next())?,)*))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<Ex, $($model: Model),*> LoadsOn<Ex> for ($($model,)*)
        where
            $(Ex: ReadExecutor<$model>,)*
        {
            #[allow(unused_variables)]
            fn targets(executor: &Ex) -> Vec<Target> {
                vec![$(ReadExecutor::<$model>::target(executor)),*]
            }
        }
    };
}

loads! { [] A B C D E F }

fn loaded<M: Model>(found: Option<Found>) -> Result<Loaded<M>> {
    found.map_or_else(|| Ok(Loaded::default()), Found::into_loaded)
}
