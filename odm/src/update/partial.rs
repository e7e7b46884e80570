//! Partial updates: only what is given is written.

use crate::path::{Field, Fields, IntoValue, Updating};

use super::{TakesOperators, Target, Update};

impl<M: Field, F, K> Update<M, F, K> {
    /// Writes a value to the path if there is one: `Some(value)` as [`set`](Self::set) does, and
    /// nothing for `None`. The fields of a `PATCH` request are such values.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// #[model(collection = "pages")]
    /// struct Page { #[model(id)] id: i64, title: String, note: Option<String> }
    ///
    /// #[derive(Default)]
    /// struct Patch { title: Option<String>, note: Option<Option<String>> }
    ///
    /// let update = |patch: Patch| {
    ///     let page = Page::update().by_id(7);
    ///     page.set_some(|p| p.title(), patch.title).set_some(|p| p.note(), patch.note).as_document()
    /// };
    /// let clear = update(Patch { title: Some("Tea".into()), note: Some(None) })?;
    /// assert_eq!(clear.get_document("u")?, &doc! { "$set": { "title": "Tea" }, "$unset": { "note": "" } });
    /// let nothing = update(Patch::default())?;
    /// assert_eq!(nothing.get_document("u")?, &doc! { "$set": {} });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// An update of which every value is `None` is sent as `{$set: {}}`. It changes nothing, and
    /// nothing that odm keeps (a version, `updated_at`); `matched` says whether the document is
    /// there, and `fetch_after` returns it. So a service answers an empty request like any other.
    /// MongoDB takes it from 5.0 on.
    ///
    /// A field that is itself an `Option` takes an `Option` of one: `Some(None)` removes it.
    ///
    /// Manual: [`$set`](https://www.mongodb.com/docs/manual/reference/operator/update/set/).
    #[doc(alias = "$set")]
    #[doc(alias = "patch")]
    pub fn set_some<P: Target<M>, T: IntoValue<P::Value>>(
        mut self,
        path: impl FnOnce(Fields<M, Updating>) -> P,
        value: Option<T>,
    ) -> Self
    where
        K: TakesOperators,
    {
        self.statement.may_be_empty();
        match value {
            Some(value) => self.with_set(path, value),
            None => self,
        }
    }
}
