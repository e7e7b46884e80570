//! Newtypes of everything, generic documents, enums without data; an `_id` that is a newtype.

use std::collections::BTreeMap;

use odm::{bson::Uuid, prelude::*};
use tests::Random;

use crate::promise::{any::*, subject::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "newtypes")]
pub(in crate::promise) struct Newtypes {
    #[model(id)]
    id: Key,
    cents: Cents,
    maybe_cents: Option<Cents>,
    name: Name,
    names: Names,
    point: Wrapped,
    maybe: Option<Wrapped>,
    list: Vec<Wrapped>,
    page: Page<Wrapped>,
    pages: Vec<Page<i32>>,
    colour: Colour,
    maybe_colour: Option<Colour>,
    colours: Vec<Colour>,
    by_colour: BTreeMap<Colour, Wrapped>,
    #[model(default)]
    standard: Colour,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(in crate::promise) struct Key(Uuid);

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Cents(i32);

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Name(String);

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Names(Vec<Name>);

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Wrapped(Point);

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Point {
    x: i32,
    y: Option<Cents>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Page<T> {
    title: String,
    body: T,
    more: Option<T>,
}

#[derive(Embedded, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[model(rename_all = "kebab-case")]
enum Colour {
    #[default]
    DarkRed,
    Green,
    #[model(rename = "azure")]
    Blue,
}

impl Number for Key {
    fn number(number: u32) -> Self {
        Self(Number::number(number))
    }
}

/// A value of each newtype from one of what it holds.
macro_rules! newtypes {
    ($($newtype:ident)*) => {$(
        impl Any for $newtype {
            fn any(random: &mut Random) -> Self {
                Self(any(random))
            }
        }
    )*};
}

newtypes! { Key Cents Name Names Wrapped }

any_of_fields! {
    struct Newtypes {
        id, cents, maybe_cents, name, names, point, maybe, list, page, pages, colour, maybe_colour,
        colours, by_colour, standard,
    }
    struct Point { x, y }
}

any_of_fields! {
    enum Colour { DarkRed, Green, Blue }
}

impl<T: Any> Any for Page<T> {
    fn any(random: &mut Random) -> Self {
        Self { title: any(random), body: any(random), more: any(random) }
    }
}

impl AnyKey for Colour {
    fn any_key(random: &mut Random) -> Self {
        any(random)
    }
}

impl Amount for Cents {
    type By = Self;

    fn by(random: &mut Random) -> Self {
        Self(i32::by(random))
    }
}

impl List for Names {
    type Item = Name;
}

subject! {
    Newtypes: |n, random|
    change {
        [value, number] n.cents();
        [option, number] n.maybe_cents();
        [value] n.name();
        [set, array] n.names();
        [set] n.names().at(index(random));
        [set] n.point();
        [value, number] n.point().x();
        [option, number] n.point().y();
        [set, unset] n.maybe();
        [value, number] n.maybe().x();
        [option, number] n.maybe().y();
        [set, array] n.list();
        [set] n.list().at(index(random)).x();
        [option] n.list().filtered(|p| p.x().gt(int(random))).y();
        [set] n.page();
        [set] n.page().body();
        [set] n.page().body().x();
        [set, unset] n.page().more();
        [set] n.page().more().x();
        [set, array] n.pages();
        [set] n.pages().at(index(random)).title();
        [option] n.pages().each().more();
        [value] n.colour();
        [option] n.maybe_colour();
        [set, array] n.colours();
        [set] n.colours().at(index(random));
        [set] n.by_colour();
        [set, unset] n.by_colour().key(any::<Colour>(random));
        [set] n.by_colour().key(any::<Colour>(random)).x();
        [option] n.standard();
    }
    when {
        n.cents().eq(any::<Cents>(random));
        n.name().eq(any::<Name>(random));
        n.point().x().eq(int(random));
        n.maybe().x().eq(int(random));
        n.page().more().x().eq(int(random));
        n.colour().eq(any::<Colour>(random)) & n.colours().contains(any::<Colour>(random));
        n.list().any().x().eq(int(random));
    }
}
