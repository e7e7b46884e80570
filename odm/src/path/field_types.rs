//! The types of the standard library, of BSON and of other crates that fields can have.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque},
    hash::{BuildHasher, Hash},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    rc::Rc,
    sync::Arc,
    time::{Duration, SystemTime},
};

use mongodb::bson::{self, oid::ObjectId};

use crate::codec::MapKey;

use super::{Array, Field, Layers, Map, Maybe, Mode, Scalar, Spec, class, kind};

/// The class that is named, or the type's own.
macro_rules! class_of {
    () => { class::Own<Self> };
    ($class:ident) => { class::$class };
}

/// Fields that have nothing below them.
macro_rules! scalar {
    ($($rust:ty => $kind:ident $(of $class:ident)?;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Field for $rust {
            type Kind = kind::$kind;
            type Inner = Self;
            type Handle<M: Mode, R, V, S: Spec> = Scalar<M, R, V, S>;
            type Layer<W: Layers> = W;
            type Class = class_of!($($class)?);

            fn as_inner(&self) -> Option<&Self> {
                Some(self)
            }
        }
    )*};
}

scalar! {
    i8 => Integer of Number; i16 => Integer of Number; i32 => Integer of Number; i64 => Integer of Number; isize => Integer of Number;
    u8 => Integer of Number; u16 => Integer of Number; u32 => Integer of Number; u64 => Integer of Number; usize => Integer of Number;
    f32 => Float of Number; f64 => Float of Number;
    bool => Boolean;
    char => Text; String => Text of Text; Box<str> => Text of Text; Arc<str> => Text of Text; Rc<str> => Text of Text;
    Cow<'_, str> => Text of Text;
    IpAddr => Text; Ipv4Addr => Text; Ipv6Addr => Text;
    SystemTime => Date of Instant; bson::DateTime => Date of Instant; bson::Timestamp => Timestamp;
    bson::Decimal128 => Decimal of Number;
    bson::Binary => Binary; bson::Uuid => Binary of Uuid;
    bson::Regex => Other; bson::JavaScriptCodeWithScope => Other; bson::DbPointer => Other;
    bson::Document => Document; bson::RawDocumentBuf => Document;
    bson::Bson => Other; bson::RawBson => Other; bson::RawArrayBuf => Other;
    Duration => Document;
    () => Other;
}

#[cfg(feature = "chrono")]
scalar! {
    chrono::DateTime<chrono::Utc> => Date of Instant; chrono::DateTime<chrono::FixedOffset> => Date of Instant;
    chrono::NaiveDateTime => Date; chrono::NaiveDate => Date; chrono::NaiveTime => Other;
}

#[cfg(feature = "time")]
scalar! {
    time::OffsetDateTime => Date of Instant; time::PrimitiveDateTime => Date; time::Date => Date;
}

#[cfg(feature = "jiff")]
scalar! {
    jiff::Timestamp => Date of Instant; jiff::civil::DateTime => Date; jiff::civil::Date => Date;
}

#[cfg(feature = "uuid")]
scalar! { uuid::Uuid => Binary of Uuid; }

#[cfg(feature = "rust_decimal")]
scalar! { rust_decimal::Decimal => Decimal of Number; }

#[cfg(feature = "url")]
scalar! { url::Url => Text; }

#[diagnostic::do_not_recommend]
impl Field for ObjectId {
    type Kind = kind::Other;
    type Inner = Self;
    type Handle<M: Mode, R, V, S: Spec> = Scalar<M, R, V, S>;
    type Layer<W: Layers> = W;
    type Class = class::Own<Self>;

    fn as_inner(&self) -> Option<&Self> {
        Some(self)
    }

    fn generate() -> Option<Self> {
        Some(Self::new())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Field> Field for Option<T> {
    type Kind = T::Kind;
    type Inner = T::Inner;
    type Handle<M: Mode, R, V, S: Spec> = T::Handle<M, R, V, S>;
    type Layer<W: Layers> = Maybe<W>;
    type Class = T::Class;

    fn as_inner(&self) -> Option<&T::Inner> {
        self.as_ref().and_then(T::as_inner)
    }
}

macro_rules! pointer {
    ($($pointer:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Field> Field for $pointer<T> {
            type Kind = T::Kind;
            type Inner = T::Inner;
            type Handle<M: Mode, R, V, S: Spec> = T::Handle<M, R, V, S>;
            type Layer<W: Layers> = T::Layer<W>;
            type Class = T::Class;

            fn as_inner(&self) -> Option<&T::Inner> {
                T::as_inner(self)
            }
        }
    )*};
}

pointer! { Box Arc Rc }

macro_rules! array {
    ($($array:ty, [$($generics:tt)*];)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Field for $array {
            type Kind = kind::List<E>;
            type Inner = Self;
            type Handle<M: Mode, R, V, S: Spec> = Array<M, R, V, E, S>;
            type Layer<W: Layers> = W;
            type Class = class::Items<E::Class>;

            fn as_inner(&self) -> Option<&Self> {
                Some(self)
            }
        }
    )*};
}

array! {
    Vec<E>, [E: Field];
    VecDeque<E>, [E: Field];
    LinkedList<E>, [E: Field];
    BTreeSet<E>, [E: Field + Ord];
    HashSet<E, H>, [E: Field + Eq + Hash, H: BuildHasher + Default];
    Box<[E]>, [E: Field];
    Arc<[E]>, [E: Field];
}

macro_rules! map {
    ($($map:ty, [$($generics:tt)*];)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Field for $map {
            type Kind = kind::Dictionary<E>;
            type Inner = Self;
            type Handle<M: Mode, R, V, S: Spec> = Map<M, R, V, K, E, S>;
            type Layer<W: Layers> = W;
            type Class = class::Own<Self>;

            fn as_inner(&self) -> Option<&Self> {
                Some(self)
            }
        }
    )*};
}

map! {
    BTreeMap<K, E>, [K: MapKey + Ord, E: Field];
    HashMap<K, E, H>, [K: MapKey + Eq + Hash, E: Field, H: BuildHasher + Default];
}

#[diagnostic::do_not_recommend]
impl<E: Field, const N: usize> Field for [E; N] {
    type Kind = kind::FixedList<E>;
    type Inner = Self;
    type Handle<M: Mode, R, V, S: Spec> = Array<M, R, V, E, S>;
    type Layer<W: Layers> = W;
    type Class = class::Items<E::Class>;

    fn as_inner(&self) -> Option<&Self> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Field + Clone> Field for Cow<'_, T> {
    type Kind = T::Kind;
    type Inner = T::Inner;
    type Handle<M: Mode, R, V, S: Spec> = T::Handle<M, R, V, S>;
    type Layer<W: Layers> = T::Layer<W>;
    type Class = T::Class;

    fn as_inner(&self) -> Option<&T::Inner> {
        T::as_inner(self)
    }
}

macro_rules! tuple {
    ($(($($name:ident),*))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Field),*> Field for ($($name,)*) {
            type Kind = kind::Other;
            type Inner = Self;
            type Handle<Mo: Mode, R, V, S: Spec> = Scalar<Mo, R, V, S>;
            type Layer<W: Layers> = W;
            type Class = class::Own<Self>;

            fn as_inner(&self) -> Option<&Self> {
                Some(self)
            }
        }
    )*};
}

tuple! {
    (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H) (A, B, C, D, E, F, G, H, I) (A, B, C, D, E, F, G, H, I, J)
    (A, B, C, D, E, F, G, H, I, J, K) (A, B, C, D, E, F, G, H, I, J, K, L)
}
