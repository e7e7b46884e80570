//! Text: parts, places, patterns.

use odm::{
    bson::{Bson, Document},
    expression::Match,
    prelude::*,
};

use super::rows::{answer, filled, refusal};

fn texts(texts: [&str; 3]) -> [String; 3] {
    texts.map(str::to_owned)
}

#[tokio::test]
async fn parts_of_text() {
    let db = &filled("expression_parts_of_text").await;
    let part = answer(db, |r| r.name().substring(1, 5), doc! { "$substrCP": ["$name", 1, 5] });
    assert_eq!(part.await, texts(["n", "n", "n"]));
    let none = answer(
        db,
        |r| r.note().if_null("").substring(r.small(), r.large()),
        doc! { "$substrCP": ["$note", "$small", "$large"] },
    );
    assert_eq!(none.await, texts(["", "", ""]));
    let bytes =
        answer(db, |r| r.name().substring_bytes(0, -1), doc! { "$substrBytes": ["$name", 0, -1] });
    assert_eq!(bytes.await, texts(["an", "an", "an"]));
    let length = answer(db, |_| Expr::literal(&"äa".to_owned()).byte_count(), 3);
    assert_eq!(length.await, [3; 3]);
    for text in [
        refusal(db, |r| r.name().substring(-1, 1)).await,
        refusal(db, |r| r.name().substring(0, -1)).await,
        refusal(db, |r| r.name().substring(0, r.big())).await,
        refusal(db, |_| Expr::literal(&"ä".to_owned()).substring_bytes(1, 1)).await,
    ] {
        assert!(text.contains("$substr"), "{text}");
    }
}

#[tokio::test]
async fn places_in_text() {
    let db = &filled("expression_places_in_text").await;
    let place = |found: Document| {
        doc! { "$let": {
            "vars": { "i": found }, "in": { "$cond": [{ "$lt": ["$$i", 0] }, "$$i", "$$i"] },
        } }
    };
    let first =
        answer(db, |r| r.name().index_of("n"), place(doc! { "$indexOfCP": ["$name", "n"] }));
    assert_eq!(first.await, [Some(1); 3]);
    let first = answer(db, |r| r.note().index_of("b"), doc! { "$indexOfCP": ["$note", "b"] });
    assert_eq!(first.await, [Some(0), None, None]);
    let none = answer(db, |r| r.name().index_of("x"), Bson::Null);
    assert_eq!(none.await, [None; 3]);
    let none = answer(db, |r| r.name().index_of_between("a", 1, r.small()), Bson::Null);
    assert_eq!(none.await, [None; 3]);
    let none = answer(db, |r| r.name().index_of_between("a", 7, 5), Bson::Null);
    assert_eq!(none.await, [None; 3]);
    let bytes = answer(db, |_| Expr::literal(&"äa".to_owned()).byte_index_of("a"), 2);
    assert_eq!(bytes.await, [Some(2); 3]);
    let bytes = answer(
        db,
        |r| r.note().byte_index_of_between("b", 0_i64, 9),
        doc! { "$indexOfBytes": ["$note", "b", 0, 9] },
    );
    assert_eq!(bytes.await, [Some(0), None, None]);
    let text = refusal(db, |r| r.name().index_of_between("a", -1, 1)).await;
    assert!(text.contains("nonnegative"), "{text}");
}

#[tokio::test]
async fn text_is_trimmed_and_replaced() {
    let db = &filled("expression_trimmed").await;
    let trimmed = answer(
        db,
        |r| r.name().trim_chars("a"),
        doc! { "$trim": { "input": "$name", "chars": "a" } },
    );
    assert_eq!(trimmed.await, texts(["n", "n", "n"]));
    let by_null = answer(
        db,
        |r| r.name().trim_start_chars(r.note()),
        doc! { "$ltrim": { "input": "$name", "chars": "$note" } },
    );
    assert_eq!(by_null.await, [Some("an".to_owned()), None, None]);
    let trimmed = answer(
        db,
        |r| r.name().trim_end_chars("n"),
        doc! { "$rtrim": { "input": "$name", "chars": "n" } },
    );
    assert_eq!(trimmed.await, texts(["a", "a", "a"]));
    let spaces = |r: super::rows::Fields<i32>| {
        let text = Expr::literal(&" ".to_owned()).concat(r.note()).concat(" ");
        text.trim_start().concat("|").concat(text.trim_end())
    };
    let by_hand = doc! { "$concat": ["$note", " | ", "$note"] };
    assert_eq!(answer(db, spaces, by_hand).await, [Some("b | b".to_owned()), None, None]);
    let replaced = answer(
        db,
        |r| r.name().replace_one("n", r.note()),
        doc! { "$replaceOne": { "input": "$name", "find": "n", "replacement": "$note" } },
    );
    assert_eq!(replaced.await, [Some("ab".to_owned()), None, None]);
    let replaced = answer(
        db,
        |r| r.name().concat("a").replace_all("a", "$"),
        doc! { "$replaceAll": {
            "input": { "$concat": ["$name", "a"] }, "find": "a", "replacement": { "$literal": "$" },
        } },
    );
    assert_eq!(replaced.await, texts(["$n$", "$n$", "$n$"]));
    let order = answer(db, |r| r.name().strcasecmp("AM"), doc! { "$strcasecmp": ["$name", "AM"] });
    assert_eq!(order.await, [1; 3]);
}

#[tokio::test]
async fn patterns_are_matched() {
    let db = &filled("expression_patterns").await;
    let by_hand = doc! { "$regexMatch": { "input": "$note", "regex": "^b" } };
    assert_eq!(answer(db, |r| r.note().matches("^b"), by_hand).await, [true, false, false]);
    let by_hand = doc! { "$regexMatch": { "input": "$name", "regex": "$note" } };
    assert_eq!(answer(db, |r| r.name().matches(r.note()), by_hand).await, [false; 3]);
    let by_hand = doc! { "$regexMatch": { "input": "$name", "regex": "^A", "options": "i" } };
    assert_eq!(answer(db, |r| r.name().matches_with("^A", "i"), by_hand).await, [true; 3]);

    let by_hand = doc! { "$regexFind": { "input": "$note", "regex": "(b)|(c)" } };
    let found = answer(db, |r| r.note().find_match("(b)|(c)"), by_hand).await;
    let first = found[0].as_ref().expect("a match");
    assert_eq!((&*first.text, first.index), ("b", 0));
    assert_eq!(first.captures, [Some("b".to_owned()), None]);
    assert_eq!(found[1..], [None, None]);
    let by_hand = doc! { "$regexFind": { "input": "$name", "regex": "N", "options": "i" } };
    let index = answer(
        db,
        |r| r.name().find_match_with("N", "i").let_in(|m| m.index()),
        doc! { "$let": { "vars": { "m": by_hand }, "in": "$$m.idx" } },
    );
    assert_eq!(index.await, [Some(1); 3]);

    let by_hand = doc! { "$regexFindAll": { "input": "$name", "regex": "." } };
    let all = answer(db, |r| r.name().find_matches("."), by_hand).await;
    let texts = |matches: &[Match]| matches.iter().map(|m| m.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&all[0]), ["a", "n"]);
    let by_hand = doc! { "$regexFindAll": { "input": "$note", "regex": "B", "options": "i" } };
    let all = answer(db, |r| r.note().find_matches_with("B", "i"), by_hand).await;
    assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [1, 0, 0]);
    assert!(refusal(db, |r| r.name().matches("(")).await.contains("Regex"));
}
