//! Literals of expressions, where a text that begins with `$` would be a field.

use super::{conditions::count, *};
use odm::path::{Fields, Filtering};

#[tokio::test]
async fn a_text_in_a_pipeline_is_a_text() {
    let db = filled("injection_stages").await;
    for text in TEXTS {
        let stages = Inbox::stages().set(|i| i.text(), text);
        let update = Inbox::update_pipeline(stages).filter(|i| i.id().eq(1));
        let after = update.fetch_after(&db).await.expect("an update").expect("a document");
        assert_eq!(after.text, text);
    }
}

#[tokio::test]
async fn a_text_in_an_expression_is_a_text() {
    let db = filled("injection_expressions").await;
    for text in TEXTS {
        let equal = |_: Fields<Inbox, Filtering>| Inbox::expr(|i| i.text().eq(text));
        assert_eq!(count(&db, equal).await, 0, "{text}");
        Inbox::replace(&Inbox { text: text.into(), ..inbox(1) }).run(&db).await.expect("a text");
        assert_eq!(count(&db, equal).await, 1, "{text}");
    }
}
