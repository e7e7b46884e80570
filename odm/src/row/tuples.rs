//! Tuples as rows: their columns are `_id`, `_1`, `_2`, ….

use crate::{
    codec::{DecodeError, Element},
    error::Result,
    expression::{Code, Operand},
    path::{Field, Handle, Mode, Path, Required, Step, Value},
};

use super::{Columns, Layout, Readable, Row, Shape, readable::read_column};

/// The names of a tuple's columns: the first is what a group is made by.
pub(crate) const COLUMNS: [&str; 8] = ["_id", "_1", "_2", "_3", "_4", "_5", "_6", "_7"];

macro_rules! tuple {
    ($($count:literal: $($name:ident $value:ident $index:tt)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Field),*> Row for ($($name,)*) {
            type Handles<Mo: Mode, R> = ($($name::Handle<Mo, R, $name, Required>,)*);
            const ADDED: usize = 0;

            fn handles<Mo: Mode, R>(layout: &Layout) -> Self::Handles<Mo, R> {
                let root = layout.root();
                ($(Handle::from_path(column::<$name>(&root, $index)),)*)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: Field),*> Readable for ($($name,)*) {
            type Output = Self;

            fn read(document: Element<'_>, _: &[Option<Element<'_>>]) -> Result<Self, DecodeError> {
                let found = found::<$count>(document)?;
                Ok(($(read_column::<$name>(found[$index], COLUMNS[$index])?,)*))
            }

            fn as_value(base: &str) -> Option<Result<Code>> {
                let columns = COLUMNS[..$count].iter();
                let columns = columns.map(|name| Code::field(&format!("{base}.{name}")));
                Some(columns.collect::<Result<_>>().and_then(Code::array))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<R, $($name: Operand<R>),*> Shape<R> for ($($name,)*) {
            type Row = ($($name::Value,)*);

            fn into_columns(self) -> Columns {
                let ($($value,)*) = self;
                Columns::tuple([$($value.into_expr().into_settled()),*])
            }
        }
    )*};
}

tuple! {
    1: A a 0;
    2: A a 0 B b 1;
    3: A a 0 B b 1 C c 2;
    4: A a 0 B b 1 C c 2 D d 3;
    5: A a 0 B b 1 C c 2 D d 3 E e 4;
    6: A a 0 B b 1 C c 2 D d 3 E e 4 F f 5;
    7: A a 0 B b 1 C c 2 D d 3 E e 4 F f 5 G g 6;
    8: A a 0 B b 1 C c 2 D d 3 E e 4 F f 5 G g 6 H h 7;
}

fn column<T: Field>(root: &Path, index: usize) -> Path {
    root.then(Step::Field(COLUMNS[index]), Value::of::<T, Required>())
}

/// The elements of the columns that are there.
fn found<const N: usize>(document: Element<'_>) -> Result<[Option<Element<'_>>; N], DecodeError> {
    let mut found = [None; N];
    let mut elements = document.elements()?;
    let mut next = 0;
    while let Some((key, element)) = elements.next_element()? {
        let index = match COLUMNS.get(next) {
            Some(expected) if *expected == key => Some(next),
            _ => COLUMNS[..N].iter().position(|name| *name == key),
        };
        if let Some(index) = index.filter(|index| *index < N) {
            found[index] = Some(element);
            next = index + 1;
        }
    }
    Ok(found)
}
