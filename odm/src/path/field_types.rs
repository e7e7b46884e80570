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

use super::{Array, Field, Map, Mode, Scalar, Spec, kind};

/// Fields that have nothing below them.
macro_rules! scalar {
    ($($rust:ty => $kind:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Field for $rust {
            type Kind = kind::$kind;
            type Inner = Self;
            type Handle<M: Mode, R, V, S: Spec> = Scalar<M, R, V, S>;

            fn as_inner(&self) -> Option<&Self> {
                Some(self)
            }
        }
    )*};
}

scalar! {
    i8 => Integer; i16 => Integer; i32 => Integer; i64 => Integer; isize => Integer;
    u8 => Integer; u16 => Integer; u32 => Integer; u64 => Integer; usize => Integer;
    f32 => Float; f64 => Float;
    bool => Boolean;
    char => Text; String => Text; Box<str> => Text; Arc<str> => Text; Rc<str> => Text;
    Cow<'_, str> => Text;
    IpAddr => Text; Ipv4Addr => Text; Ipv6Addr => Text;
    SystemTime => Date; bson::DateTime => Date; bson::Timestamp => Timestamp;
    bson::Decimal128 => Decimal;
    bson::Binary => Binary; bson::Uuid => Binary;
    bson::Regex => Pattern; bson::JavaScriptCodeWithScope => Other; bson::DbPointer => Other;
    bson::Document => Document; bson::RawDocumentBuf => Document;
    bson::Bson => Other; bson::RawBson => Other; bson::RawArrayBuf => Items;
    Duration => Document;
    () => Other;
}

#[cfg(feature = "chrono")]
scalar! {
    chrono::DateTime<chrono::Utc> => Date; chrono::DateTime<chrono::FixedOffset> => Date;
    chrono::NaiveDateTime => Date; chrono::NaiveDate => Date; chrono::NaiveTime => Other;
}

#[cfg(feature = "time")]
scalar! {
    time::OffsetDateTime => Date; time::PrimitiveDateTime => Date; time::Date => Date;
}

#[cfg(feature = "jiff")]
scalar! {
    jiff::Timestamp => Date; jiff::civil::DateTime => Date; jiff::civil::Date => Date;
}

#[cfg(feature = "uuid")]
scalar! { uuid::Uuid => Binary; }

#[cfg(feature = "rust_decimal")]
scalar! { rust_decimal::Decimal => Decimal; }

#[cfg(feature = "url")]
scalar! { url::Url => Text; }

#[diagnostic::do_not_recommend]
impl Field for ObjectId {
    type Kind = kind::Other;
    type Inner = Self;
    type Handle<M: Mode, R, V, S: Spec> = Scalar<M, R, V, S>;

    fn as_inner(&self) -> Option<&Self> {
        Some(self)
    }

    fn generate() -> Option<Self> {
        Some(Self::new())
    }
}

impl<T: Field> Field for Option<T> {
    type Kind = T::Kind;
    type Inner = T::Inner;
    type Handle<M: Mode, R, V, S: Spec> = T::Handle<M, R, V, S>;

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

            fn as_inner(&self) -> Option<&Self> {
                Some(self)
            }
        }
    };
}

map! { BTreeMap<K, E>, [K: OrderedKey, E: Field] }
map! { HashMap<K, E, H>, [K: HashedKey, E: Field, H: BuildHasher + Default] }

impl<E: Field, const N: usize> Field for [E; N] {
    type Kind = kind::FixedList<E>;
    type Inner = Self;
    type Handle<M: Mode, R, V, S: Spec> = Array<M, R, V, E, S>;

    fn as_inner(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<T: Field + Clone> Field for Cow<'_, T> {
    type Kind = T::Kind;
    type Inner = T::Inner;
    type Handle<M: Mode, R, V, S: Spec> = T::Handle<M, R, V, S>;

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
