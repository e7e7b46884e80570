//! Types that come out of `macro_rules!`.

use odm::{Embedded, Model};

macro_rules! model {
    ($name:ident, $collection:literal, $id:ident: $id_type:ty, [$($field:ident: $ty:ty = $stored:literal),*]) => {
        #[derive(Model, Clone, Debug, PartialEq)]
        #[model(collection = $collection)]
        struct $name {
            #[model(id)]
            $id: $id_type,
            $(#[model(rename = $stored)] $field: $ty,)*
            fixed: Option<Vec<$id_type>>,
        }
    };
}

macro_rules! newtype {
    ($($name:ident($ty:ty))*) => {$(
        #[derive(Embedded, Clone, Copy, Debug, PartialEq)]
        struct $name($ty);
    )*};
}

newtype! { Metres(f64) Count(u32) }
model!(Made, "made", key: i64, [size: Metres = "s", count: Option<Count> = "c"]);

#[test]
fn generated_types_are_as_any_other() {
    let made = Made { key: 1, size: Metres(2.0), count: Some(Count(3)), fixed: None };
    assert_eq!(super::there_and_back(&made), made);
    assert_eq!(Made::COLLECTION, "made");
    let fields = Made::fields();
    assert_eq!(super::path(&fields.size()), "s");
    assert_eq!(super::path(&fields.fixed().at(3)), "fixed.3");
}
