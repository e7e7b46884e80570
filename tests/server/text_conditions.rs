//! Conditions on text take every letter as it is.

use odm::{filter::Pattern, prelude::*};
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "notes")]
struct Note {
    #[model(id)]
    id: i64,
    text: String,
}

type Fields = odm::path::Fields<Note, odm::path::Filtering>;

#[tokio::test]
async fn letters_that_patterns_know_stand_for_themselves() {
    let db = database("letters_that_patterns_know").await;
    let texts = ["a.b", "axb", "A.B", "a.b\n", "x (a.b)", "[a-z]*$", "äÖ", "ÄÖ"];
    let notes = texts.iter().zip(1..).map(|(text, id)| Note { id, text: (*text).to_owned() });
    Note::insert_many(&notes.collect::<Vec<_>>()).run(&db).await.expect("an insert");
    let cases: [(fn(Fields) -> Filter<Note>, &[i64]); 12] = [
        (|n| n.text().starts_with("a.b"), &[1, 4]),
        (|n| n.text().starts_with_ignoring_case("a.b"), &[1, 3, 4]),
        (|n| n.text().ends_with("a.b"), &[1]),
        (|n| n.text().ends_with(".b)"), &[5]),
        (|n| n.text().ends_with_ignoring_case("A.b"), &[1, 3]),
        (|n| n.text().contains_text("a.b"), &[1, 4, 5]),
        (|n| n.text().contains_text("-z]*$"), &[6]),
        (|n| n.text().contains_text_ignoring_case("(A.B"), &[5]),
        (|n| n.text().eq_ignoring_case("A.b"), &[1, 3]),
        (|n| n.text().eq_ignoring_case("äö"), &[7, 8]),
        (|n| n.text().starts_with(""), &[1, 2, 3, 4, 5, 6, 7, 8]),
        (|n| n.text().regex(Pattern::exactly("[a-z]*$")), &[6]),
    ];
    for (at, (condition, expected)) in cases.into_iter().enumerate() {
        let find = Note::find().filter(condition).sort(|n| n.id().asc());
        let found = find.all(&db).await.expect("a find");
        let found: Vec<_> = found.into_iter().map(|note| note.id).collect();
        assert_eq!(found, expected, "case {at}");
    }
}
