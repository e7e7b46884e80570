//! Enums in every form.

use std::collections::BTreeMap;

use odm::prelude::*;
use serde::{Deserialize, Serialize};

use super::{agrees, agrees_inside, read, read_inside};

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Embedded, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Colour {
    DarkRed,
    #[serde(rename = "blue", alias = "azure")]
    Blue,
    #[serde(other)]
    Unknown,
}

#[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
struct Circle {
    r: f64,
}

macro_rules! form {
    ($name:ident, [$(#[$form:meta])*], [$($more:tt)*]) => {
        #[derive(Debug, PartialEq, Embedded, Serialize, Deserialize)]
        $(#[$form])*
        enum $name {
            Nothing,
            Circle(Circle),
            #[serde(rename = "rect", alias = "oblong", rename_all = "UPPERCASE")]
            Rectangle {
                width: f64,
                #[serde(default, skip_serializing_if = "Option::is_none")]
                height: Option<f64>,
            },
            Named { name: String },
            Map(BTreeMap<String, i32>),
            Empty {},
            $($more)*
        }

        impl $name {
            fn documents() -> Vec<Self> {
                vec![
                    Self::Circle(Circle { r: 1.0 }),
                    Self::Rectangle { width: 1.0, height: Some(2.0) },
                    Self::Rectangle { width: 1.0, height: None },
                    Self::Named { name: "n".into() },
                    Self::Map(BTreeMap::from([("a".into(), 1), ("b".into(), 2)])),
                    Self::Empty {},
                ]
            }
        }
    };
}

form!(External, [#[serde(rename_all_fields = "PascalCase")]], [
    Number(i32), Perhaps(Option<i32>), Pair(i32, String), None(),
]);
form!(Internal, [#[serde(tag = "type", rename_all = "snake_case")]], []);
form!(Adjacent, [#[serde(tag = "t", content = "c", rename_all = "kebab-case")]], [
    Number(i32), Perhaps(Option<i32>), Pair(i32, String), None(),
]);

#[test]
fn plain_enums_are_strings() {
    for colour in [Colour::DarkRed, Colour::Blue, Colour::Unknown] {
        agrees_inside(colour);
    }
    assert_eq!(read_inside("azure"), Ok(Colour::Blue));
    assert_eq!(read_inside("pink"), Ok(Colour::Unknown));
}

#[test]
fn plain_enums_are_keys_of_maps() {
    agrees_inside(BTreeMap::from([(Colour::DarkRed, 1), (Colour::Blue, 2)]));
}

#[test]
fn external_enums_agree_with_serde() {
    let more = [
        External::Number(1),
        External::Perhaps(None),
        External::Perhaps(Some(1)),
        External::Pair(1, "a".into()),
        External::None(),
    ];
    for value in External::documents().into_iter().chain(more) {
        agrees(&value);
        agrees_inside(vec![value]);
    }
    agrees_inside(External::Nothing);
}

#[test]
fn internal_enums_agree_with_serde() {
    for value in Internal::documents().into_iter().chain([Internal::Nothing]) {
        agrees(&value);
        agrees_inside(vec![value]);
    }
}

#[test]
fn adjacent_enums_agree_with_serde() {
    let more = [
        Adjacent::Nothing,
        Adjacent::Number(1),
        Adjacent::Perhaps(None),
        Adjacent::Perhaps(Some(1)),
        Adjacent::Pair(1, "a".into()),
        Adjacent::None(),
    ];
    for value in Adjacent::documents().into_iter().chain(more) {
        agrees(&value);
        agrees_inside(vec![value]);
    }
}

#[test]
fn tags_are_read_in_any_position() {
    let circle = doc! { "r": 1.0, "type": "circle" };
    assert_eq!(read(&circle), Ok(Internal::Circle(Circle { r: 1.0 })));
    let named = doc! { "name": "n", "type": "named" };
    assert_eq!(read(&named), Ok(Internal::Named { name: "n".into() }));
    assert_eq!(read(&doc! { "c": 1, "t": "number" }), Ok(Adjacent::Number(1)));
    let aliased = doc! { "oblong": { "WIDTH": 1.0 } };
    assert_eq!(read(&aliased), Ok(External::Rectangle { width: 1.0, height: None }));
}

#[test]
fn an_error_in_a_variant_has_its_path() {
    for (document, expected) in [
        (doc! { "Number": "one" }, "Number: expected int32, found string"),
        (doc! { "Pair": [1, 2] }, "Pair[1]: expected string, found int32"),
        (doc! { "Circle": {} }, "Circle.r: the field is missing"),
        (doc! {}, "expected exactly one key, the name of the variant"),
    ] {
        assert_eq!(read::<External>(&document), Err(expected.to_owned()));
    }
    for (document, expected) in [
        (doc! { "type": "circle" }, "r: the field is missing"),
        (doc! { "r": 1.0 }, "type: the field is missing"),
        (doc! { "type": 1 }, "type: expected string, found int32"),
    ] {
        assert_eq!(read::<Internal>(&document), Err(expected.to_owned()));
    }
    let refused = read::<Adjacent>(&doc! { "t": "pair" });
    assert_eq!(refused, Err("c: the variant's data is missing".to_owned()));
}

#[test]
fn an_unknown_variant_is_told_the_known_ones() {
    #[derive(Debug, PartialEq, Embedded)]
    enum Two {
        One,
        Two,
    }
    let refused = read_inside::<Two>("three");
    assert_eq!(
        refused,
        Err(r#"value: expected one of "One", "Two", found another string"#.to_owned())
    );
    assert_eq!(read_inside("Two"), Ok(Two::Two));
    assert_ne!(Two::One, Two::Two);
}

#[test]
fn a_skipped_variant_is_neither_written_nor_read() {
    #[derive(Debug, PartialEq, Embedded)]
    enum Some {
        Kept(i32),
        #[model(skip)]
        Lost(i32),
    }
    let refused = odm::codec::encode_document(&Some::Lost(1)).expect_err("skipped");
    assert!(refused.to_string().contains("the variant `Lost` is skipped"), "{refused}");
    assert!(read::<Some>(&doc! { "Lost": 1 }).is_err());
    assert_eq!(read(&doc! { "Kept": 1 }), Ok(Some::Kept(1)));
}
