//! Pages for reading: what holds for all of the crate.
//!
//! - [`promise`]: a typed write never leaves a document that its model cannot read.
//! - [`none`]: what is stored for `None`, and how to ask for it.
//! - [`values`]: a value is never read as an operator.
//! - [`outcomes`]: from an error to what became of the write.
//! - [`expressions`]: every expression operator, and the method that writes it.

pub mod expressions;
pub mod outcomes;

/// A typed write never leaves a document that its model cannot read.
///
/// rustc refuses what types can say: a float for an integer, `$unset` of a required field, a path
/// that does not say which element of an array it means. Some things depend on the document that is
/// stored. A write that relies on one of them carries a condition. If it does not hold, nothing is
/// written: the result's `matched` is 0.
///
/// | the write goes | it relies on | the condition |
/// | --- | --- | --- |
/// | below an `Option` or a field with a default, `s.ship().city()` | the parent being there | `{"ship": {"$type": "object"}}` |
/// | below an entry of a map, `s.places().key("home").city()` | the entry being there | `{"places.home": {"$type": "object"}}` |
/// | to or below a position, `s.lines().at(2)` | the array being that long | `{"lines.2": {"$exists": true}}` |
/// | into a variant, `s.shape().as_circle()` | the variant | `{"shape.type": "circle"}` |
/// | through `$[]` of an optional array | the array being there | `{"tags": {"$type": "array"}}` |
/// | to a number, by `checked_inc`, `checked_dec`, `checked_mul` | the result being in range | `{"$nor": [{"qty": {"$gt": 245}}]}` |
///
/// Behind `.each()` and `.filtered(…)`, the condition is on the element and stands in the array
/// filter. If all fields of a parent are optional, an absent parent is created, because the result
/// can be read.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "drawings")]
/// struct Drawing { #[model(id)] id: i64, shapes: Vec<Shape> }
///
/// #[derive(Embedded)]
/// #[model(tag = "type")]
/// enum Shape { Circle { r: i32 }, Square { side: i32 } }
///
/// let grow = Drawing::update().filter(|d| d.id().eq(1)).inc(|d| d.shapes().each().as_circle().r(), 1);
/// assert_eq!(
///     grow.as_document()?,
///     doc! {
///         "q": { "_id": 1_i64 },
///         "u": { "$inc": { "shapes.$[e0].r": 1 } },
///         "arrayFilters": [{ "e0.type": "Circle" }],
///     },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// [`changes_from`](crate::Operations::changes_from) makes such conditions of what was loaded.
///
/// Other mistakes show in the statement alone, and are an error before anything is sent: an upsert
/// that would insert a document without a required field, `.matched()` that the filter does not
/// decide, two operators on one path, a filter without a condition.
///
/// Not covered:
///
/// - `inc`, `dec` and `mul` past the range of an integer: use `checked_inc`, `checked_dec` and
///   `checked_mul`;
/// - what is written by hand, with `raw`, or by other programs;
/// - a change of the model: documents that were stored before it.
pub mod promise {}

/// A field that is `None` is left out of the document.
///
/// Reading takes both: an absent field and a stored null are `None`. That is the one difference
/// from serde, which stores null. A type that also derives serde's traits has equal bytes both ways
/// if each of its `None`s is stored as null here, or skipped by serde (`skip_serializing_if`).
///
/// | what is `None` | stored |
/// | --- | --- |
/// | a field | nothing |
/// | a newtype of an `Option` | nothing, where it is a field |
/// | a field with `#[model(null)]`, or of a type with it | null |
/// | a field with a default that is not `None` | null: absent, it would read as the default |
/// | a field with `skip_serializing_if` | nothing or null, as the function says |
/// | a field with an encoding of its own | what the encoding makes of it; by serde, null |
/// | an item of an array or a tuple, an entry of a map, the data of a variant | null |
/// | a flattened `Option` | nothing; it reads as `None` if none of its fields' keys is there |
///
/// ```
/// use odm::{codec::encode_document, prelude::*};
///
/// #[derive(Embedded, Default)]
/// struct Order {
///     number: i32,
///     note: Option<String>,
///     agent: Agent,
///     #[model(null)]
///     paid: Option<bool>,
///     #[model(default = "one")]
///     boxes: Option<i32>,
///     #[model(skip_serializing_if = "Option::is_none")]
///     weight: Option<f64>,
///     #[model(serde)]
///     code: Option<char>,
///     sizes: Vec<Option<i32>>,
///     #[model(flatten)]
///     place: Option<Place>,
/// }
///
/// #[derive(Embedded, Default)]
/// struct Agent(Option<String>);
///
/// #[derive(Embedded)]
/// struct Place { city: String }
///
/// fn one() -> Option<i32> {
///     Some(1)
/// }
///
/// let order = Order { number: 1, sizes: vec![None], ..Order::default() };
/// let stored: odm::bson::Document = odm::bson::deserialize_from_slice(&encode_document(&order)?)?;
/// assert_eq!(
///     stored,
///     doc! { "number": 1, "paid": null, "boxes": null, "code": null, "sizes": [null] },
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// An absent field can be incremented, be pushed to and be the parent of a new field. The server
/// refuses that for null.
///
/// | operation | what it does |
/// | --- | --- |
/// | `.set(\|s\| s.note(), None)` | `$unset`; null in the places that store null, and in a field with a default |
/// | `.unset(\|s\| s.note())` | `$unset` |
/// | `.set_on_insert(\|s\| s.note(), None)`, `.min(…)`, `.max(…)` | null |
/// | `.is_null()`, `.eq(None)` | finds both null and absent: `{note: null}` |
/// | `.is_some()` | finds the other documents: `{note: {$ne: null}}` |
/// | `.exists()`, `.is_absent()` | tell null and absent apart |
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "notes")]
/// struct Note { #[model(id)] id: i64, text: Option<String> }
///
/// let clear = Note::update().filter(|n| n.id().eq(1)).set(|n| n.text(), None);
/// assert_eq!(clear.as_document()?.get("u"), Some(&doc! { "$unset": { "text": "" } }.into()));
/// assert_eq!(Note::fields().text().eq(None).as_document()?, doc! { "text": null });
/// # Ok::<(), odm::Error>(())
/// ```
pub mod none {}

/// A value is never read as an operator, whatever its type: `bson::Document`, a map, a `Bson`, text
/// that begins with `$`.
///
/// What becomes of a value such as `{"$gt": ""}` or `{"$each": []}`, taken from a request:
///
/// | place | what is sent | what the value does |
/// | --- | --- | --- |
/// | `push`, `push_all` | `{$push: {list: {$each: [value]}}}` | it is an element |
/// | `add_to_set`, `add_to_set_all` | `{$addToSet: {list: {$each: [value]}}}` | it is an element |
/// | `set`, `set_on_insert` | `{$set: {field: value}}` | it is stored |
/// | `min`, `max` | `{$max: {field: value}}` | it is compared, and stored |
/// | `pull` with `eq` | `{$pull: {list: {$eq: value}}}` | equal elements are removed |
/// | `pull_all` | `{$pullAll: {list: [value]}}` | equal elements are removed |
/// | `eq`, `contains`, `any().eq` | `{field: {$eq: value}}` | equal values are found |
/// | `ne`, `gt`, `gte`, `lt`, `lte` | `{field: {$ne: value}}` | values are compared with it |
/// | `elem_match` with `eq` | `{list: {$elemMatch: {$eq: value}}}` | equal elements are found |
/// | an array filter with `eq` | `{i: {$eq: value}}` | equal elements are written |
/// | `in_`, `nin` | `{field: {$in: [value]}}` | the server refuses it: "cannot nest $ under $in" |
/// | `all` | `{list: {$all: [{$elemMatch: {$eq: value}}]}}` | equal elements are found |
/// | a key of a map in a path | nothing | it is an error before anything is sent |
/// | `insert` | the document | it is stored |
/// | `replace` | the document | it is stored; the server refuses it as a field of the document itself |
/// | the `_id` of a replacement | `{_id: {$eq: value}}` | the document with an equal `_id` is replaced |
/// | the filter of an upsert | `{field: {$eq: value}}` | it is stored in the new document |
/// | a literal of an expression | `{$literal: value}` | it is a value |
/// | `comment` | as it is | it is a comment |
/// | `hint` | as it is | it names no index, so the server refuses it |
/// | `let_value` | `{$literal: value}` | it is a value |
/// | `let_vars` | as it is | it **is** an expression: `{$literal: value}` makes it a value |
///
/// A plain value, such as text without a leading `$`, is sent in the short form, `{field: value}`.
/// A regular expression is a value to `eq` and `contains`. Where the server would take it for a
/// pattern, it is an error before anything is sent.
pub mod values {}
