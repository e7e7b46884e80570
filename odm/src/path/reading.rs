//! The third mode of a path: reading a value in an expression.
//!
//! A path of [`Reading<W>`] carries what stands around the value: nothing ([`One`]), an `Option`
//! ([`Maybe`]) or a `Vec` ([`Many`]), nested. So the type of what the server gives is known.

use std::marker::PhantomData;

use super::{Field, Handle, NaturallyStored, Path, Spec};

/// Paths of expressions; `W` is what stands around the value.
#[derive(Clone, Copy, Debug)]
pub struct Reading<W = One>(PhantomData<fn() -> W>);

/// Nothing stands around the value: it is read as it is.
#[derive(Clone, Copy, Debug)]
pub enum One {}

/// The value is one of many: a `Vec` is read.
#[derive(Clone, Copy, Debug)]
pub struct Many<W = One>(PhantomData<fn() -> W>);

/// The value may be absent: an `Option` is read.
#[derive(Clone, Copy, Debug)]
pub struct Maybe<W = One>(PhantomData<fn() -> W>);

/// What stands around a value that is read: [`One`], [`Many`] or [`Maybe`].
pub trait Layers {
    /// The type that is read where the field is a `T`.
    type Of<T: Field>: Field;
    /// Whether the value itself may be null: the outermost layer is an `Option`.
    #[doc(hidden)]
    const MAY_BE_NULL: bool;
}

impl Layers for One {
    type Of<T: Field> = T;
    const MAY_BE_NULL: bool = false;
}
impl<W: Layers> Layers for Many<W> {
    type Of<T: Field> = W::Of<Vec<T>>;
    const MAY_BE_NULL: bool = W::MAY_BE_NULL;
}
impl<W: Layers> Layers for Maybe<W> {
    type Of<T: Field> = W::Of<Option<T::Inner>>;
    const MAY_BE_NULL: bool = true;
}

/// The type that is read at a path of `Reading<W>` to a field of type `V` with the spec `S`.
pub type Read<W, V, S> = <<S as Spec>::Layer<W> as Layers>::Of<V>;

/// A `T`, in an `Option` if `V` is one; never in two.
pub type Lift<V, T> = <<V as Field>::Layer<One> as Layers>::Of<T>;

/// The root handle of `T` for expressions.
pub type ReadingFields<T> = super::Fields<T, Reading>;

/// The root handle of `T` for expressions.
pub(crate) fn reading_root<T: Field>() -> ReadingFields<T> {
    Handle::from_path(Path::root())
}

/// Paths of expressions to values that can be read whole.
pub trait ReadHandle: Handle<Value: Field, Spec: NaturallyStored> {
    /// The type that is read.
    type Read: Field;
}

impl<H, W> ReadHandle for H
where
    W: Layers,
    H: Handle<Mode = Reading<W>, Value: Field, Spec: NaturallyStored>,
{
    type Read = Read<W, H::Value, H::Spec>;
}

/// Layers of values that are never null or absent.
#[diagnostic::on_unimplemented(
    message = "this may be null or absent, and a value that is always there is needed",
    label = "a `{V}`",
    note = "say what null stands for with `.if_null(…)`: to the server, null is less than every value"
)]
pub trait Present<V> {}
#[diagnostic::do_not_recommend]
impl<V> Present<V> for One {}

/// What values are equal to: the server compares numbers across their types, and so do we.
pub mod class {
    use std::marker::PhantomData;

    /// Any number.
    #[derive(Debug)]
    pub enum Number {}
    /// Text that is not an enum of the user's.
    #[derive(Debug)]
    pub enum Text {}
    /// A point in time.
    #[derive(Debug)]
    pub enum Instant {}
    /// A UUID.
    #[derive(Debug)]
    pub enum Uuid {}
    /// References to documents of the model `M`, and its `_id`.
    #[derive(Debug)]
    pub struct Reference<M>(PhantomData<fn(&M)>);
    /// Arrays of what is of class `C`.
    #[derive(Debug)]
    pub struct Items<C>(PhantomData<fn() -> C>);
    /// Only values of the type itself.
    #[derive(Debug)]
    pub struct Own<T: ?Sized>(PhantomData<fn(&T)>);
}
