//! The types of the standard library, of BSON and of other crates that fields can have.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque},
    hash::{BuildHasher, Hash},
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    num::NonZero,
    path::PathBuf,
    rc::Rc,
    sync::Arc,
    time::{Duration, SystemTime},
};

use mongodb::bson::{self, oid::ObjectId};

use crate::codec::MapKey;

use super::{Array, Facts, Field, Layers, Map, Maybe, Mode, Scalar, Spec, class, kind};

/// The class that is named, or the type's own.
macro_rules! class_of {
    () => { class::Own<Self> };
    ($class:ident) => { class::$class };
}

/// Fields that have nothing below them, with what else their types say.
macro_rules! scalar {
    ($($rust:ty => $kind:ident $(of $class:ident)? $({ $($more:tt)* })?;)*) => {$(
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

            $($($more)*)?
        }
    )*};
}

/// Whole numbers, each with its range; what is above `i64` cannot be stored.
macro_rules! integer {
    ($($rust:ty)*) => {
        scalar! {$(
            $rust => Integer of Number {
                const FACTS: Facts = {
                    let stored = (i64::MAX as i128, <$rust>::MAX as i128);
                    let most = if stored.0 < stored.1 { stored.0 } else { stored.1 };
                    Facts::of::<Self>().with_range(<$rust>::MIN as i128, most)
                };
            };
        )*}
    };
}

/// Fields that have nothing below them, whose values are of one BSON type and have an order.
macro_rules! uniform {
    ($($rust:ty => $kind:ident $(of $class:ident)?;)*) => {
        scalar! {$(
            $rust => $kind $(of $class)? {
                const FACTS: Facts = Facts::of::<Self>().uniform();
            };
        )*}
    };
}

integer! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

uniform! {
    NonZero<i8> => Number of Number; NonZero<i16> => Number of Number; NonZero<i32> => Number of Number;
    NonZero<i64> => Number of Number; NonZero<isize> => Number of Number;
    NonZero<u8> => Number of Number; NonZero<u16> => Number of Number; NonZero<u32> => Number of Number;
    NonZero<u64> => Number of Number; NonZero<usize> => Number of Number;
    bool => Boolean;
    char => Text; String => Text of Text; Box<str> => Text of Text; Arc<str> => Text of Text;
    Rc<str> => Text of Text;
    Cow<'_, str> => Text of Text;
    IpAddr => Text; Ipv4Addr => Text; Ipv6Addr => Text;
    SocketAddr => Text; SocketAddrV4 => Text; SocketAddrV6 => Text;
    PathBuf => Text;
    SystemTime => Date of Instant; bson::DateTime => Date of Instant; bson::Timestamp => Timestamp;
    bson::Binary => Binary; bson::Uuid => Binary of Uuid;
}

scalar! {
    f32 => Float of Number; f64 => Float of Number;
    // Whole numbers that are stored as decimals.
    i128 => Decimal of Number; u128 => Decimal of Number;
    bson::Decimal128 => Decimal of Number;
    bson::Regex => Pattern; bson::JavaScriptCodeWithScope => Other; bson::DbPointer => Other;
    bson::Document => Document; bson::RawDocumentBuf => Document;
    bson::Bson => Other; bson::RawBson => Other; bson::RawArrayBuf => Items;
    Duration => Document;
    () => Other;
}

#[cfg(feature = "chrono")]
uniform! {
    chrono::DateTime<chrono::Utc> => Date of Instant;
    chrono::DateTime<chrono::FixedOffset> => Date of Instant;
    chrono::NaiveDateTime => Date; chrono::NaiveDate => Day;
}

#[cfg(feature = "chrono")]
scalar! { chrono::NaiveTime => Other; chrono::TimeDelta => Other; }

#[cfg(feature = "time")]
uniform! {
    time::OffsetDateTime => Date of Instant; time::PrimitiveDateTime => Date; time::Date => Day;
}

#[cfg(feature = "jiff")]
uniform! {
    jiff::Timestamp => Date of Instant; jiff::civil::DateTime => Date; jiff::civil::Date => Day;
}

#[cfg(feature = "uuid")]
uniform! { uuid::Uuid => Binary of Uuid; }

#[cfg(feature = "rust_decimal")]
scalar! { rust_decimal::Decimal => Decimal of Number; }

#[cfg(feature = "url")]
uniform! { url::Url => Text; }

#[cfg(feature = "serde_json")]
scalar! { serde_json::Value => Other; }

#[diagnostic::do_not_recommend]
impl<T: ?Sized> Field for PhantomData<T> {
    type Kind = kind::Other;
    type Inner = Self;
    type Handle<M: Mode, R, V, S: Spec> = Scalar<M, R, V, S>;
    type Layer<W: Layers> = W;
    type Class = class::Own<Self>;

    fn as_inner(&self) -> Option<&Self> {
        Some(self)
    }
}

scalar! {
    ObjectId => Other {
            const FACTS: Facts = Facts::of::<Self>().uniform();
        fn generate() -> Option<Self> {
            Some(Self::new())
        }
    };
}

impl<T: Field> Field for Option<T> {
    type Kind = T::Kind;
    type Inner = T::Inner;
    type Handle<M: Mode, R, V, S: Spec> = T::Handle<M, R, V, S>;
    type Layer<W: Layers> = Maybe<W>;
    type Class = T::Class;

    const FACTS: Facts = T::FACTS.nullable();

    fn as_inner(&self) -> Option<&T::Inner> {
        self.as_ref().and_then(T::as_inner)
    }
}

macro_rules! pointer {
    ($($pointer:ident)*) => {$(
        impl<T: Field> Field for $pointer<T> {
            type Kind = T::Kind;
            type Inner = T::Inner;
            type Handle<M: Mode, R, V, S: Spec> = T::Handle<M, R, V, S>;
            type Layer<W: Layers> = T::Layer<W>;
            type Class = T::Class;

            const FACTS: Facts = T::FACTS;

            fn as_inner(&self) -> Option<&T::Inner> {
                T::as_inner(self)
            }
        }
    )*};
}

pointer! { Box Arc Rc }

macro_rules! array {
    ($($array:ty, [$($generics:tt)*];)*) => {$(
        impl<$($generics)*> Field for $array {
            type Kind = kind::List<E>;
            type Inner = Self;
            type Handle<M: Mode, R, V, S: Spec> = Array<M, R, V, E, S>;
            type Layer<W: Layers> = W;
            type Class = class::Items<E::Class>;

            const FACTS: Facts = Facts::of::<Self>().list();

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

macro_rules! key {
    ($($key:ident, $map:literal, [$($bound:tt)*];)*) => {$(
        #[doc = concat!("A type that can be the key of a stored `", $map, "`.")]
        #[diagnostic::on_unimplemented(
            message = "`{Self}` cannot be the key of a stored map",
            label = "not a key",
            note = "a key is text, or an enum of unit variants or a newtype with `#[model(map_key)]` that derives `Embedded`"
        )]
        pub trait $key: MapKey + $($bound)* {}
        #[diagnostic::do_not_recommend]
        impl<K: MapKey + $($bound)*> $key for K {}
    )*};
}

key! {
    OrderedKey, "BTreeMap", [Ord];
    HashedKey, "HashMap", [Eq + Hash];
}

// One invocation a map: an error shows the whole of it.
macro_rules! map {
    ($map:ty, [$($generics:tt)*]) => {
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
    };
}

map! { BTreeMap<K, E>, [K: OrderedKey, E: Field] }
map! { HashMap<K, E, H>, [K: HashedKey, E: Field, H: BuildHasher + Default] }

#[cfg(feature = "serde_json")]
#[diagnostic::do_not_recommend]
impl Field for serde_json::Map<String, serde_json::Value> {
    type Kind = kind::Dictionary<serde_json::Value>;
    type Inner = Self;
    type Handle<M: Mode, R, V, S: Spec> = Map<M, R, V, String, serde_json::Value, S>;
    type Layer<W: Layers> = W;
    type Class = class::Own<Self>;

    fn as_inner(&self) -> Option<&Self> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Field, const N: usize> Field for [E; N] {
    type Kind = kind::FixedList<E>;
    type Inner = Self;
    type Handle<M: Mode, R, V, S: Spec> = Array<M, R, V, E, S>;
    type Layer<W: Layers> = W;
    type Class = class::Items<E::Class>;

    const FACTS: Facts = Facts::of::<Self>().with_length(N);

    fn as_inner(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<T: Field + Clone> Field for Cow<'_, T> {
    type Kind = T::Kind;
    type Inner = T::Inner;
    type Handle<M: Mode, R, V, S: Spec> = T::Handle<M, R, V, S>;
    type Layer<W: Layers> = T::Layer<W>;
    type Class = T::Class;

    const FACTS: Facts = T::FACTS;

    fn as_inner(&self) -> Option<&T::Inner> {
        T::as_inner(self)
    }
}

macro_rules! tuple {
    ($(($($name:ident),*))*) => {$(
        impl<$($name: Field),*> Field for ($($name,)*) {
            type Kind = kind::Items;
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
