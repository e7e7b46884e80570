//! A deprecated field warns its users, not its derive.

use odm::{Embedded, Model};

#[derive(Model, Clone, PartialEq)]
struct Old {
    #[model(id)]
    id: i32,
    #[deprecated = "use `new`"]
    #[model(default)]
    old: i32,
    new: Option<Inner>,
}

#[derive(Embedded, Clone, PartialEq)]
struct Inner {
    #[deprecated]
    old: i32,
}

#[test]
fn the_derive_of_a_deprecated_field_is_silent() {
    assert_eq!(super::path(&Old::fields().new()), "new");
    #[allow(deprecated)]
    let path = super::path(&Old::fields().new().old());
    assert_eq!(path, "new.old");
    #[allow(deprecated)]
    let old = Old { id: 1, old: 2, new: Some(Inner { old: 3 }) };
    assert!(super::there_and_back(&old) == old);
}
