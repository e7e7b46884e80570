//! Models: documents with an `_id`, kept in a collection.
//!
//! Knows what the derive says of a type. Does not know the network.

mod polymorphic;

pub(crate) use self::polymorphic::Narrowed;
pub use self::polymorphic::{
    HasId, Identified, Narrow, Polymorphic, SameId, Variant, VariantFields,
};

use crate::{
    codec::{Flatten, Names},
    options::{
        Acknowledgment, CollectionOptions, ReadConcern, ReadPreference, SelectionCriteria,
        WriteConcern,
    },
    path::{Embedded, Field},
    update::Upkeep,
};

/// A document with an `_id`, kept in a collection of its own.
///
/// Derived; its operations are the functions of [`Operations`](crate::Operations).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    note = "derive `Model` for it; `Embedded` is for documents inside other documents",
    note = "the type arguments of a generic model must be types that can be stored"
)]
pub trait Model: Embedded {
    /// The type of the `_id`.
    type Id: Field;

    /// The type of the field: that of the `_id`, or an `Option` of it.
    #[doc(hidden)]
    type IdField: Field;

    /// The name of the collection.
    const COLLECTION: &'static str;

    /// What odm keeps in its documents: a version, the times of writes.
    #[doc(hidden)]
    const UPKEEP: &'static Upkeep;

    /// The names in its documents.
    #[doc(hidden)]
    const NAMES: &'static Names;

    /// The `_id`; `None` if the field is an `Option` that is not set yet.
    fn document_id(&self) -> Option<&Self::Id>;

    /// How its documents are read and written by default: an operation and a collection override it.
    fn options() -> ModelOptions;

    /// What is done to its documents when what they refer to is deleted.
    #[doc(hidden)]
    fn on_delete() -> Vec<OnDelete>;
}

/// What `#[derive(Model)]` says of a type, which makes it a [`Model`].
///
/// It is a separate trait because rustc lists the types that implement a trait in the refusal of
/// another type.
pub trait Described: Embedded + Flatten {
    /// The type of the `_id`.
    type Id: Field;

    /// The type of the field: that of the `_id`, or an `Option` of it.
    #[doc(hidden)]
    type IdField: Field;

    /// The name of the collection.
    const COLLECTION: &'static str;

    /// What odm keeps in the documents.
    const UPKEEP: &'static Upkeep = &Upkeep::NONE;

    /// The `_id`; `None` if the field is an `Option` that is not set yet.
    fn document_id(&self) -> Option<&Self::Id>;

    /// How the documents are read and written by default.
    fn options() -> ModelOptions {
        ModelOptions::default()
    }

    /// What is done to its documents when what they refer to is deleted.
    fn on_delete() -> Vec<OnDelete> {
        Vec::new()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Described> Model for T {
    type Id = <T as Described>::Id;
    type IdField = <T as Described>::IdField;

    const COLLECTION: &'static str = <T as Described>::COLLECTION;
    const UPKEEP: &'static Upkeep = <T as Described>::UPKEEP;
    const NAMES: &'static Names = &<T as Flatten>::NAMES;

    fn document_id(&self) -> Option<&Self::Id> {
        Described::document_id(self)
    }

    fn options() -> ModelOptions {
        <T as Described>::options()
    }

    fn on_delete() -> Vec<OnDelete> {
        <T as Described>::on_delete()
    }
}

/// What is done to a document when one is deleted that it refers to: what
/// `#[model(on_delete = "…")]` says of a field.
#[derive(Clone, Debug)]
pub struct OnDelete {
    /// The stored name of the field.
    pub(crate) field: &'static str,
    /// The collection of the model that it refers to.
    pub(crate) target: &'static str,
    pub(crate) action: DeleteAction,
    /// The fields that hold the names of variants, and these names: the rule is for no others.
    pub(crate) variants: Vec<(&'static str, &'static str)>,
}

impl OnDelete {
    /// The same for the documents of one variant.
    #[doc(hidden)]
    #[must_use]
    pub fn of_variant(mut self, tag: &'static str, name: &'static str) -> Self {
        self.variants.push((tag, name));
        self
    }
}

/// See [`OnDelete`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeleteAction {
    /// The other document is not deleted while this one refers to it.
    Restrict,
    /// The document is deleted too.
    Cascade,
    /// The field is taken away.
    Unset,
    /// The field becomes null.
    SetNull,
}

/// A model with `#[model(version)]`: the server refuses a write of what was changed meanwhile.
///
/// Derived, and asked for by `.by(…)` of updates, replacements and deletions. The version is an
/// `i32`, `i64`, `u32` or `u64` that every write by odm makes greater by one. It cannot be written
/// by a path.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no version, so nothing can say whether a document was changed meanwhile",
    label = "a model without a version",
    note = "add a field to it: `#[model(version)] version: i64`"
)]
pub trait Versioned: Model {
    /// The version of the document as it was loaded.
    #[doc(hidden)]
    fn loaded_version(&self) -> i64;
}

/// What the derive says of a version.
pub trait Numbered: Model {
    /// The type of the field.
    type Version: Counting;

    /// Whether it is stored as an `int64`.
    const IS_LONG: bool = <Self::Version as Counting>::IS_LONG;

    /// Its value.
    fn version(&self) -> &Self::Version;
}

#[diagnostic::do_not_recommend]
impl<T: Numbered> Versioned for T {
    fn loaded_version(&self) -> i64 {
        Numbered::version(self).number()
    }
}

/// The types that a version can have.
#[diagnostic::on_unimplemented(
    message = "a version is an `i32`, `i64`, `u32` or `u64`, and this field is of type `{Self}`",
    label = "not the type of a version"
)]
pub trait Counting {
    /// Whether it is stored as an `int64`.
    const IS_LONG: bool;

    /// The number; one that BSON cannot hold is the greatest.
    fn number(&self) -> i64;
}

macro_rules! counting {
    ($($number:ty, $is_long:literal;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Counting for $number {
            const IS_LONG: bool = $is_long;

            fn number(&self) -> i64 {
                i64::try_from(*self).unwrap_or(i64::MAX)
            }
        }
    )*};
}

counting! {
    i32, false;
    i64, true;
    u32, true;
    u64, true;
}

/// How a model's documents are read and written: what `#[model(read_preference = "…",
/// read_concern = "…", write_concern = "…", pre_and_post_images)]` says.
#[derive(Clone, Debug, Default)]
pub struct ModelOptions {
    driver: Option<Box<CollectionOptions>>,
    has_images: bool,
}

impl ModelOptions {
    /// Which members may answer, by the manual's name: `secondaryPreferred`.
    pub fn read_preference(&mut self, name: &str) {
        let preference = match name {
            "primaryPreferred" => ReadPreference::primary_preferred(),
            "secondary" => ReadPreference::secondary(),
            "secondaryPreferred" => ReadPreference::secondary_preferred(),
            "nearest" => ReadPreference::nearest(),
            _ => ReadPreference::primary(),
        };
        let preference = SelectionCriteria::ReadPreference(preference.into_driver());
        self.given().selection_criteria = Some(preference);
    }

    /// How durable the data must be that is read: `majority`.
    pub fn read_concern(&mut self, level: &str) {
        self.given().read_concern = Some(ReadConcern::custom(level));
    }

    /// What a write waits for: `majority`, a number of members, or a name of the deployment's own.
    pub fn write_concern(&mut self, acknowledgment: &str) {
        let acknowledgment = match (acknowledgment, acknowledgment.parse()) {
            ("majority", _) => Acknowledgment::Majority,
            (_, Ok(members)) => Acknowledgment::Nodes(members),
            (name, Err(_)) => Acknowledgment::Custom(name.to_owned()),
        };
        let mut concern = WriteConcern::default();
        concern.w = Some(acknowledgment);
        self.given().write_concern = Some(concern);
    }

    /// The collection keeps its documents as they were before and after each change
    /// (`changeStreamPreAndPostImages`).
    #[doc(alias = "changeStreamPreAndPostImages")]
    pub fn pre_and_post_images(&mut self) {
        self.has_images = true;
    }

    /// Whether the collection keeps them.
    pub fn has_images(&self) -> bool {
        self.has_images
    }

    pub(crate) fn into_driver(self) -> Option<CollectionOptions> {
        self.driver.map(|options| *options)
    }

    fn given(&mut self) -> &mut CollectionOptions {
        self.driver.get_or_insert_default()
    }
}
