//! Handles of fields and variants.

use crate::{
    codec::{Encode, Names},
    filter::Filter,
    path::{
        Facts, Field, Filtering, Handle, Part, Path, Scalar, Spec, Step, Stored, StoredBySerde,
        StoredMoment, StoredTruncated, Value,
    },
};

/// The handle of a field of type `T`, stored as `C` says, below one with the spec `S`.
pub type At<T, M, R, S, C> = <T as Field>::Handle<M, R, T, <S as Spec>::Child<C>>;

/// The handle of a `T` of its own. Generated code asks it for `T` and its encoding: for a type that
/// cannot be stored there is no handle, which is reported once, where asking `T` is one error each.
pub type Plain<T, C> = <T as Stored>::Handle<Filtering, (), T, C, <T as Field>::Kind>;

/// The same for a type that is stored by its serde implementation.
pub type BySerde<T, C> = <T as StoredBySerde>::Handle<C>;

/// The same for a date that is cut.
pub type ByTruncation<T, C> = <T as StoredTruncated>::Handle<C>;

/// The same for a time that odm keeps.
pub type ByUpkeep<T, C> = <T as StoredMoment>::Handle<C>;

/// The same for a type that is stored by functions for serde.
pub type ByFunctions<T, C> = Scalar<Filtering, (), T, C>;

/// The handle of a field with an encoding of its own, which paths do not go into.
pub type ScalarAt<T, M, R, S, C> = Scalar<M, R, T, <S as Spec>::Child<C>>;

/// The handle of a value whose elements stand among those of the document around it.
pub type Inlined<T, M, R, S> = <T as Field>::Handle<M, R, T, Part<S>>;

/// The handle of a field below `path`.
pub fn child<H: Handle<Value: Field>>(path: &Path, name: &'static str) -> H {
    child_with(path, name, H::Value::FACTS)
}

/// The same where the type has been asked for its facts.
pub fn child_with<H: Handle>(path: &Path, name: &'static str, facts: Facts) -> H {
    H::from_path(path.then(Step::Field(name), Value::with::<H::Spec>(facts)))
}

/// The handle of a field with an encoding of its own.
pub fn encoded<H: Handle>(path: &Path, name: &'static str) -> H {
    H::from_path(path.child(name))
}

/// The handle of a variant's data that no path goes into.
pub fn encoded_case<H: Handle>(path: &Path, name: &'static str) -> H {
    H::from_path(path.then(Step::Case(name), Value::default()))
}

/// The handle of a variant's data, stored under the variant's name.
pub fn case<H: Handle>(path: &Path, name: &'static str, facts: Facts) -> H {
    H::from_path(path.then(Step::Case(name), Value::with::<H::Spec>(facts)))
}

/// The handle of a value whose fields stand in the document around it: which part it is of the
/// names there.
pub fn flattened<H: Handle>(path: &Path, around: (&'static Names, usize), facts: Facts) -> H {
    let (names, part) = around;
    H::from_path(path.then(Step::Flattened { names, part }, Value::with::<H::Spec>(facts)))
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
pub fn has_field<R>(path: &Path, name: &'static str) -> Filter<R> {
    let handle = child::<Scalar<Filtering, R, ()>>(path, name);
    Filter::operator(&handle, "$exists", |out| true.encode(out))
}

/// `{path: {$type: "string", $nin: texts}}`.
pub fn is_other_text<R>(path: &Path, texts: &[&str]) -> Filter<R> {
    let handle = same::<Scalar<Filtering, R, String>>(path);
    let is_text = Filter::operator(&handle, "$type", |out| "string".encode(out));
    is_text & Filter::operator(&handle, "$nin", |out| texts.encode(out))
}
