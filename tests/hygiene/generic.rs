//! Generics, lifetimes, `Self`, and parameters that have the names of our own.

use std::{borrow::Cow, collections::BTreeMap, fmt::Debug, marker::PhantomData};

use odm::{Embedded, Model, prelude::Comparison};

#[derive(Model, Clone, Debug, PartialEq)]
struct Page<M, R = i32>
where
    M: Clone,
{
    #[model(id)]
    id: i64,
    items: Vec<M>,
    more: Option<R>,
    children: Vec<Self>,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Borrowed<'a, 'b: 'a, V: Debug + Clone, const N: usize> {
    name: Cow<'a, str>,
    other: Cow<'b, str>,
    values: BTreeMap<String, V>,
    #[model(skip)]
    unused: PhantomData<[u8; N]>,
}

/// Says what a message holds; it is no value itself.
trait Kind {
    type Body;
    type Head;
}

/// Nothing is asked of `K` but what is stored: `K::Body` and `K::Head`.
#[derive(Model)]
struct Message<K: Kind> {
    #[model(id)]
    id: i64,
    body: K::Body,
    heads: Vec<Option<<K as Kind>::Head>>,
    answer: Option<Box<Self>>,
    #[model(skip)]
    kind: PhantomData<K>,
}

/// An `_id` that the parameter names.
#[derive(Model)]
struct Named<K: Kind> {
    #[model(id)]
    id: K::Head,
    #[model(default)]
    body: Option<K::Body>,
}

/// A version and times beside a parameter.
#[derive(Model, Clone, Debug, PartialEq)]
struct Kept<T> {
    #[model(id)]
    id: i64,
    body: T,
    #[model(version)]
    version: i32,
    #[model(updated_at)]
    updated_at: odm::bson::DateTime,
}

struct Text;

impl Kind for Text {
    type Body = String;
    type Head = i32;
}

#[derive(Embedded, Clone, Debug, PartialEq)]
enum Either<L, R> {
    Left(L),
    Right { right: R, deep: Option<Box<Self>> },
    Both(L, R),
    Neither,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
#[model(tag = "t")]
enum Inside<L: Clone> {
    Left(Holder<L>),
    Right { right: L },
    Neither,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Holder<T>(Inner<T>)
where
    T: Clone;

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Inner<T> {
    inner: T,
}

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Wrapper<T>(T);

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Pair<T, U>(T, U);

#[derive(Embedded, Clone, Debug, PartialEq)]
struct Flat<T: odm::__private::Flatten> {
    #[model(flatten)]
    inner: T,
    #[model(default)]
    list: Vec<Wrapper<T>>,
}

#[test]
fn generic_models_have_typed_paths() {
    let page = Page::<String> { id: 1, items: vec!["a".into()], more: Some(2), children: vec![] };
    assert_eq!(super::there_and_back(&page), page);
    let fields = Page::<Wrapper<Inner<i32>>>::fields();
    assert_eq!(super::path(&fields.items().any().inner()), "items.inner");
    assert_eq!(super::path(&fields.children().at(0).more()), "children.0.more");
}

#[test]
fn generic_models_have_versions_and_changes() {
    let updated_at = odm::bson::DateTime::from_millis(1);
    let old = Kept { id: 1, body: "a".to_owned(), version: 3, updated_at };
    let new = Kept { body: "b".to_owned(), ..old.clone() };
    assert_eq!(super::there_and_back(&old), old);
    let update = odm::Operations::changes_from(&new, &old).update().by(&old);
    let update = update.as_document().unwrap();
    let expected = odm::bson::doc! { "_id": 1_i64, "version": 3 };
    assert_eq!(update.get_document("q").unwrap(), &expected);
}

#[test]
fn lifetimes_and_constants_are_kept() {
    let text = String::from("a");
    let value = Borrowed::<'_, '_, i32, 3> {
        name: Cow::Borrowed(&text),
        other: Cow::Borrowed("b"),
        values: BTreeMap::from([("k".into(), 1)]),
        unused: PhantomData,
    };
    assert_eq!(super::there_and_back(&value), value);
}

#[test]
fn generic_enums_have_typed_paths() {
    let values = [
        Either::Left(1),
        Either::Right { right: true, deep: Some(Box::new(Either::Neither)) },
        Either::Both(1, false),
        Either::Neither,
    ];
    for value in values {
        let value = Inner { inner: value };
        assert_eq!(super::there_and_back(&value), value);
    }
    let either = Either::<Inner<i32>, i32>::fields();
    assert_eq!(super::path(&either.as_left().inner()), "Left.inner");
    let deep = either.as_right().deep().as_right().right();
    assert_eq!(super::path(&deep), "Right.deep.Right.right");
    let pair = Inner { inner: Pair(1, Flat { inner: Inner { inner: 2 }, list: vec![] }) };
    assert_eq!(super::there_and_back(&pair), pair);
    let right = Inside::Right { right: Wrapper(1) };
    assert_eq!(super::there_and_back(&right), right);
    let _ = (Inside::Left(Holder(Inner { inner: 1 })), Inside::<i32>::Neither);
}

#[test]
fn a_parameter_that_only_names_types_need_not_be_stored() {
    let message = Message::<Text> {
        id: 1,
        body: "a".into(),
        heads: vec![Some(1), None],
        answer: None,
        kind: PhantomData,
    };
    let read = super::there_and_back(&message);
    assert_eq!((read.body, read.heads), (message.body, message.heads));
    let fields = Message::<Text>::fields();
    assert_eq!(super::path(&fields.answer().heads().at(0)), "answer.heads.0");
    assert_eq!(Named::<Text> { id: 7, body: None }.document_id(), Some(&7));
    assert_eq!(
        Named::<Text>::fields().body().eq("a").as_document().unwrap(),
        odm::bson::doc! { "body": "a" }
    );
}
