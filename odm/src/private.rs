//! What the derived code names. Not part of the public interface.

#[path = "private/fields.rs"]
mod fields;
#[path = "private/functions.rs"]
mod functions;
#[path = "private/handles.rs"]
mod handles;
#[path = "private/variants.rs"]
mod variants;

pub use self::{
    fields::{
        absent_field, claims, claims_by_name, decode_field, encode_field, encode_struct,
        fill_field, fill_value, inner, is_absent_field, no_missing, put_field, read_items, refused,
        slot_always, slot_defaulted, slot_field, take_flattened, unknown_field,
    },
    functions::{DeserializeField, SerializeField, decode_with, encode_with},
    handles::{
        At, ByFunctions, BySerde, ByTruncation, ByUpkeep, Inlined, Plain, ScalarAt, case, child,
        child_with, encoded, encoded_case, flattened, has_field, is_other_text, is_text, same,
    },
    variants::{
        adjacent, content, external, fail_other, fail_skipped, internal, no_content, unknown_tag,
        unknown_variant, write_tag,
    },
};
pub use crate::{
    codec::{
        Decode, DecodeError, Element, ElementType, Encode, Encoder, FieldCodec, Flatten, MapKey,
        Missing, Names, Serde, Slots, Truncated, fill, fill_with, other, put, read_beside_tag,
        read_fields, take,
    },
    expression::{Expr, Expression, Operand},
    filter::Filter,
    model::{
        Counting, Described, HasId, Identified, ModelOptions, Narrow, Numbered, OnDelete,
        Polymorphic, SameId, Variant, Versioned,
    },
    path::{
        Below, Conditional, Defaulted, Derived, Embedded, Encoded, Entry, Facts, Field, Handle,
        Identifier, Kept, Layers, Mode, NaturallyStored, Nulled, Part, Path, Reached, Read,
        Reading, Required, Scalar, Spec, class, kind,
    },
    row::Given,
    update::Upkeep,
};
pub use serde;
pub use std::{
    borrow::Cow,
    clone::Clone,
    default::Default,
    marker::{PhantomData, Sized},
    option::Option::{self, None, Some},
    result::Result::{self, Err, Ok},
    vec::Vec,
};
