//! One hundred levels are written and read; one more is refused, and no stack is exhausted.

use odm::{
    bson::{Bson, Document, RawDocumentBuf, doc},
    codec::{
        Decode, DecodeError, Element, ElementType, Encode, Encoder, Missing, Slots,
        decode_document, decode_serde, encode_document, encode_serde, fill, put, read_fields, take,
    },
};

use crate::support::{Own, on_a_usual_stack};

/// As the derive would write it.
#[derive(Debug)]
struct Nest {
    next: Option<Box<Nest>>,
}

impl Encode for Nest {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.document(|out| out.slot::<Own, _>("\0next\0", &self.next));
        ElementType::EmbeddedDocument
    }
}

#[derive(Default)]
struct NestSlots {
    next: Option<Option<Box<Nest>>>,
}

impl Slots for NestSlots {
    fn put(&mut self, _: usize, element: Element<'_>) -> Result<(), DecodeError> {
        put::<Own, _>(&mut self.next, element)
    }
}

impl Decode for Nest {
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        let mut slots = NestSlots::default();
        read_fields(element, &["next\0"], &mut slots)?;
        let mut missing = Missing::default();
        fill::<Own, _>(&mut slots.next, "next", &mut missing);
        missing.check()?;
        Ok(Self { next: take(&mut slots.next) })
    }
}

fn nest(levels: usize) -> Nest {
    (1..levels).fold(Nest { next: None }, |inner, _| Nest { next: Some(Box::new(inner)) })
}

/// `wrap` around an empty document until there are `levels`.
fn nested(levels: usize, wrap: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    (1..levels).fold(vec![5, 0, 0, 0, 0], |inner, _| wrap(inner))
}

fn framed(elements: &[u8]) -> Vec<u8> {
    let length = (elements.len() + 5) as i32;
    [&length.to_le_bytes(), elements, &[0]].concat()
}

fn documents(levels: usize) -> Vec<u8> {
    nested(levels, |inner| framed(&[b"\x03next\0", &*inner].concat()))
}

/// A document with arrays in arrays, `levels` in all.
fn arrays(levels: usize) -> Vec<u8> {
    let items = nested(levels - 1, |inner| framed(&[b"\x040\0", &*inner].concat()));
    framed(&[b"\x04v\0", &*items].concat())
}

/// JavaScript with a scope with JavaScript with a scope.
fn scopes(levels: usize) -> Vec<u8> {
    nested(levels, |inner| {
        let length = (inner.len() + 9) as i32;
        framed(&[b"\x0Fv\0", &length.to_le_bytes()[..], &[1, 0, 0, 0, 0], &inner].concat())
    })
}

const TOO_DEEP: &str = "nested deeper than 100 levels";

#[test]
fn a_recursive_type_is_bounded() {
    on_a_usual_stack(|| {
        let bytes = encode_document(&nest(100)).expect("100 levels");
        assert!(decode_document::<Nest>(&bytes).is_ok());
        let refused = encode_document(&nest(101)).expect_err("101 levels").to_string();
        assert!(refused.ends_with(TOO_DEEP), "{refused}");
        assert!(refused.starts_with("next.next."), "{refused}");
        assert!(encode_document(&nest(5_000)).is_err());
        let refused = decode_document::<Nest>(&documents(101)).expect_err("101 levels");
        assert_eq!(refused.reason(), TOO_DEEP);
        assert_eq!(refused.path().matches("next").count(), 100);
        assert!(decode_document::<Nest>(&documents(50_000)).is_err());
    });
}

#[test]
fn the_drivers_documents_are_bounded() {
    on_a_usual_stack(|| {
        for bytes in [documents(100), arrays(100), scopes(100)] {
            let document = decode_document::<Document>(&bytes).expect("100 levels");
            assert_eq!(encode_document(&document).expect("100 levels"), bytes);
            let raw = decode_document::<RawDocumentBuf>(&bytes).expect("100 levels");
            assert_eq!(encode_document(&raw).expect("100 levels"), bytes);
        }
        for bytes in [documents(101), arrays(101), scopes(101), documents(50_000), scopes(5_000)] {
            let refused = decode_document::<Document>(&bytes).expect_err("too many levels");
            assert_eq!(refused.reason(), TOO_DEEP);
            assert!(decode_document::<RawDocumentBuf>(&bytes).is_err());
        }
    });
}

#[test]
fn deeper_values_cannot_be_written() {
    on_a_usual_stack(|| {
        let bson = (1..102).fold(Bson::Document(doc! {}), |inner, _| Bson::Array(vec![inner]));
        let refused = encode_document(&doc! { "v": bson }).expect_err("too many levels");
        assert!(refused.to_string().ends_with(TOO_DEEP), "{refused}");
        let raw = RawDocumentBuf::from_bytes(documents(100)).expect("a document");
        let refused = encode_document(&Outer(raw)).expect_err("101 levels").to_string();
        assert!(refused.starts_with("raw: next."), "{refused}");
        assert!(refused.ends_with(TOO_DEEP), "{refused}");
    });
}

/// A field that only serde knows has fewer levels: the driver's deserializer needs a large stack.
#[test]
fn a_value_of_serde_is_bounded_in_both_directions() {
    struct BySerde(Document);
    impl Encode for BySerde {
        fn encode(&self, out: &mut Encoder) -> ElementType {
            encode_serde(&self.0, out)
        }
    }
    impl Decode for BySerde {
        fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
            decode_serde(element).map(Self)
        }
    }
    on_a_usual_stack(|| {
        let sound = decode_document::<BySerde>(&documents(64)).expect("64 levels");
        assert_eq!(encode_document(&sound).expect("64 levels"), documents(64));
        let refused = decode_document::<BySerde>(&documents(65)).err().expect("65 levels");
        assert_eq!(refused.to_string(), "nested deeper than 64 levels for serde");
        let deeper = BySerde(decode_document(&documents(65)).expect("65 levels"));
        let refused = encode_document(&deeper).expect_err("65 levels");
        assert_eq!(refused.to_string(), "nested deeper than 64 levels for serde");
    });
}

struct Outer(RawDocumentBuf);

impl Encode for Outer {
    fn encode(&self, out: &mut Encoder) -> ElementType {
        out.document(|out| out.field("raw", &self.0));
        ElementType::EmbeddedDocument
    }
}

/// Recursion through a tag, and through a flattened field, is counted like any other.
mod beside_a_tag {
    use odm::{codec::decode_document, prelude::*};

    use super::framed;
    use crate::support::on_a_usual_stack;

    #[derive(Embedded, Debug)]
    #[model(tag = "op")]
    enum Expression {
        Not { inner: Box<Expression> },
        True,
    }

    #[derive(Embedded, Debug)]
    struct Link {
        #[model(flatten)]
        held: Held,
    }

    #[derive(Embedded, Debug)]
    struct Held {
        next: Option<Box<Link>>,
    }

    fn negated(levels: usize) -> Vec<u8> {
        let innermost = framed(b"\x02op\0\x05\0\0\0True\0");
        (1..levels).fold(innermost, |inner, _| {
            framed(&[b"\x02op\0\x04\0\0\0Not\0\x03inner\0", inner.as_slice()].concat())
        })
    }

    fn linked(levels: usize) -> Vec<u8> {
        (1..levels).fold(framed(b"\x0anext\0"), |inner, _| {
            framed(&[b"\x03next\0", inner.as_slice()].concat())
        })
    }

    #[test]
    fn one_hundred_levels_are_read_and_more_are_refused() {
        on_a_usual_stack(|| {
            decode_document::<Expression>(&negated(100)).expect("100 levels");
            decode_document::<Link>(&linked(100)).expect("100 levels");
            for levels in [101, 5_000] {
                let error = decode_document::<Expression>(&negated(levels)).unwrap_err();
                assert_eq!(error.reason(), "nested deeper than 100 levels");
                let error = decode_document::<Link>(&linked(levels)).unwrap_err();
                assert_eq!(error.reason(), "nested deeper than 100 levels");
            }
        });
    }
}
