//! Tuples, stored as arrays of exactly their length.

use mongodb::bson::spec::ElementType;

use super::{Decode, DecodeError, Element, Encode, Encoder};

macro_rules! tuple {
    ($($count:literal: $($name:ident $index:tt)*;)*) => {$(
        impl<$($name: Encode),*> Encode for ($($name,)*) {
            fn encode(&self, out: &mut Encoder) -> ElementType {
                out.document(|out| {
                    $(out.item($index, &self.$index);)*
                });
                ElementType::Array
            }
        }

        impl<$($name: Decode),*> Decode for ($($name,)*) {
            fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
                let mut items = element.items()?;
                items.expect($count)?;
                Ok(($(items.read::<$name>()?,)*))
            }
        }
    )*};
}

tuple! {
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
    7: A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
    9: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
    10: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9;
    11: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10;
    12: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11;
}
