//! What the promise is tested with: a model, changes of its fields, conditions on its documents.

use odm::{
    bson::{Uuid, oid::ObjectId},
    prelude::*,
    update::{Filtered, Update},
};
use tests::Random;

use super::any::Any;

pub(super) type Ready<M> = Update<M, Filtered>;

/// A model with what can be done to it.
pub(super) trait Subject:
    Model<Id: Number> + Any + Clone + PartialEq + Send + 'static
{
    /// Operators, each at a path.
    fn changes() -> Vec<Change<Self>>;

    /// Conditions for filters.
    fn conditions() -> Vec<fn(&mut Random) -> Filter<Self>>;

    /// The condition that names one document.
    fn is(id: &Self::Id) -> Filter<Self>;

    fn with_id(self, id: Self::Id) -> Self;
}

/// One operator at one path, with random values.
pub(super) struct Change<M> {
    pub(super) operator: &'static str,
    pub(super) path: &'static str,
    pub(super) apply: fn(Ready<M>, &mut Random) -> Ready<M>,
}

/// Types of `_id`s that can be counted.
pub(super) trait Number: Clone + Send + Sync {
    fn number(number: u32) -> Self;
}

impl Number for i64 {
    fn number(number: u32) -> Self {
        Self::from(number)
    }
}

impl Number for String {
    fn number(number: u32) -> Self {
        number.to_string()
    }
}

impl Number for uuid::Uuid {
    fn number(number: u32) -> Self {
        Self::from_u128(number.into())
    }
}

impl Number for Uuid {
    fn number(number: u32) -> Self {
        Self::from_bytes(u128::from(number).to_be_bytes())
    }
}

impl Number for ObjectId {
    fn number(number: u32) -> Self {
        let mut bytes = [0; 12];
        bytes[8..].copy_from_slice(&number.to_be_bytes());
        Self::from_bytes(bytes)
    }
}

/// A model's changes and conditions, one a line:
///
/// ```text
/// subject! {
///     Series: |s, random|
///     change {
///         [value, number] s.count();
///         [array, pull(|p| p.x().gt(int(random)))] s.points();
///     }
///     when {
///         s.count().gt(int(random));
///     }
/// }
/// ```
macro_rules! subject {
    (
        $model:ty: |$s:ident, $random:ident|
        change { $([$($operator:ident $(($($argument:tt)*))?),*] $path:expr;)* }
        when { $($condition:expr;)* }
    ) => {
        impl $crate::promise::subject::Subject for $model {
            fn changes() -> Vec<$crate::promise::subject::Change<Self>> {
                let mut all = Vec::new();
                $($($crate::promise::subject::operator! {
                    $operator $(($($argument)*))?, all, |$s, $random| $path
                })*)*
                all
            }

            fn conditions() -> Vec<fn(&mut tests::Random) -> odm::prelude::Filter<Self>> {
                vec![$(|$random| {
                    let ($s, _) = (<Self as odm::Embedded>::fields(), &$random);
                    $condition
                }),*]
            }

            fn is(id: &Self::Id) -> odm::prelude::Filter<Self> {
                <Self as odm::Embedded>::fields().id().eq(id)
            }

            fn with_id(mut self, id: Self::Id) -> Self {
                self.id = id;
                self
            }
        }
    };
}
pub(super) use subject;

/// One operator, or a group of them that fit one kind of field.
macro_rules! operator {
    (value, $($rest:tt)*) => {
        operator!(set, $($rest)*);
        operator!(set_on_insert, $($rest)*);
        operator!(min, $($rest)*);
        operator!(max, $($rest)*);
    };
    (option, $($rest:tt)*) => {
        operator!(value, $($rest)*);
        operator!(unset, $($rest)*);
    };
    (number, $($rest:tt)*) => {
        operator!(inc, $($rest)*);
        operator!(mul, $($rest)*);
    };
    (checked, $($rest:tt)*) => {
        operator!(@checked checked_inc, $($rest)*);
        operator!(@checked checked_dec, $($rest)*);
        operator!(@checked checked_mul, $($rest)*);
    };
    (array, $($rest:tt)*) => {
        operator!(push, $($rest)*);
        operator!(push_all, $($rest)*);
        operator!(add_to_set, $($rest)*);
        operator!(add_to_set_all, $($rest)*);
        operator!(pop, $($rest)*);
        operator!(pull_all, $($rest)*);
    };
    (inc, $($rest:tt)*) => { operator!(@amount inc, $($rest)*); };
    (dec, $($rest:tt)*) => { operator!(@amount dec, $($rest)*); };
    (mul, $($rest:tt)*) => { operator!(@amount mul, $($rest)*); };
    (bit, $($rest:tt)*) => {
        operator!(@ bit, |update, random, path| {
            let mask = $crate::promise::any::amount_of(&path, random);
            let bit = $crate::promise::any::pick(random, &[Bit::And, Bit::Or, Bit::Xor]);
            update.bit(|_| path, bit(mask))
        }, $($rest)*);
    };
    (unset, $($rest:tt)*) => {
        operator!(@ unset, |update, random, path| { update.unset(|_| path) }, $($rest)*);
    };
    (current_date, $($rest:tt)*) => {
        operator!(@ current_date, |update, random, path| { update.current_date(|_| path) }, $($rest)*);
    };
    (push, $($rest:tt)*) => { operator!(@element push, $($rest)*); };
    (add_to_set, $($rest:tt)*) => { operator!(@element add_to_set, $($rest)*); };
    (add_to_set_all, $($rest:tt)*) => { operator!(@elements add_to_set_all, $($rest)*); };
    (pull_all, $($rest:tt)*) => { operator!(@elements pull_all, $($rest)*); };
    (push_all, $($rest:tt)*) => {
        operator!(@ push_all, |update, random, path| {
            let values = each($crate::promise::any::elements_of(&path, random));
            update.push_all(|_| path, $crate::promise::subject::modified(values, random))
        }, $($rest)*);
    };
    (sorted(|$element:ident| $order:expr), $($rest:tt)*) => {
        operator!(@ push_all, |update, random, path| {
            let values = each($crate::promise::any::elements_of(&path, random));
            let values = $crate::promise::subject::modified(values, random);
            update.push_all(|_| path, values.sort(|$element| $order))
        }, $($rest)*);
    };
    (pop, $($rest:tt)*) => {
        operator!(@ pop, |update, random, path| {
            update.pop(|_| path, $crate::promise::any::pick(random, &[Pop::First, Pop::Last]))
        }, $($rest)*);
    };
    (pull(|$element:ident| $condition:expr), $all:ident, |$s:ident, $random:ident| $path:expr) => {
        operator!(@named pull, (update, path) {
            update.pull(|_| path, |$element| $condition)
        }, $all, |$s, $random| $path);
    };
    (rename($to:expr), $all:ident, |$s:ident, $random:ident| $path:expr) => {
        operator!(@named rename, (update, path) {
            let to = $to;
            update.rename(|_| path, |_| to)
        }, $all, |$s, $random| $path);
    };
    (@amount $operator:ident, $($rest:tt)*) => {
        operator!(@ $operator, |update, random, path| {
            let by = $crate::promise::any::amount_of(&path, random);
            update.$operator(|_| path, by)
        }, $($rest)*);
    };
    (@checked $operator:ident, $($rest:tt)*) => {
        operator!(@ $operator, |update, random, path| {
            let by = $crate::promise::edge::edge_of(&path, random);
            update.$operator(|_| path, by)
        }, $($rest)*);
    };
    (@element $operator:ident, $($rest:tt)*) => {
        operator!(@ $operator, |update, random, path| {
            let value = $crate::promise::any::element_of(&path, random);
            update.$operator(|_| path, value)
        }, $($rest)*);
    };
    (@elements $operator:ident, $($rest:tt)*) => {
        operator!(@ $operator, |update, random, path| {
            let values = $crate::promise::any::elements_of(&path, random);
            update.$operator(|_| path, values)
        }, $($rest)*);
    };
    (
        @ $operator:ident, |$update:ident, $own:ident, $at:ident| $apply:block,
        $all:ident, |$s:ident, $random:ident| $path:expr
    ) => {
        operator!(@named $operator, ($update, $at) {
            let $own = &mut *$random;
            let _ = &$own;
            $apply
        }, $all, |$s, $random| $path);
    };
    (
        @named $operator:ident, ($update:ident, $at:ident) $apply:block,
        $all:ident, |$s:ident, $random:ident| $path:expr
    ) => {
        $all.push($crate::promise::subject::Change {
            operator: stringify!($operator),
            path: stringify!($path),
            apply: |$update, $random| {
                let ($s, _) = (<Self as odm::Embedded>::update_fields(), &$random);
                let $at = $path;
                $apply
            },
        });
    };
    // What is left takes a value of the field's own type.
    ($operator:ident, $($rest:tt)*) => {
        operator!(@ $operator, |update, random, path| {
            let value = $crate::promise::any::like(&path, random);
            update.$operator(|_| path, value)
        }, $($rest)*);
    };
}
pub(super) use operator;

/// With some of the modifiers of `$push`.
pub(super) fn modified<T>(
    mut values: odm::update::Each<T>,
    random: &mut Random,
) -> odm::update::Each<T> {
    if random.below(3) == 0 {
        values = values.position(super::any::pick(random, &[0, 1, 7, -1]));
    }
    if random.below(3) == 0 {
        values = values.slice(super::any::pick(random, &[0, 1, 3, -2]));
    }
    match random.below(5) {
        0 => values.sort_ascending(),
        1 => values.sort_descending(),
        _ => values,
    }
}
