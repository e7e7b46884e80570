//! What an update changed.

mod description;

use std::{fmt, marker::PhantomData};

use mongodb::bson::{RawDocument, RawDocumentBuf};

use self::description::{Description, Relation};
use crate::{
    codec::{Decode, DecodeError, Element, FieldCodec},
    error::{Error, Result},
    model::Model,
    path::{Fields, Filtering, Handle, Path, StepName},
};

/// What an update changed, by the paths of the model (`updateDescription`).
///
/// The server reports the new values, not the operators that made them: `$inc` of 1 is the new
/// number, `$pop` a new length of the array, `$pull` often the whole new array.
///
/// ```
/// use odm::{bson::rawdoc, prelude::*};
///
/// #[derive(Model, Debug)]
/// struct Series { #[model(id)] id: i64, name: String, points: Vec<Point> }
///
/// #[derive(Embedded, Debug)]
/// struct Point { x: i32, y: i32 }
///
/// let event = ChangeEvent::<Series>::decode(&rawdoc! {
///     "_id": { "_data": "8265F0C1" },
///     "operationType": "update",
///     "documentKey": { "_id": 1_i64 },
///     "updateDescription": {
///         "updatedFields": { "points.2.y": 5 },
///         "removedFields": [],
///         "truncatedArrays": [],
///     },
/// })?;
/// let ChangeEvent::Update(e) = event else { panic!("{event:?}") };
/// assert_eq!(e.changes.get(|s| s.points().at(2).y())?, Some(5));
/// assert!(e.changes.touches(|s| s.points()));
/// assert!(e.changes.touches(|s| s.points().any().y()));
/// assert!(!e.changes.touches(|s| s.points().any().x()));
/// assert_eq!(e.changes.get(|s| s.name())?, None);
/// # Ok::<(), odm::Error>(())
/// ```
///
/// Manual: [`update`](https://www.mongodb.com/docs/manual/reference/change-events/update/).
#[doc(alias = "updateDescription")]
pub struct Changes<M> {
    raw: RawDocumentBuf,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Changes<M> {
    pub(super) fn read(element: Element<'_>) -> Result<Self, DecodeError> {
        Description::of(element)?.check()?;
        Ok(Self { raw: RawDocumentBuf::decode(element)?, model: PhantomData })
    }

    /// The new value of a field, if the update set it: at this path, or inside a value that it set
    /// at a path above.
    ///
    /// `None` if it was not changed, if it was removed, or if only parts of it were changed, which
    /// [`touches`](Self::touches) tells.
    ///
    /// # Errors
    ///
    /// A value that the field's type cannot hold; a path that names no value: one with `.any()`, or
    /// with the key of a map that no path can name.
    pub fn get<H>(&self, path: impl FnOnce(Fields<M, Filtering>) -> H) -> Result<Option<H::Value>>
    where
        H: Handle<Mode = Filtering, Root = M>,
        H::Spec: FieldCodec<H::Value>,
    {
        let handle = path(M::fields());
        let Some(element) = self.value(handle.as_path())? else { return Ok(None) };
        let value = H::Spec::decode(element);
        Ok(Some(value.map_err(|error| error.in_key(&handle.as_path().to_string()))?))
    }

    /// Whether the update changed something at the path, above it or below it: a value was given,
    /// a field was removed, an array was cut.
    ///
    /// `.any()` means every position. An array that was cut touches the elements that are gone,
    /// and not those before them.
    pub fn touches<H>(&self, path: impl FnOnce(Fields<M, Filtering>) -> H) -> bool
    where
        H: Handle<Mode = Filtering, Root = M>,
    {
        let handle = path(M::fields());
        let path = handle.as_path();
        self.description_for(path).touches(&path.names())
    }

    /// Whether the update took away what was at the path: the field, one that it is in, or the end
    /// of the array with the element.
    pub fn removed<H>(&self, path: impl FnOnce(Fields<M, Filtering>) -> H) -> bool
    where
        H: Handle<Mode = Filtering, Root = M>,
    {
        let handle = path(M::fields());
        let path = handle.as_path();
        self.description_for(path).removes(&path.names())
    }

    /// The new length of an array whose end was cut off.
    ///
    /// `None` also if the whole array was set with fewer elements: operators do that, and pipelines
    /// cut the end off. With `.any()`, this is the first array that the path names.
    pub fn truncated<H>(&self, path: impl FnOnce(Fields<M, Filtering>) -> H) -> Option<usize>
    where
        H: Handle<Mode = Filtering, Root = M>,
    {
        let handle = path(M::fields());
        let path = handle.as_path();
        let steps = path.names();
        let arrays = self.description_for(path).truncated();
        let sizes = arrays.filter(|(array, _)| array.relation(&steps) == Some(Relation::Same));
        sizes.map(|(_, size)| size).next()
    }

    /// The names of the fields that were given values, then of those that were removed, as the
    /// server writes them: `points.2.y`.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let description = self.description();
        let updated = description.updated().map(|(name, _)| name.text);
        updated.chain(description.removed().map(|name| name.text))
    }

    /// The server's own words (`updateDescription`).
    pub fn raw(&self) -> &RawDocument {
        &self.raw
    }

    fn description(&self) -> Description<'_> {
        Description::of(Element::document(self.raw.as_bytes())).unwrap_or_default()
    }

    /// A key with a dot is not one step of a path, so its name is compared as text.
    fn description_for(&self, path: &Path) -> Description<'_> {
        match path.fault() {
            Some(_) => self.description().by_text(),
            None => self.description(),
        }
    }

    fn value(&self, path: &Path) -> Result<Option<Element<'_>>> {
        let steps = path.names();
        if let Some(fault) = path.fault() {
            return Err(Error::invalid(fault));
        }
        if steps.contains(&StepName::Any) {
            return Err(Error::invalid(format!(
                "`{path}`: `.any()` names no element whose value could be read: use `.at(n)`"
            )));
        }
        let description = self.description();
        for (tag, variant) in path.variants() {
            if let Some(found) = description.value(&tag)?
                && found.str() != Ok(variant)
            {
                return Ok(None);
            }
        }
        Ok(description.value(&steps)?)
    }
}

impl<M> Clone for Changes<M> {
    fn clone(&self) -> Self {
        Self { raw: self.raw.clone(), model: PhantomData }
    }
}

impl<M> PartialEq for Changes<M> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl<M> fmt::Debug for Changes<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Changes").field(&self.raw).finish()
    }
}
