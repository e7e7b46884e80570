//! Models that are enums: documents of several shapes in one collection.
//!
//! Knows what the derive says of an enum. Does not know finds and pipelines: they say themselves
//! what becomes of them when one variant is read ([`Narrow`]).

use std::{any::Any, sync::OnceLock};

use crate::{
    filter::Filter,
    path::{Field, Fields, Filtering, Part, Required},
    update::Upkeep,
};

use super::{Model, OnDelete};

/// A model that is an enum: `#[derive(Model)]` with `tag = "…"`.
///
/// Its documents are of several shapes, in one collection. [`Find`](crate::operation::Find) and
/// [`Pipeline`](crate::aggregation::Pipeline) have a method for each variant, `.only_circle()`,
/// which reads the documents of that variant: for `Circle(Circle)` as the struct that it holds, for
/// `Circle { … }` as the enum.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// #[model(collection = "shapes", tag = "kind")]
/// enum Shape {
///     Circle(Circle),
///     Square { #[model(id)] id: i64, side: f64 },
/// }
///
/// #[derive(Embedded)]
/// struct Circle { #[model(id)] id: i64, radius: f64 }
///
/// let circle = Shape::Circle(Circle { id: 1, radius: 2.0 });
/// let stored = doc! { "kind": "Circle", "_id": 1_i64, "radius": 2.0 };
/// assert_eq!(Shape::insert(&circle).as_document()?, stored);
///
/// // An update of the fields of a variant asks for it.
/// let grow = Shape::update().by_id(1).inc(|s| s.as_circle().radius(), 1.0);
/// let grown = doc! { "q": { "_id": 1_i64, "kind": "Circle" }, "u": { "$inc": { "radius": 1.0 } } };
/// assert_eq!(grow.as_document()?, grown);
///
/// // Reads a `Vec<Circle>`.
/// let circles = Shape::find().only_circle().filter(|c| c.radius().gt(1.0));
/// assert_eq!(
///     circles.as_document()?,
///     doc! { "find": "shapes", "filter": { "kind": "Circle", "radius": { "$gt": 1.0 } } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model of several variants",
    note = "derive `Model` for an enum with `#[model(tag = \"…\")]`"
)]
pub trait Polymorphic: Model + 'static {
    /// The field that holds the name of the variant.
    const TAG: &'static str;

    /// The methods that read one variant of what a query reads.
    type Only<Q: Narrow<Self>>: Send + Sync + 'static;

    #[doc(hidden)]
    fn only<Q: Narrow<Self>>(query: Q) -> Self::Only<Q>;
}

/// A query that can be for one variant.
pub trait Narrow<M: Model>: Clone + Send + Sync + 'static {
    /// The query for documents that hold a `V`.
    type Only<V: Field>;

    /// The query for a variant that holds a `V`.
    #[doc(hidden)]
    fn of_variant<V: Field>(&self, variant: Variant<M, V>) -> Self::Only<V>;

    /// The query for documents that meet a condition.
    #[doc(hidden)]
    #[must_use]
    fn of_documents(&self, is_wanted: fn(&Fields<M, Filtering>) -> Filter<M>) -> Self;
}

/// The fields of a variant's data, in filters and sorts of the model.
pub type VariantFields<M, V> = <V as Field>::Handle<Filtering, M, V, Part<Required>>;

/// A variant of the model `M` that holds a `V`, as the derive knows it.
#[doc(hidden)]
pub struct Variant<M: Model, V: Field> {
    pub is_variant: fn(&Fields<M, Filtering>) -> Filter<M>,
    pub fields: fn(&Fields<M, Filtering>) -> VariantFields<M, V>,
}

impl<M: Model, V: Field> Clone for Variant<M, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Model, V: Field> Copy for Variant<M, V> {}

/// The place where a query keeps its methods for one variant: what derefs to a type of the user's
/// crate must hold a value of it.
///
/// Each one is made of the query as it is when it is asked for, and is kept as long as the query: in
/// a list, because a reference to an earlier one may still be there.
#[derive(Default)]
pub(crate) struct Narrowed(OnceLock<Box<Made>>);

struct Made {
    methods: Box<dyn Any + Send + Sync>,
    next: Narrowed,
}

impl Narrowed {
    /// The methods of the variants for the query.
    pub(crate) fn make<M: Polymorphic, Q: Narrow<M>>(&self, query: &Q) -> &M::Only<Q> {
        let methods = Box::new(M::only(query.clone()));
        let made = self.keep(Box::new(Made { methods, next: Self::default() }));
        made.methods.downcast_ref().expect("it was made two lines above")
    }

    /// Puts it at the end of the list.
    fn keep(&self, made: Box<Made>) -> &Made {
        let (mut place, mut made) = (self, Some(made));
        loop {
            let kept = place.0.get_or_init(|| made.take().expect("it is kept once"));
            if made.is_none() {
                return kept;
            }
            place = &kept.next;
        }
    }
}

/// A document with an `_id` that can be the data of a variant of a model.
#[diagnostic::on_unimplemented(
    message = "every variant of a model has an `_id`, and `{Self}` has none",
    label = "has no `_id`",
    note = "it is a struct with `#[derive(Embedded)]` or `#[derive(Model)]` and a field with `#[model(id)]`"
)]
pub trait HasId: Sized {
    /// The type of the field: that of the `_id`, or an `Option` of it.
    type IdField: Field;
    #[doc(hidden)]
    const UPKEEP: &'static Upkeep;
    #[doc(hidden)]
    fn document_id(&self) -> Option<&<Self::IdField as Field>::Inner>;
    #[doc(hidden)]
    fn on_delete() -> Vec<OnDelete>;
    #[doc(hidden)]
    fn version(&self) -> Option<i64>;
}

/// What the derive says of a type with an `_id`, which makes it a [`HasId`]. It is a separate trait
/// for the reason that [`Described`](super::Described) is one; with the same text, so that rustc
/// shows one of two errors.
#[diagnostic::on_unimplemented(
    message = "every variant of a model has an `_id`, and `{Self}` has none",
    label = "has no `_id`",
    note = "it is a struct with `#[derive(Embedded)]` or `#[derive(Model)]` and a field with `#[model(id)]`"
)]
pub trait Identified: Sized {
    /// The type of the field.
    type IdField: Field;

    /// What odm keeps in the documents.
    const UPKEEP: &'static Upkeep = &Upkeep::NONE;

    /// The `_id`.
    fn document_id(&self) -> Option<&<Self::IdField as Field>::Inner>;

    /// What is done to the documents when what they refer to is deleted.
    fn on_delete() -> Vec<OnDelete> {
        Vec::new()
    }

    /// The version, if it has one.
    fn version(&self) -> Option<i64> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<T: Identified> HasId for T {
    type IdField = <T as Identified>::IdField;
    const UPKEEP: &'static Upkeep = <T as Identified>::UPKEEP;

    fn document_id(&self) -> Option<&<Self::IdField as Field>::Inner> {
        Identified::document_id(self)
    }

    fn on_delete() -> Vec<OnDelete> {
        <T as Identified>::on_delete()
    }

    fn version(&self) -> Option<i64> {
        Identified::version(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Identified> Identified for Box<T> {
    type IdField = T::IdField;
    const UPKEEP: &'static Upkeep = T::UPKEEP;

    fn document_id(&self) -> Option<&<Self::IdField as Field>::Inner> {
        T::document_id(self)
    }

    fn on_delete() -> Vec<OnDelete> {
        T::on_delete()
    }

    fn version(&self) -> Option<i64> {
        T::version(self)
    }
}

/// An `_id` of the same type as that of the model, which is `T`.
#[diagnostic::on_unimplemented(
    message = "the variants of a model have an `_id` of one type: here it is `{Self}`, and in another variant `{T}`",
    label = "an `_id` of another type"
)]
pub trait SameId<T: Field>: Field {
    #[doc(hidden)]
    fn same(id: Option<&Self::Inner>) -> Option<&T::Inner>;
}

#[diagnostic::do_not_recommend]
impl<T: Field> SameId<T> for T {
    fn same(id: Option<&T::Inner>) -> Option<&T::Inner> {
        id
    }
}
