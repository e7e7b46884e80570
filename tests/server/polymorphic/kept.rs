//! Versions, times and references of variants.

use odm::{ErrorKind, bson::DateTime, prelude::*};
use tests::database;

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "notes", tag = "kind")]
enum Note {
    Plain {
        #[model(id)]
        id: i64,
        text: String,
        #[model(version)]
        version: i64,
        #[model(updated_at)]
        changed: DateTime,
        #[model(on_delete = "set_null")]
        author: Option<Ref<Author>>,
    },
    Signed(Signed),
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Signed {
    #[model(id)]
    id: i64,
    #[model(version)]
    version: i64,
    #[model(updated_at)]
    changed: DateTime,
    author: Option<Ref<Author>>,
}

/// Its rules hold where it is a variant.
#[derive(Model, Clone, Debug, PartialEq)]
struct Draft {
    #[model(id)]
    id: i64,
    #[model(on_delete = "cascade")]
    author: Ref<Author>,
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "pages", tag = "kind")]
enum Page {
    Draft(Draft),
    Final {
        #[model(id)]
        id: i64,
        author: Ref<Author>,
    },
}

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "authors")]
struct Author {
    #[model(id)]
    id: i64,
}

fn plain(id: i64) -> Note {
    let changed = DateTime::from_millis(0);
    Note::Plain { id, text: "a".into(), version: 1, changed, author: Some(Ref::new(7)) }
}

fn signed(id: i64) -> Note {
    let changed = DateTime::from_millis(0);
    Note::Signed(Signed { id, version: 1, changed, author: Some(Ref::new(7)) })
}

fn kept(note: &Note) -> (i64, DateTime) {
    match note {
        Note::Plain { version, changed, .. } => (*version, *changed),
        Note::Signed(signed) => (signed.version, signed.changed),
    }
}

#[tokio::test]
async fn every_variant_has_the_version_of_the_model() {
    let db = database("polymorphic_versions").await;
    Note::insert_many(&[plain(1), signed(2)]).run(&db).await.unwrap();
    for id in [1, 2] {
        let loaded = Note::find_by_id(id).get(&db).await.unwrap();
        assert!(kept(&loaded).1 > DateTime::from_millis(0), "{loaded:?}");
        let none = Option::<Ref<Author>>::None;
        let write = || match loaded {
            Note::Plain { .. } => Note::update().set(|n| n.as_plain().author(), none),
            Note::Signed(_) => Note::update().set(|n| n.as_signed().author(), none),
        };
        write().by(&loaded).one(&db).await.unwrap();
        let error = write().by(&loaded).one(&db).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Stale), "{error:?}");
        let stored = Note::find_by_id(id).get(&db).await.unwrap();
        assert_eq!(kept(&stored).0, 2);
        // As another variant, too.
        let other = if id == 1 { signed(1) } else { plain(2) };
        Note::replace(&other).by(&stored).run(&db).await.unwrap();
        assert_eq!(kept(&Note::find_by_id(id).get(&db).await.unwrap()).0, 3);
    }
}

#[tokio::test]
async fn a_reference_is_forgotten_in_its_variant_alone() {
    let db = database("polymorphic_on_delete").await;
    Author::insert(&Author { id: 7 }).run(&db).await.unwrap();
    Note::insert_many(&[plain(1), signed(2)]).run(&db).await.unwrap();
    let author = Ref::new(7);
    let pages = [Page::Draft(Draft { id: 1, author }), Page::Final { id: 2, author }];
    Page::insert_many(&pages).run(&db).await.unwrap();

    let deleted = Author::delete_referenced(7).referrer::<Note>().referrer::<Page>();
    let deleted = deleted.run(&db).await.unwrap();
    assert_eq!((deleted.set_null, deleted.cascaded), (1, 1));
    assert_eq!(Page::find().all(&db).await.unwrap(), pages[1..]);
    let notes = Note::find().sort(|n| n.id().asc()).all(&db).await.unwrap();
    assert!(matches!(&notes[0], Note::Plain { author: None, .. }), "{notes:?}");
    assert!(matches!(&notes[1], Note::Signed(Signed { author: Some(_), .. })), "{notes:?}");
}
