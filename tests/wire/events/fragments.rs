//! Split events are joined, and broken sequences are told.

use odm::{
    ErrorKind,
    bson::{Document, RawDocumentBuf},
    change_stream::{Fragments, Pushed},
    prelude::*,
};
use proptest::prelude::*;

use super::{Series, event, raw, series, stored};

fn fragment(number: i32, of: i32, more: Document) -> RawDocumentBuf {
    let mut fragment = doc! {
        "_id": { "_data": format!("token{number}") },
        "splitEvent": { "fragment": number, "of": of },
    };
    fragment.extend(more);
    raw(&fragment)
}

/// The error of a push, after which nothing is kept.
fn fault(fragments: &mut Fragments, event: &RawDocumentBuf) -> String {
    let Pushed::Fault(error) = fragments.push(event) else { panic!("no fault") };
    assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{error:?}");
    assert!(!fragments.is_incomplete());
    error.to_string()
}

#[test]
fn an_event_that_was_not_split_passes_unchanged() {
    let event = raw(&event("insert", doc! { "fullDocument": stored() }));
    let mut fragments = Fragments::default();
    let Pushed::Joined(joined) = fragments.push(&event) else { panic!("not whole") };
    assert!(std::ptr::eq(&*joined, &*event), "it was copied");
}

#[test]
fn three_fragments_become_one_event_with_the_last_token() {
    let mut whole = event("insert", doc! { "fullDocument": stored() });
    whole.remove("_id");
    let fields: Vec<_> = whole.into_iter().collect();
    let part = |range: std::ops::Range<usize>| fields[range].iter().cloned().collect();
    let mut fragments = Fragments::default();
    assert!(matches!(fragments.push(&fragment(1, 3, part(0..1))), Pushed::Incomplete));
    assert!(fragments.is_incomplete());
    assert!(matches!(fragments.push(&fragment(2, 3, part(1..3))), Pushed::Incomplete));
    let last = fragment(3, 3, part(3..4));
    let Pushed::Joined(joined) = fragments.push(&last) else { panic!("not joined") };
    assert!(!fragments.is_incomplete());
    assert_eq!(joined.get("splitEvent").unwrap(), None);
    let event = ChangeEvent::<Series>::decode(&joined).unwrap();
    assert_eq!(event.token().to_string(), "token3");
    assert_eq!(event.document(), Some(&series()));
}

#[test]
fn one_fragment_of_one_is_an_event() {
    let event = fragment(1, 1, doc! { "a": 1 });
    let mut fragments = Fragments::default();
    let Pushed::Joined(joined) = fragments.push(&event) else { panic!("not joined") };
    assert_eq!(*joined, *raw(&doc! { "_id": { "_data": "token1" }, "a": 1 }));
}

#[test]
fn a_sequence_that_begins_in_the_middle_is_told() {
    let text = fault(&mut Fragments::default(), &fragment(2, 3, doc! {}));
    assert!(text.ends_with("splitEvent: expected fragment 1, found fragment 2 of 3"), "{text}");
}

#[test]
fn a_sequence_that_breaks_off_is_told_and_what_broke_it_can_be_pushed_again() {
    let whole = raw(&event("delete", doc! {}));
    let again = fragment(1, 2, doc! {});
    let skipped = fragment(3, 3, doc! {});
    let other = fragment(2, 4, doc! {});
    for (breaking, found) in [
        (&whole, "a whole event"),
        (&again, "fragment 1 of 2"),
        (&skipped, "fragment 3 of 3"),
        (&other, "fragment 2 of 4"),
    ] {
        let mut fragments = Fragments::default();
        assert!(matches!(fragments.push(&fragment(1, 3, doc! {})), Pushed::Incomplete));
        let text = fault(&mut fragments, breaking);
        assert!(text.ends_with(&format!("expected fragment 2 of 3, found {found}")), "{text}");
    }
    let mut fragments = Fragments::default();
    fragments.push(&fragment(1, 3, doc! { "old": 1 }));
    fault(&mut fragments, &whole);
    assert!(matches!(fragments.push(&whole), Pushed::Joined(event) if *event == *whole));
}

#[test]
fn what_was_cleared_does_not_come_back() {
    let mut fragments = Fragments::default();
    fragments.push(&fragment(1, 2, doc! { "old": 1 }));
    fragments.clear();
    fragments.push(&fragment(1, 2, doc! { "new": 1 }));
    let last = fragment(2, 2, doc! { "newer": 1 });
    let Pushed::Joined(joined) = fragments.push(&last) else { panic!("not joined") };
    assert_eq!(*joined, *raw(&doc! { "_id": { "_data": "token2" }, "new": 1, "newer": 1 }));
}

#[test]
fn a_fragment_that_does_not_count_is_a_fault() {
    for odd in [doc! {}, doc! { "fragment": 1 }, doc! { "fragment": "one", "of": 2 }] {
        let event = raw(&doc! { "_id": { "_data": "a" }, "splitEvent": odd });
        assert!(fault(&mut Fragments::default(), &event).contains("splitEvent"));
    }
    let text = fault(&mut Fragments::default(), &fragment(1, 0, doc! {}));
    assert!(text.ends_with("found fragment 1 of 0"), "{text}");
}

proptest! {
    /// Wherever an event is cut, it comes back whole.
    #[test]
    fn a_split_event_comes_back(cuts in prop::collection::vec(0_usize..5, 0..6)) {
        let mut whole = event("replace", doc! { "fullDocument": stored(), "n": 1, "m": 2 });
        whole.remove("_id");
        let fields: Vec<_> = whole.into_iter().collect();
        let mut bounds: Vec<_> = cuts.into_iter().chain([0, fields.len()]).collect();
        bounds.sort_unstable();
        let of = bounds.len() - 1;
        let mut fragments = Fragments::default();
        for (index, range) in bounds.windows(2).enumerate() {
            let part = fields[range[0]..range[1]].iter().cloned().collect();
            let part = fragment(index as i32 + 1, of as i32, part);
            match fragments.push(&part) {
                Pushed::Incomplete => prop_assert!(index + 1 < of),
                Pushed::Joined(event) => {
                    prop_assert_eq!(index + 1, of);
                    let mut expected = doc! { "_id": { "_data": format!("token{of}") } };
                    expected.extend(fields.iter().cloned());
                    prop_assert_eq!(event.into_owned(), raw(&expected));
                }
                Pushed::Fault(error) => prop_assert!(false, "{}", error),
            }
        }
        prop_assert!(!fragments.is_incomplete());
    }
}
