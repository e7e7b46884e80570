//! Documents as other programs and older versions have stored them: of any shape that the model
//! reads.

use odm::{
    bson::{Bson, Document, doc, serialize_to_vec},
    codec::{Decode, DecodeError, decode_document, encode_document},
};
use tests::Random;

use super::{
    any::{below, pick},
    subject::Subject,
};

/// A random document of this `_id` that the model can read.
pub(super) fn stored<M: Subject>(id: M::Id, random: &mut Random) -> Document {
    let value = M::any(random).with_id(id);
    let bytes = encode_document(&value).expect("a value that can be stored");
    let mut document: Document = odm::bson::deserialize_from_slice(&bytes).expect("a document");
    for _ in 0..random.below(12) {
        let mut changed = document.clone();
        change(&mut changed, random, true);
        if read::<M>(&changed).is_ok() {
            document = changed;
        }
    }
    document
}

pub(super) fn read<M: Decode>(document: &Document) -> Result<M, DecodeError> {
    decode_document(&serialize_to_vec(document).expect("a document"))
}

/// Changes one value somewhere in the document.
fn change(document: &mut Document, random: &mut Random, is_whole: bool) {
    let keys = document.keys().filter(|key| !is_whole || *key != "_id");
    let keys: Vec<String> = keys.cloned().collect();
    if keys.is_empty() || random.below(16) == 0 {
        document.insert("unknown", 1);
        return;
    }
    let key = pick(random, &keys);
    match random.below(6) {
        0 => drop(document.remove(&key)),
        1 => move_to_end(document, &key),
        _ => document.iter_mut().filter(|(name, _)| **name == key).for_each(|(_, value)| {
            change_value(value, random);
        }),
    }
}

fn move_to_end(document: &mut Document, key: &str) {
    if let Some(value) = document.remove(key) {
        document.insert(key, value);
    }
}

fn change_value(value: &mut Bson, random: &mut Random) {
    match value {
        Bson::Document(document) if random.below(4) > 0 => change(document, random, false),
        Bson::Array(values) if !values.is_empty() && random.below(3) > 0 => {
            let index = below(random, values.len());
            match random.below(3) {
                0 => drop(values.remove(index)),
                _ => change_value(&mut values[index], random),
            }
        }
        _ => *value = other(value, random),
    }
}

/// Null, something empty, or the same number in another type.
fn other(value: &Bson, random: &mut Random) -> Bson {
    match value {
        Bson::Int32(number) if random.below(2) == 0 => Bson::Int64(i64::from(*number)),
        Bson::Int32(number) => Bson::Double(f64::from(*number)),
        Bson::Int64(number) => i32::try_from(*number).map_or(Bson::Null, Bson::Int32),
        _ => pick(random, &[Bson::Null, Bson::Null, Bson::Array(vec![]), Bson::Document(doc! {})]),
    }
}
