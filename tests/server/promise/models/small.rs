//! Few required fields, so that many upserts insert a whole document.

use odm::prelude::*;

use crate::promise::{any::*, subject::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "small")]
pub(in crate::promise) struct Small {
    #[model(id)]
    id: ObjectId,
    name: String,
    place: Place,
    kind: Option<Kind>,
    #[model(default)]
    list: Vec<i32>,
    note: Option<String>,
    spare: Option<Place>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Place {
    x: i32,
    y: Option<i32>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(tag = "is")]
enum Kind {
    Plain,
    Sized { size: i32, note: Option<String> },
}

any_of_fields! {
    struct Small { id, name, place, kind, list, note, spare }
    struct Place { x, y }
}

any_of_fields! {
    enum Kind { Plain, Sized { size, note } }
}

subject! {
    Small: |s, random|
    change {
        [set_on_insert] s.id();
        [value] s.name();
        [value] s.name();
        [value] s.place();
        [value, number] s.place().x();
        [value, number] s.place().x();
        [option, number] s.place().y();
        [set, set_on_insert, unset] s.kind();
        [value] s.kind().as_sized().size();
        [option] s.kind().as_sized().note();
        [option, array] s.list();
        [set] s.list().at(index(random));
        [set] s.list().each();
        [option] s.note();
        [set, set_on_insert, unset] s.spare();
        [value, number] s.spare().x();
    }
    when {
        s.name().eq(text(random));
        s.name().eq(text(random)) & s.place().x().eq(int(random));
        s.name().eq(text(random)) & s.place().eq(any::<Place>(random));
        s.name().eq(text(random)) & s.list().contains(int(random));
        s.name().eq(text(random)) & s.list().any().eq(int(random));
        s.name().eq(text(random)) & s.list().at(0).eq(int(random));
        s.place().x().eq(int(random)) & s.kind().as_sized().size().eq(int(random));
        s.place().x().eq(int(random)) & s.place().y().is_null();
        s.name().eq(text(random)) & s.place().x().eq(int(random)) & s.kind().eq(any::<Kind>(random));
        s.name().in_([text(random)]) & s.place().x().in_([int(random)]);
        s.name().eq(text(random)) | s.name().eq(text(random));
        s.list().all([int(random)]);
        s.spare().x().eq(int(random));
        s.spare().is_null();
        s.note().exists();
    }
}
