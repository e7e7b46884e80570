//! References: `Self`, generic models, and fields that have the names of our own.

use odm::{Embedded, Id, Model, Ref, path::Field, prelude::Operations};

#[derive(Model, Clone, Debug, PartialEq)]
struct Node {
    #[model(id)]
    id: Id<Self>,
    parent: Option<Ref<Self>>,
    children: Vec<Ref<Node>>,
}

#[derive(Model, Clone, Debug, PartialEq)]
struct Left {
    #[model(id)]
    id: i32,
    right: Ref<Right>,
}

#[derive(Model, Clone, Debug, PartialEq)]
struct Right {
    #[model(id)]
    id: Ref<Node>,
    left: Option<Box<Ref<Left>>>,
}

/// About any model; nothing is asked of `M` but that it is one.
#[derive(Model)]
struct Note<M: Model> {
    #[model(id)]
    id: Id<Note<M>>,
    #[model(on_delete = "cascade")]
    about: Ref<M>,
    #[model(on_delete = "restrict")]
    answers: Vec<Ref<Self>>,
}

/// A generic model that refers to itself: it is one for every `T` that can be stored.
#[derive(Model, Clone, Debug, PartialEq)]
struct Page<T: Clone + Field> {
    #[model(id)]
    id: i64,
    body: T,
    #[model(on_delete = "set_null")]
    next: Option<Ref<Page<T>>>,
}

/// A newtype of a reference.
#[derive(Embedded, Clone, Debug, PartialEq)]
struct Author(Ref<Node>);

#[derive(Model, Clone, Debug, PartialEq)]
struct Named {
    #[model(id)]
    key: i32,
    id: Ref<Node>,
    to: Ref<Node>,
    new: Ref<Node>,
    with: Ref<Node>,
    fetch: Ref<Node>,
    load: Ref<Node>,
    get: Ref<Node>,
    into_id: Ref<Node>,
    try_to: Ref<Node>,
    target: Ref<Node>,
    author: Author,
}

fn node() -> Node {
    Node { id: Id::new(), parent: None, children: vec![] }
}

#[test]
fn references_to_the_model_itself_and_in_a_circle_are_stored() {
    let root = node();
    let leaf = Node { parent: Some(Ref::to(&root)), children: vec![Ref::to(&root)], ..node() };
    assert_eq!(super::there_and_back(&leaf), leaf);
    let left = Left { id: 1, right: Ref::new(Ref::to(&root)) };
    let right = Right { id: Ref::to(&root), left: Some(Box::new(Ref::to(&left))) };
    assert_eq!(super::there_and_back(&left), left);
    assert_eq!(super::there_and_back(&right), right);
}

#[test]
fn generic_models_refer_and_are_referred_to() {
    let page = Page { id: 1, body: "a".to_owned(), next: Some(Ref::new(2)) };
    assert_eq!(super::there_and_back(&page), page);
    let note = Note { id: Id::new(), about: Ref::to(&page), answers: vec![] };
    let answer = Note { id: Id::new(), about: note.about, answers: vec![Ref::to(&note)] };
    let read = super::there_and_back(&answer);
    assert!(read.about == Ref::to(&page) && read.answers == [Ref::to(&note)]);
    let find = Note::<Page<String>>::find().with(|n| n.about()).with(|n| n.answers());
    assert!(find.as_document().is_ok());
    let delete = Page::<String>::delete_referenced(1).referrer::<Note<Page<String>>>();
    assert_eq!(format!("{delete:?}"), "DeleteReferenced(page, note)");
    assert!(Page::<i32>::find().with(|p| p.next()).as_document().is_ok());
}

macro_rules! with {
    ($($field:ident)*) => {
        [$((
            format!("{:?}", Named::find().with(|n| n.$field())),
            stringify!($field),
        ),)*]
    };
}

#[test]
fn a_reference_of_any_name_is_reached() {
    for (find, name) in with! { id to new with fetch load get into_id try_to target author } {
        assert!(find.ends_with(&format!(", {name})")), "{find}");
    }
    let named = odm::prelude::Comparison::eq(&Named::fields().with(), Ref::to(&node()));
    assert!(named.as_document().is_ok());
}
