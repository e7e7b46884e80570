//! Handles of fields and variants.

use std::marker::PhantomData;

use crate::{
    codec::Encode,
    filter::Filter,
    path::{Field, Filtering, Handle, Path, Required, Scalar, Spec},
};

/// The handle of a field of type `T`, stored as `C` says, below one with the spec `S`.
pub type At<T, M, R, S, C> = <T as Field>::Handle<M, R, T, <S as Spec>::Child<C>>;

/// `T` itself, as long as it can be stored.
pub type Own<T> = <<T as Field>::Handle<Filtering, (), T, Required> as Handle>::Value;

/// The handle of a field with an encoding of its own, which paths do not go into.
pub type ScalarAt<T, M, R, S, C> = Scalar<M, R, T, <S as Spec>::Child<C>>;

/// The handle of a value whose elements stand among those of the document around it.
pub type Inlined<T, M, R, S> = <T as Field>::Handle<M, R, T, Part<S>>;

/// The spec of elements that are no value of their own: a flattened field, the fields of a
/// variant. Paths go through it; as a whole it can be neither compared nor written.
#[derive(Clone, Copy, Debug)]
pub struct Part<S>(PhantomData<fn() -> S>);

impl<S: Spec> Spec for Part<S> {
    type Child<C: Spec> = S::Child<C>;
}

/// The handle of a field below `path`.
pub fn child<H: Handle>(path: &Path, name: &str) -> H {
    H::from_path(path.child(name))
}

/// The handle of what is stored at `path` itself.
pub fn same<H: Handle>(path: &Path) -> H {
    H::from_path(path.clone())
}

/// `{path: text}`.
pub fn is_text<R>(path: &Path, text: &str) -> Filter<R> {
    let handle = same::<Scalar<Filtering, R, String>>(path);
    Filter::equal(&handle, |out| text.encode(out))
}

/// `{path.name: {$exists: true}}`.
pub fn has_field<R>(path: &Path, name: &str) -> Filter<R> {
    let handle = child::<Scalar<Filtering, R, ()>>(path, name);
    Filter::operator(&handle, "$exists", |out| true.encode(out))
}
