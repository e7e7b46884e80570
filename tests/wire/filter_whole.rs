//! Conditions on whole documents.

use odm::{filter::TextSearch, prelude::*};

use crate::filter::{Item, mistake, written};

fn document(filter: Filter<Item>) -> odm::bson::Document {
    filter.as_document().expect("a valid filter")
}

#[test]
fn text_is_searched() {
    assert_eq!(
        document(Filter::text("a \"b c\" -d")),
        doc! { "$text": { "$search": "a \"b c\" -d" } }
    );
    let search =
        TextSearch::new("a").language("es").case_sensitive(true).diacritic_sensitive(false);
    assert_eq!(
        document(Filter::text(search)),
        doc! { "$text": {
            "$search": "a", "$language": "es", "$caseSensitive": true, "$diacriticSensitive": false,
        } },
    );
}

#[test]
fn the_rest() {
    assert_eq!(document(Filter::where_js("this.qty > 1")), doc! { "$where": "this.qty > 1" });
    assert_eq!(
        document(Filter::json_schema(doc! { "required": ["name"] })),
        doc! { "$jsonSchema": { "required": ["name"] } },
    );
    assert_eq!(document(Filter::sample_rate(0.3)), doc! { "$sampleRate": 0.3 });
    assert_eq!(
        written(|i| i.qty().gt(1).comment("why")),
        doc! { "qty": { "$gt": 1 }, "$comment": "why" }
    );
    assert_eq!(document(Filter::raw(doc! { "a.b": { "$gt": 1 } })), doc! { "a.b": { "$gt": 1 } });
    let rate = Filter::<Item>::sample_rate(1.5).as_document().unwrap_err().to_string();
    assert_eq!(rate, "cannot encode $sampleRate: 1.5 is not between 0 and 1");
}

#[test]
fn what_the_server_refuses_at_a_place_is_refused() {
    let text = || Filter::<Item>::text("a");
    assert_eq!(mistake(|_| text() & text()), "`$text` is in the filter twice");
    assert_eq!(
        mistake(|i| i.qty().gt(1) & !text()),
        "`$text` cannot be used under `$nor` or `$not`"
    );
    assert_eq!(
        document(text() | Filter::raw(doc! { "_id": 1 })),
        doc! {
            "$or": [{ "$text": { "$search": "a" } }, { "_id": 1 }],
        }
    );
    assert!(
        mistake(|i| i.nums().elem_match(|_| Filter::where_js("true"))).contains("`$where` cannot")
    );
    assert!(
        mistake(|i| i.nums().elem_match(|_| Filter::sample_rate(0.1))).contains("`$sampleRate`")
    );
}
