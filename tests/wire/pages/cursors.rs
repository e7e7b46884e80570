//! Which cursors are taken.

use std::collections::HashSet;

use odm::{Error, operation::PageCursor};

use super::*;

fn by_rating() -> Find<Shop> {
    Shop::find().filter(|s| s.rating().gt(3)).sort(|s| s.rating().desc())
}

async fn cursor() -> String {
    behind(by_rating(), doc! { "_id": 4_i64, "rating": 9 }).await
}

fn refusal<M: Model>(page: FindPage<M>) -> Error {
    page.as_document().expect_err("a refusal")
}

/// The cursor is refused, for this reason, before anything is sent.
#[track_caller]
fn check_refused<M: Model>(page: FindPage<M>, reason: &str) {
    let error = refusal(page);
    assert!(matches!(error.kind(), ErrorKind::PageCursor(_)), "{error}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(error.to_string(), format!("the page cursor {reason}"));
}

#[tokio::test]
async fn a_cursor_is_text_for_a_url_and_for_serde() {
    let text = cursor().await;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    assert!(text.bytes().all(is_plain), "{text}");
    let cursor: PageCursor = text.parse().unwrap();
    assert_eq!((cursor.to_string(), cursor.as_str()), (text.clone(), text.as_str()));
    assert_eq!(format!("{cursor:?}"), format!("PageCursor({text:?})"));
    let json = serde_json::to_string(&cursor).unwrap();
    assert_eq!(json, format!("\"{text}\""));
    assert_eq!(serde_json::from_str::<PageCursor>(&json).unwrap(), cursor);
    assert!(serde_json::from_str::<PageCursor>("\"AQ\"").is_err());
}

#[tokio::test]
async fn after_takes_a_cursor_or_text_or_none() {
    let text = cursor().await;
    let cursor: PageCursor = text.parse().unwrap();
    let page = || by_rating().page(1);
    let expected = filter(&page().after(text.as_str()));
    assert_ne!(expected, filter(&page()));
    assert_eq!(filter(&page().after(text.clone())), expected);
    assert_eq!(filter(&page().after(&text)), expected);
    assert_eq!(filter(&page().after(Some(text.clone()))), expected);
    assert_eq!(filter(&page().after(Some(text.as_str()))), expected);
    assert_eq!(filter(&page().after(&cursor)), expected);
    assert_eq!(filter(&page().after(Some(&cursor))), expected);
    assert_eq!(filter(&page().after(cursor.clone())), expected);
    assert_eq!(filter(&page().after(Some(cursor))), expected);
    assert_eq!(filter(&page().after(None::<String>)), filter(&page()));
}

#[tokio::test]
async fn a_cursor_of_another_query_is_refused() {
    let cursor = cursor().await;
    let of = |query: Find<Shop>| query.page(1).after(cursor.as_str());
    filter(&of(by_rating()));
    let sort = "was made for another sort order";
    check_refused(of(by_rating().sort(|s| s.city().asc())), sort);
    check_refused(of(Shop::find().sort(|s| s.rating().asc())), sort);
    let other = "was made for another filter, or another collection";
    check_refused(of(by_rating().filter(|s| s.id().eq(1))), other);
    check_refused(of(Shop::find().sort(|s| s.rating().desc())), other);
    check_refused(of(by_rating().let_vars(doc! { "a": 1 })), other);
    let id = behind(Shop::find(), doc! { "_id": 4_i64 }).await;
    check_refused(Visit::find().page(1).after(id), other);
}

#[tokio::test]
async fn a_cursor_fits_a_query_that_is_written_in_another_way() {
    let sorted = || Shop::find().sort(|s| s.rating().asc());
    let one =
        sorted().filter(|s| s.city().eq("Bern") & s.rating().in_([1, 2, 3])).raw(doc! { "net": 5 });
    let other = sorted()
        .raw(doc! { "net": 5_i64 })
        .filter(|s| s.rating().in_(HashSet::from([3, 1, 2])) & s.city().eq("Bern"));
    let cursor = behind(one, doc! { "_id": 4_i64, "rating": 1, "city": "Bern" }).await;
    filter(&other.page(50).after(cursor));
}

#[tokio::test]
async fn a_signed_cursor_is_taken_with_its_key_only() {
    let page = |key: &str| by_rating().page(1).signed_with(key);
    let document = doc! { "_id": 4_i64, "rating": 9 };
    let signed = page_of(page("key"), vec![document.clone(), document]).await.unwrap();
    let signed = signed.next.unwrap();
    filter(&page("key").after(&signed));
    check_refused(page("another").after(&signed), "has a wrong signature");
    check_refused(by_rating().page(1).after(&signed), "is signed, and the query has no key");
    check_refused(page("key").after(cursor().await), "is not signed");
    let error = refusal(page(""));
    assert_eq!(error.to_string(), "the key that signs page cursors is empty");
    let shown = format!("{:?}", page("secret").after(None::<String>));
    assert!(!shown.contains("secret"), "{shown}");
}

/// Each character but one, changed to each other: no change of a signed cursor is taken.
#[tokio::test]
async fn a_signed_cursor_that_was_changed_is_refused() {
    let page = || by_rating().page(1).signed_with([7; 32]);
    let document = doc! { "_id": 4_i64, "rating": 9 };
    let signed = page_of(page(), vec![document.clone(), document]).await.unwrap();
    let signed = signed.next.unwrap().to_string();
    for at in 0..signed.len() {
        let mut changed = signed.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let error = refusal(page().after(changed));
        assert!(matches!(error.kind(), ErrorKind::PageCursor(_)), "{error}");
    }
    for length in 0..signed.len() {
        let error = refusal(page().after(&signed[..length]));
        assert!(matches!(error.kind(), ErrorKind::PageCursor(_)), "{error}");
    }
}

#[test]
fn a_text_that_is_no_cursor_is_refused() {
    let damaged = "is damaged, or is none";
    for text in ["", "?", "AQ", "AQA", "AQE", "AQAFAAAAAA", "AQAFAAAAAA=", "🦀", "AQB_____"] {
        check_refused(by_rating().page(1).after(text), damaged);
    }
    check_refused(by_rating().page(1).after("AgAFAAAAAA"), "is none, or of another version of odm");
}

/// Without a key anybody can write a cursor: it is refused, or a place in the order and nothing else.
#[tokio::test]
async fn a_cursor_that_was_changed_has_values_and_no_operators() {
    let cursor = cursor().await;
    let page = || by_rating().page(1);
    let expected = filter(&page().after(cursor.as_str()));
    let mut taken = 0;
    for at in 0..cursor.len() {
        for other in [b'A', b'Q', b'z', b'_'] {
            let mut changed = cursor.clone().into_bytes();
            changed[at] = other;
            let changed = page().after(String::from_utf8(changed).unwrap());
            let Ok(command) = changed.as_document() else { continue };
            let filter = command.get_document("filter").unwrap();
            let [a, b] = [filter, &expected].map(shape);
            assert!(a == b || filter.contains_key("_id"), "{filter}");
            taken += 1;
        }
    }
    assert!(taken > 0);
}

/// The keys of the documents around the values.
fn shape(filter: &Document) -> Vec<String> {
    let alternatives = filter.get_array("$or").map(Vec::as_slice).unwrap_or_default();
    let mut keys = Vec::new();
    for alternative in alternatives {
        for (key, value) in alternative.as_document().expect("an alternative") {
            keys.push(key.clone());
            keys.extend(value.as_document().into_iter().flat_map(Document::keys).cloned());
        }
    }
    keys
}
