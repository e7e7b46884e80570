//! What becomes of the documents that refer to a deleted one.

use crate::{
    model::{DeleteAction, Model, OnDelete},
    path::{Field, Nullable},
};

use super::{References, RefersTo};

/// The actions, as generated code names them.
impl OnDelete {
    /// The document that is referred to is not deleted.
    #[doc(hidden)]
    pub fn restrict<V: Field>(field: &'static str, _: bool) -> Self
    where
        V::Kind: References<V>,
    {
        Self::new::<<V::Kind as References<V>>::Model>(field, DeleteAction::Restrict)
    }

    /// The document with the reference is deleted too.
    #[doc(hidden)]
    pub fn cascade<V: Field>(field: &'static str, _: bool) -> Self
    where
        V::Kind: References<V>,
    {
        Self::new::<<V::Kind as References<V>>::Model>(field, DeleteAction::Cascade)
    }

    /// The reference is taken away; it becomes null where `None` is stored so.
    #[doc(hidden)]
    pub fn set_null<V: Field + Nullable>(field: &'static str, is_null: bool) -> Self
    where
        V::Kind: RefersTo<V>,
    {
        let action = if is_null { DeleteAction::SetNull } else { DeleteAction::Unset };
        Self::new::<<V::Kind as RefersTo<V>>::Model>(field, action)
    }

    fn new<M: Model>(field: &'static str, action: DeleteAction) -> Self {
        Self { field, target: M::COLLECTION, action }
    }
}
