//! Text.

use odm::{bson::Document, prelude::*};

use super::{is, mistake, written};

#[test]
fn parts_and_places() {
    is(
        written(|i| i.name().substring(0, i.qty()).eq("a")),
        doc! { "$eq": [{ "$substrCP": ["$name", 0, "$qty"] }, "a"] },
    );
    is(
        written(|i| i.name().substring_bytes(0, -1).eq("a")),
        doc! { "$eq": [{ "$substrBytes": ["$name", 0, -1] }, "a"] },
    );
    is(written(|i| i.name().byte_count().eq(1)), doc! { "$eq": [{ "$strLenBytes": "$name" }, 1] });
    let found = |place: Document| {
        doc! { "$let": {
            "vars": { "item": place },
            "in": { "$cond": [{ "$eq": ["$$item", -1] }, null, "$$item"] },
        } }
    };
    is(
        written(|i| i.note().index_of("$").eq(1)),
        doc! { "$eq": [found(doc! { "$indexOfCP": ["$note", { "$literal": "$" }] }), 1] },
    );
    is(
        written(|i| i.name().index_of_between("a", 1, 2).eq(1)),
        doc! { "$eq": [found(doc! { "$indexOfCP": ["$name", "a", 1, 2] }), 1] },
    );
    is(
        written(|i| i.name().byte_index_of("a").eq(1)),
        doc! { "$eq": [found(doc! { "$indexOfBytes": ["$name", "a"] }), 1] },
    );
    is(
        written(|i| i.name().byte_index_of_between("a", 1, 2).eq(1)),
        doc! { "$eq": [found(doc! { "$indexOfBytes": ["$name", "a", 1, 2] }), 1] },
    );
}

#[test]
fn trimmed_and_replaced() {
    is(
        written(|i| i.note().trim_chars("-").eq("a")),
        doc! { "$eq": [{ "$trim": { "input": "$note", "chars": "-" } }, "a"] },
    );
    is(
        written(|i| i.note().trim_start().eq(i.note().trim_end())),
        doc! { "$eq": [
            { "$ifNull": [{ "$ltrim": { "input": "$note" } }, null] },
            { "$ifNull": [{ "$rtrim": { "input": "$note" } }, null] },
        ] },
    );
    is(
        written(|i| i.name().trim_start_chars("a").eq(i.name().trim_end_chars("b"))),
        doc! { "$eq": [
            { "$ltrim": { "input": "$name", "chars": "a" } },
            { "$rtrim": { "input": "$name", "chars": "b" } },
        ] },
    );
    is(
        written(|i| i.name().replace_all("a", i.note()).eq("a")),
        doc! { "$eq": [
            { "$replaceAll": { "input": "$name", "find": "a", "replacement": "$note" } },
            "a",
        ] },
    );
    is(
        written(|i| i.name().strcasecmp("a").lt(0)),
        doc! { "$lt": [{ "$strcasecmp": ["$name", "a"] }, 0] },
    );
}

#[test]
fn an_empty_part_is_not_replaced() {
    is(
        written(|i| i.name().replace_all(i.note(), "b").eq("a")),
        doc! { "$eq": [
            { "$let": {
                "vars": { "text": "$name", "part": "$note", "replacement": "b" },
                "in": { "$cond": [{ "$eq": ["$$part", ""] }, "$$text", { "$replaceAll": {
                    "input": "$$text", "find": "$$part", "replacement": "$$replacement",
                } }] },
            } },
            "a",
        ] },
    );
    assert_eq!(
        mistake(|i| i.name().replace_all("", "b").eq("a")),
        "`$replaceAll` needs a text to replace",
    );
}

#[test]
fn patterns() {
    is(
        written(|i| i.name().matches("^a") & i.name().matches_with("b", "im")),
        doc! { "$and": [
            { "$regexMatch": { "input": "$name", "regex": "^a" } },
            { "$regexMatch": { "input": "$name", "regex": "b", "options": "im" } },
        ] },
    );
    is(
        written(|i| i.name().find_matches("a").len().gt(1)),
        doc! { "$gt": [{ "$size": { "$regexFindAll": { "input": "$name", "regex": "a" } } }, 1] },
    );
    assert_eq!(
        mistake(|i| i.name().matches_with("a", "ig")),
        "unknown option 'g': the options are i, m, s and x",
    );
}
