//! Everything that a program with models names: `use odm::prelude::*;`.

#[cfg(feature = "rust_decimal")]
pub use crate::expression::Decimals;
pub use crate::{
    aggregation::Pipeline,
    change_stream::{ChangeEvent, FullDocument, FullDocumentBeforeChange, Operation, Watchable},
    durable::TokenStore,
    error::{ErrorKind, Outcome},
    executor::{Collection, Database, Session, Transaction},
    expression::{
        Arithmetic, ArrayBuilders, ArrayParts, Arrays, Bits, Choose, Compare, Conversions,
        DateArithmetic, DateTexts, Dates, Exponents, Expr, Expression, Internals, Numbers, Objects,
        Patterns, Sets, Statistics, Substrings, Texts, Trigonometry, cond, when,
    },
    filter::{
        ArrayConditions, BitConditions, Comparison, ElementMatch, Evaluation, Filter,
        GeoConditions, Negation, Presence,
    },
    model::Model,
    object,
    operation::{Operations, PageCursor},
    options::ReadPreference,
    path::{ArrayFilter, Embedded},
    reference::Ref,
    sort::{Sort, Sortable},
    update::{Bit, ElementFilter, Pop, each},
};
pub use mongodb::bson::{doc, oid::ObjectId};
pub use odm_derive::{Embedded, Model, Projection, path};
