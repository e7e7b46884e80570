//! Tokens go through text and come back.

use std::collections::HashSet;

use odm::{
    ErrorKind,
    bson::{Binary, Document, rawdoc, spec::BinarySubtype},
    change_stream::ResumeToken,
    mongodb::change_stream::event::ResumeToken as DriverToken,
    prelude::*,
};
use proptest::prelude::*;

use super::raw;

fn token(document: Document) -> ResumeToken {
    ResumeToken::from_raw(raw(&document))
}

#[test]
fn a_token_of_the_server_is_its_text() {
    let token = token(doc! { "_data": "8265F0C1AB0004" });
    assert_eq!(token.to_string(), "8265F0C1AB0004");
    assert_eq!(format!("{token:?}"), "ResumeToken(8265F0C1AB0004)");
    assert_eq!(serde_json::to_string(&token).unwrap(), "\"8265F0C1AB0004\"");
    assert_eq!(token.as_raw(), &*rawdoc! { "_data": "8265F0C1AB0004" });
}

#[test]
fn any_other_token_is_its_bson() {
    assert_eq!(token(doc! { "a": 1 }).to_string(), "bson:0c0000001061000100000000");
    let binary = Binary { subtype: BinarySubtype::Generic, bytes: vec![1] };
    for odd in [
        doc! {},
        doc! { "_data": "" },
        doc! { "_data": "bson:00" },
        doc! { "_data": "two words" },
        doc! { "_data": 1 },
        doc! { "_data": binary },
        doc! { "_data": "82", "_typeBits": 1 },
    ] {
        let text = token(odd.clone()).to_string();
        assert!(text.starts_with("bson:"), "{odd} became {text}");
        assert_eq!(text.parse::<ResumeToken>().unwrap(), token(odd));
    }
}

#[test]
fn bad_texts_are_refused_with_words() {
    for bad in ["", " ", "82 65", "82\n", "tö", "bson:", "bson:0", "bson:zz", "bson:0500000001"] {
        let error = bad.parse::<ResumeToken>().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{bad:?} gave {error:?}");
        assert_eq!(error.to_string(), "this is not a resume token");
    }
    // The outer length is right, and the value inside is cut short.
    let inside = "bson:0c0000000261000900000000";
    assert!(inside.parse::<ResumeToken>().is_err());
    assert!(serde_json::from_str::<ResumeToken>("{\"_data\":\"82\"}").is_err());
}

#[test]
fn tokens_are_keys() {
    let tokens = ["82", "83", "82"].map(|text| text.parse::<ResumeToken>().unwrap());
    assert_eq!(tokens.into_iter().collect::<HashSet<_>>().len(), 2);
}

#[test]
fn the_drivers_token_is_the_same() {
    let token = token(doc! { "_data": "8265", "_typeBits": 1_i64 });
    let driver = DriverToken::try_from(&token).unwrap();
    assert_eq!(ResumeToken::try_from(&driver).unwrap(), token);
    let json = serde_json::to_value(&driver).unwrap();
    assert_eq!(json["_data"], "8265");
}

proptest! {
    #[test]
    fn every_token_comes_back_from_its_text(data in ".*", more in prop::option::of(any::<i64>())) {
        prop_assume!(!data.contains('\0'));
        let mut document = doc! { "_data": data };
        document.extend(more.map(|more| ("_typeBits".to_owned(), more.into())));
        let token = token(document);
        prop_assert_eq!(token.to_string().parse::<ResumeToken>().unwrap(), token.clone());
        let json = serde_json::to_string(&token).unwrap();
        prop_assert_eq!(serde_json::from_str::<ResumeToken>(&json).unwrap(), token);
    }
}
