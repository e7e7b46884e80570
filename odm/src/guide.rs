//! Pages for reading: what holds for all of the crate.
//!
//! - [`promise`]: a typed write never leaves a document that its model cannot read.
//! - [`none`]: what is stored for `None`, and how to ask for it.
//! - [`values`]: a value is never read as an operator.

/// A typed write never leaves a document that its model cannot read.
///
/// rustc refuses what types can say: a float for an integer, `$unset` of a required field, a path
/// that does not say which element of an array it means. Some things depend on the document that is
/// stored. A write that relies on one of them carries a condition, and changes nothing where it does
/// not hold: `matched` in the result tells.
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
/// filter. A parent whose fields are all optional is created where it is absent, for the result can
/// be read.
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
/// Other mistakes show in the statement alone, and are an error before anything is sent: an upsert
/// that would insert a document without a required field, `.matched()` that the filter does not
/// decide, two operators on one path, a filter that turns out to have no condition.
///
/// Not covered:
///
/// - `inc`, `dec` and `mul` past the range of the field, whose checked forms are;
/// - what is written by hand, with `raw`, or by other programs;
/// - a change of the model: documents that were stored before it.
pub mod promise {}

/// `None` is stored by leaving the field out.
///
/// | | stored | read as |
/// | --- | --- | --- |
/// | a field that is `None` | nothing | `None` |
/// | the same with `#[model(null)]`, on the field or on the type | null | `None` |
/// | the same in a field whose default is not `None` | null | `None` |
/// | `None` in an array, a tuple, an entry of a map, the data of a variant | null | `None` |
///
/// So `$inc`, `$push` and their kin create what is not there, instead of failing at a null.
///
/// | operation | what it does |
/// | --- | --- |
/// | `.set(\|s\| s.note(), None)` | `$unset`; null where null is stored |
/// | `.unset(\|s\| s.note())` | `$unset` |
/// | `.is_null()`, `.eq(None)` | finds both null and absent: `{note: null}` |
/// | `.is_some()` | finds what is neither: `{note: {$ne: null}}` |
/// | `.exists()`, `.is_absent()` | tell null and absent apart |
///
/// serde writes null for `None` unless `skip_serializing_if` is given. A type that also derives serde
/// has equal bytes both ways if its `None`s are stored as null or skipped by serde, too.
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
/// # Ok::<(), odm::Error>(())
/// ```
pub mod none {}

/// A value is never read as an operator, whatever its type: `bson::Document`, a map, a `Bson`, text
/// that begins with `$`.
///
/// | place | how a value is written |
/// | --- | --- |
/// | `push`, `add_to_set` | `{"$each": [value]}`: bare, a document `{"$each": …}` would be obeyed |
/// | `push_all`, `add_to_set_all`, `pull_all` | as an item of a list, which is taken as it is |
/// | `set`, `set_on_insert`, `min`, `max` | as it is: the server reads no operator there |
/// | `pull(\|x\| x.eq(value))` | `{"$eq": value}` if it is a document |
/// | filter `eq`, `contains` | as it is, or `{"$eq": value}` if it begins with `$` or is a regular expression |
/// | filter `ne`, `gt`, …, `in_`, `nin`, `all` | below the operator; a regular expression is refused, for it would be a pattern |
/// | expressions | `{"$literal": value}` for documents, arrays and text that begins with `$` |
/// | the key of a map, in a path | refused if it begins with `$`, has a dot or is empty |
/// | documents of `insert` and `replace` | as they are; the server refuses names that begin with `$` where it would obey them |
pub mod values {}
