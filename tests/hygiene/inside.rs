//! Models in function bodies and private modules.

mod private {
    use odm::{Embedded, Model};

    #[derive(Model, Clone, Debug, PartialEq)]
    pub(super) struct Outside {
        #[model(id)]
        pub(super) id: i32,
        pub(super) hidden: Hidden,
    }

    #[derive(Embedded, Clone, Debug, Default, PartialEq)]
    pub(super) struct Hidden {
        pub(super) list: Vec<Secret>,
    }

    #[derive(Embedded, Clone, Debug, PartialEq)]
    #[allow(unnameable_types)]
    pub(super) struct Secret {
        value: i32,
    }
}

/// A public type with a private field of a private type.
#[derive(odm::Embedded, Clone, Debug, PartialEq)]
#[allow(unreachable_pub)]
pub struct Open {
    /// Said.
    pub said: i32,
    closed: Closed,
}

#[derive(odm::Embedded, Clone, Debug, PartialEq)]
struct Closed {
    value: i32,
}

#[test]
fn a_model_can_stand_in_a_function() {
    use odm::{Embedded, Model};

    #[derive(Model, Clone, Debug, PartialEq)]
    struct Local {
        #[model(id)]
        id: i32,
        inner: Inner,
        unit: Unit,
    }

    #[derive(Embedded, Clone, Debug, PartialEq)]
    struct Inner {
        x: i32,
    }

    #[derive(Embedded, Clone, Debug, PartialEq)]
    enum Unit {
        One,
    }

    let local = Local { id: 1, inner: Inner { x: 2 }, unit: Unit::One };
    assert_eq!(super::there_and_back(&local), local);
    assert_eq!(super::path(&Local::fields().inner().x()), "inner.x");
}

#[test]
fn private_types_have_paths_where_they_can_be_seen() {
    use odm::Embedded;

    let fields = private::Outside::fields();
    assert_eq!(super::path(&fields.hidden().list().at(1).value()), "hidden.list.1.value");
    let value = private::Outside { id: 1, hidden: private::Hidden::default() };
    assert_eq!(super::there_and_back(&value), value);
    let open = Open { said: 1, closed: Closed { value: 2 } };
    assert_eq!(super::there_and_back(&open), open);
    assert_eq!(super::path(&Open::fields().closed().value()), "closed.value");
}
