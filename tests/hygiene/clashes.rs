//! Fields, variants and getters that have the names of our own.

use odm::{Embedded, Model};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "clashes")]
pub(crate) struct Clashes {
    pub(crate) id: i32,
    #[model(id)]
    key: i32,
    eq: i32,
    filter: i32,
    set: i32,
    path: i32,
    each: i32,
    exists: Option<i32>,
    fields: i32,
    as_path: i32,
    from_path: i32,
    clone: i32,
    types: i32,
    child: i32,
    encode: i32,
    decode: i32,
    out: i32,
    element: i32,
    index: i32,
    value: i32,
    document_id: i32,
    update_fields: i32,
    find: i32,
    r#type: i32,
    r#fn: Inner,
    _hidden: i32,
    #[model(rename = "Größe")]
    größe: i32,
}

/// A getter has the name of its field.
impl Clashes {
    pub(crate) fn id(&self) -> i32 {
        self.id
    }
    pub(crate) fn eq(&self) -> i32 {
        self.eq
    }
    pub(crate) fn clone(&self) -> i32 {
        self.clone
    }
}

#[derive(Embedded, Clone, Debug, Default, PartialEq)]
pub(crate) struct Inner {
    r#type: i32,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[allow(dead_code, clippy::enum_variant_names)]
pub(crate) enum Path {
    Path(Inner),
    Fields { path: i32, out: i32, key: i32 },
    Option,
}

#[test]
fn every_field_has_its_path() {
    let f = Clashes::fields();
    let ints = [
        (super::path(&f.id()), "id"),
        (super::path(&f.key()), "_id"),
        (super::path(&f.path()), "path"),
        (super::path(&f.clone()), "clone"),
        (super::path(&f.r#type()), "type"),
        (super::path(&f.r#fn().r#type()), "fn.type"),
        (super::path(&f.größe()), "Größe"),
        (super::path(&f._hidden()), "_hidden"),
        (super::path(&f.as_path()), "as_path"),
    ];
    for (found, expected) in ints {
        assert_eq!(found, expected);
    }
    let path = Path::fields();
    assert_eq!(super::path(&path.as_path().r#type()), "Path.type");
    assert_eq!(super::path(&path.as_fields().out()), "Fields.out");
}

#[test]
fn getters_are_the_users() {
    let bytes = odm::bson::serialize_to_vec(&odm::bson::doc! {}).expect("a document");
    assert!(odm::codec::decode_document::<Clashes>(&bytes).is_err());
    let getters = (Clashes::id as fn(&Clashes) -> i32, Clashes::eq as fn(&Clashes) -> i32);
    let _ = (getters, Clashes::clone as fn(&Clashes) -> i32);
}
