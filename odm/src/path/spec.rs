//! How a field is stored, and what may be done to it.

use std::marker::PhantomData;

use crate::codec::{DecodeError, Element, ElementType, Encoder, FieldCodec};

use super::{Field, Layers, Maybe};

/// How a field is stored: the fourth type of a handle.
pub trait Spec {
    /// The spec of a field below this one. Below a field that must not be written, nothing can be
    /// written.
    type Child<C: Spec>: Spec;

    /// Whether a document without the field can be read, whatever the field's type.
    #[doc(hidden)]
    const IS_DEFAULTED: bool = false;

    /// What stands around a value that is read: what may be absent is an `Option`.
    #[doc(hidden)]
    type Layer<W: Layers>: Layers;
}

/// A field that is always in the document.
#[derive(Clone, Copy, Debug)]
pub enum Required {}

/// A field that may be absent: it has a default, or it is an entry of a map.
#[derive(Clone, Copy, Debug)]
pub enum Defaulted {}

/// A field whose `None` is stored as null (`#[model(null)]`), and not left out.
#[derive(Clone, Copy, Debug)]
pub enum Nulled {}

/// The `_id`, which is written once.
#[derive(Clone, Copy, Debug)]
pub enum Identifier {}

/// A field that odm keeps: the version, the time of the insertion or of the last write.
#[derive(Clone, Copy, Debug)]
pub struct Kept<S = Required>(PhantomData<fn() -> S>);

/// A field with an encoding of its own (`with = "…"`, `#[model(serde)]`).
#[derive(Clone, Copy, Debug)]
pub struct Encoded<C, S = Required>(PhantomData<fn() -> (C, S)>);

/// Elements that are no value of their own: a flattened field, the fields of a variant. Paths go
/// through it; as a whole it cannot be compared or written.
#[derive(Clone, Copy, Debug)]
pub struct Part<S = Required>(PhantomData<fn() -> S>);

impl<P: Spec> Spec for Part<P> {
    type Child<C: Spec> = P::Child<C>;
    type Layer<W: Layers> = W;
}
#[diagnostic::do_not_recommend]
impl<S> Writable for Part<S> {}

impl Spec for Required {
    type Child<C: Spec> = C;
    type Layer<W: Layers> = W;
}
impl Spec for Defaulted {
    type Child<C: Spec> = C;
    const IS_DEFAULTED: bool = true;
    type Layer<W: Layers> = Maybe<W>;
}
impl Spec for Nulled {
    type Child<C: Spec> = C;
    type Layer<W: Layers> = W;
}
impl Spec for Identifier {
    type Child<C: Spec> = Identifier;
    type Layer<W: Layers> = W;
}
impl<S: Spec> Spec for Kept<S> {
    type Child<C: Spec> = S::Child<C>;
    const IS_DEFAULTED: bool = S::IS_DEFAULTED;
    type Layer<W: Layers> = S::Layer<W>;
}
impl<E, S: Spec> Spec for Encoded<E, S> {
    type Child<C: Spec> = S::Child<C>;
    const IS_DEFAULTED: bool = S::IS_DEFAULTED;
    type Layer<W: Layers> = S::Layer<W>;
}

macro_rules! natural {
    ($($spec:ty, $is_left_out:literal;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Field> FieldCodec<T> for $spec {
            #[inline]
            fn encode(value: &T, out: &mut Encoder) -> ElementType {
                value.encode(out)
            }
            #[inline]
            fn is_absent(value: &T) -> bool {
                $is_left_out && value.is_absent()
            }
            #[inline]
            fn decode(element: Element<'_>) -> Result<T, DecodeError> {
                T::decode(element)
            }
            #[inline]
            fn absent() -> Option<T> {
                T::absent()
            }
        }

        #[diagnostic::do_not_recommend]
        impl NaturallyStored for $spec {}
    )*};
}

natural! {
    Required, true;
    Nulled, false;
    Defaulted, false;
    Identifier, false;
}

#[diagnostic::do_not_recommend]
impl<T, S: FieldCodec<T>> FieldCodec<T> for Kept<S> {
    #[inline]
    fn encode(value: &T, out: &mut Encoder) -> ElementType {
        S::encode(value, out)
    }
    #[inline]
    fn is_absent(value: &T) -> bool {
        S::is_absent(value)
    }
    #[inline]
    fn decode(element: Element<'_>) -> Result<T, DecodeError> {
        S::decode(element)
    }
    #[inline]
    fn absent() -> Option<T> {
        S::absent()
    }
}

#[diagnostic::do_not_recommend]
impl<S: NaturallyStored> NaturallyStored for Kept<S> {}

#[diagnostic::do_not_recommend]
impl<T, C: FieldCodec<T>, S> FieldCodec<T> for Encoded<C, S> {
    #[inline]
    fn encode(value: &T, out: &mut Encoder) -> ElementType {
        C::encode(value, out)
    }
    #[inline]
    fn is_absent(value: &T) -> bool {
        C::is_absent(value)
    }
    #[inline]
    fn decode(element: Element<'_>) -> Result<T, DecodeError> {
        C::decode(element)
    }
    #[inline]
    fn absent() -> Option<T> {
        C::absent()
    }
}

/// Fields that an update may write.
#[diagnostic::on_unimplemented(
    message = "`_id` cannot be written: MongoDB keeps the `_id` of a document for its whole life",
    label = "this is the `_id`"
)]
pub trait Writable {}
#[diagnostic::do_not_recommend]
impl Writable for Required {}
#[diagnostic::do_not_recommend]
impl Writable for Nulled {}
#[diagnostic::do_not_recommend]
impl Writable for Defaulted {}
#[diagnostic::do_not_recommend]
impl<C, S: Writable> Writable for Encoded<C, S> {}
#[diagnostic::do_not_recommend]
impl<S> Writable for Kept<S> {}

/// Fields that are written by the user's values: all but those that odm keeps.
#[diagnostic::on_unimplemented(
    message = "odm writes this field itself: a version, `created_at` and `updated_at` are not set by hand",
    label = "kept by odm",
    note = "what must be written all the same is written with `.raw(…)`"
)]
pub trait SetByHand {}

macro_rules! set_by_hand {
    ($($spec:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl SetByHand for $spec {}
    )*};
}

set_by_hand! { Required, Defaulted, Nulled, Identifier }

#[diagnostic::do_not_recommend]
impl<S> SetByHand for Part<S> {}
#[diagnostic::do_not_recommend]
impl<C, S: SetByHand> SetByHand for Encoded<C, S> {}

/// Fields that an inserted document can be given: all that can be written, and the `_id`.
#[diagnostic::on_unimplemented(
    message = "this is not a value of its own: it cannot be written",
    label = "not a field"
)]
pub trait Insertable {}
#[diagnostic::do_not_recommend]
impl<S: Writable> Insertable for S {}
#[diagnostic::do_not_recommend]
impl Insertable for Identifier {}

/// Fields of type `V` that a document can be without.
#[diagnostic::on_unimplemented(
    message = "`$unset` and `$rename` take a field away, and this one, of type `{V}`, is required",
    label = "this field is required",
    note = "make it an `Option`, or give it a default with `#[model(default)]`"
)]
pub trait Absentable<V> {}
#[diagnostic::do_not_recommend]
impl<T> Absentable<Option<T>> for Required {}
#[diagnostic::do_not_recommend]
impl<T> Absentable<Option<T>> for Nulled {}
#[diagnostic::do_not_recommend]
impl<V> Absentable<V> for Defaulted {}
#[diagnostic::do_not_recommend]
impl<T, C> Absentable<Option<T>> for Encoded<C, Required> {}
#[diagnostic::do_not_recommend]
impl<T, C> Absentable<Option<T>> for Encoded<C, Nulled> {}
#[diagnostic::do_not_recommend]
impl<V, C> Absentable<V> for Encoded<C, Defaulted> {}

// A kept field is refused for another reason.
#[diagnostic::do_not_recommend]
impl<V, S> Absentable<V> for Kept<S> {}
#[diagnostic::do_not_recommend]
impl<V, C, S> Absentable<V> for Encoded<C, Kept<S>> {}

/// Fields stored as their type's natural BSON type.
#[diagnostic::on_unimplemented(
    message = "this operator needs to know what is stored, and this field has an encoding of its own",
    label = "not for a field with an encoding of its own",
    note = "fields with `with = \"…\"` or `#[model(serde)]` can be set and compared as a whole"
)]
pub trait NaturallyStored {}
#[diagnostic::do_not_recommend]
impl<S> NaturallyStored for Encoded<crate::codec::Truncated, S> {}
