//! The handles that are not generated: leaves, arrays and maps.

use std::{fmt, marker::PhantomData, ops::Deref};

use super::{
    AnyElement, Defaulted, Each, Entry, EveryElement, Field, IntoKey, Mode, OneByOne, Path,
    Positional, Reached, Required, Spec, Step, Unreached, facts::Value, kind::Reachable,
};

/// A typed path.
pub trait Handle: Sized {
    /// Filter or update.
    type Mode: Mode;
    /// The model that the path starts at.
    type Root;
    /// The type of the value at the path.
    type Value;
    /// How the value is stored.
    type Spec: Spec;

    /// The handle for a path.
    #[doc(hidden)]
    fn from_path(path: Path) -> Self;

    /// The path in dot notation, with its array filters.
    fn as_path(&self) -> &Path;
}

/// The handle of a field without fields of its own.
pub struct Scalar<M, R, V, S = Required> {
    path: Path,
    types: PhantomData<fn() -> (M, R, V, S)>,
}

/// The handle of an array of `E`.
pub struct Array<M, R, V, E, S = Required> {
    path: Path,
    types: PhantomData<fn() -> (M, R, V, E, S)>,
}

/// The handle of a map from `K` to `E`.
pub struct Map<M, R, V, K, E, S = Required> {
    path: Path,
    types: PhantomData<fn() -> (M, R, V, K, E, S)>,
}

macro_rules! handle {
    ($($handle:ident [$($more:ident),*];)*) => {$(
        impl<M: Mode, R, V, $($more,)* S: Spec> Handle for $handle<M, R, V, $($more,)* S> {
            type Mode = M;
            type Root = R;
            type Value = V;
            type Spec = S;

            fn from_path(path: Path) -> Self {
                Self { path, types: PhantomData }
            }
            fn as_path(&self) -> &Path {
                &self.path
            }
        }

        impl<M, R, V, $($more,)* S> Clone for $handle<M, R, V, $($more,)* S> {
            fn clone(&self) -> Self {
                Self { path: self.path.clone(), types: PhantomData }
            }
        }

        impl<M, R, V, $($more,)* S> fmt::Debug for $handle<M, R, V, $($more,)* S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($handle)).field(&self.path.to_string()).finish()
            }
        }
    )*};
}

handle! {
    Scalar [];
    Array [E];
    Map [K, E];
}

/// The handle of one element of an array.
type ElementOf<M, R, E, S> = <E as Field>::Handle<M, R, E, <S as Spec>::Child<Required>>;

/// So that rustc finds the field of an element that is asked of the whole array, and says in our
/// words what is missing: no condition, update or expression takes the result.
impl<M: Mode, R, V, E: Field, S: Spec> Deref for Array<M, R, V, E, S> {
    type Target = ElementOf<Unreached, R, E, S>;

    fn deref(&self) -> &Self::Target {
        // Reached only by a program that does not use the result.
        Box::leak(Box::new(Handle::from_path(self.path.clone())))
    }
}

/// The same for the fields of an entry that are asked of the whole map.
impl<M: Mode, R, V, K, E: Field, S: Spec> Deref for Map<M, R, V, K, E, S> {
    type Target = ElementOf<Unreached, R, E, S>;

    fn deref(&self) -> &Self::Target {
        // Reached only by a program that does not use the result.
        Box::leak(Box::new(Handle::from_path(self.path.clone())))
    }
}

/// The handle of an element that a step leads to.
pub(crate) fn element<M: Mode, R, E: Field, S: Spec>(
    array: &Path,
    step: Step,
) -> ElementOf<M, R, E, S> {
    Handle::from_path(array.then(step, Value::of::<E, S::Child<Required>>()))
}

impl<M: Mode, R, V: Field, E: Field, S: Spec> Array<M, R, V, E, S> {
    /// The element at a position: `points.0`. An expression reads an `Option` (`$arrayElemAt`).
    ///
    /// An update through it asks in its filter that the element is there; past the end of the array
    /// it changes nothing.
    ///
    /// # Errors
    ///
    /// A position past the end of an array of fixed length, when the path is used.
    pub fn at(&self, index: usize) -> ElementOf<Entry<M, V, S>, R, E, S>
    where
        M: Reached,
    {
        let step = Step::Position { index, text: index.to_string() };
        element::<Entry<M, V, S>, R, E, S>(&self.path, step)
    }

    /// Every element: `points.$[]`. Updates and expressions only.
    ///
    /// An expression reads a `Vec`. An element that lacks the value is left out of it: positions in
    /// the result are not those of the array.
    #[doc(alias = "$[]")]
    pub fn each(&self) -> ElementOf<Each<M, V, S>, R, E, S>
    where
        M: EveryElement,
    {
        element::<Each<M, V, S>, R, E, S>(&self.path, Step::Each)
    }

    /// The first element that the filter matched: `points.$`. Updates only.
    ///
    /// # Errors
    ///
    /// When the update is used: its filter must have exactly one condition on an element of this
    /// array and of no other, joined by `&`; there is one `.matched()` in a path, and none in an
    /// upsert.
    #[doc(alias = "$")]
    pub fn matched(&self) -> ElementOf<M, R, E, S>
    where
        M: Positional,
    {
        element::<M, R, E, S>(&self.path, Step::Matched)
    }

    /// Any element: a condition on the result holds if it holds for one element. Filters only.
    ///
    /// A negative condition (`ne`, `nin`, `not`) is the opposite of a positive one: it holds if it
    /// holds for every element.
    pub fn any(&self) -> ElementOf<M, R, E, S>
    where
        M: AnyElement + OneByOne,
        E::Kind: Reachable<E>,
    {
        element::<M, R, E, S>(&self.path, Step::Any)
    }
}

impl<M: Mode, R, V: Field, K, E: Field, S: Spec> Map<M, R, V, K, E, S> {
    /// The entry of a key: `labels.colour`. The key is of the map's own key type, or text if that
    /// is text. An expression reads an `Option`.
    ///
    /// # Errors
    ///
    /// A key that is empty, begins with `$` or has a dot cannot be named by a path: using the
    /// result is an error before anything is sent.
    pub fn key(&self, key: impl IntoKey<K>) -> E::Handle<Entry<M, V, S>, R, E, S::Child<Defaulted>>
    where
        M: Reached,
    {
        let value = Value::of::<E, S::Child<Defaulted>>();
        Handle::from_path(self.path.then(Step::Key(key.into_key()), value))
    }
}
