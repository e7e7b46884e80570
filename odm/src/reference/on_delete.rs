//! What becomes of the documents that refer to a deleted one.

use crate::{
    model::{DeleteAction, Model, OnDelete},
    path::{Field, kind},
};

use super::References;

/// Kinds of fields that `on_delete` is for. `V` is the field's type.
#[diagnostic::on_unimplemented(
    message = "`on_delete` is for a `Ref` or an array of them, and this field is a `{V}`",
    label = "not a `Ref`"
)]
pub trait Dependent<V> {
    /// The model that the references are to.
    type Model: Model;
}

#[diagnostic::do_not_recommend]
impl<V, K: References<V>> Dependent<V> for K {
    type Model = K::Model;
}

/// Kinds of fields that can lose their reference.
#[diagnostic::on_unimplemented(
    message = "`set_null` needs an `Option<Ref<…>>`, and this field is a `{V}`",
    label = "cannot be without its reference"
)]
pub trait Forgetful<V> {
    /// The model that the reference is to.
    type Model: Model;
}

#[diagnostic::do_not_recommend]
impl<T, M: Model> Forgetful<Option<T>> for kind::Reference<M> {
    type Model = M;
}

/// The actions, as generated code names them.
impl OnDelete {
    /// The document that is referred to is not deleted.
    #[doc(hidden)]
    pub fn restrict<V: Field>(field: &'static str, _: bool) -> Self
    where
        V::Kind: Dependent<V>,
    {
        Self::new::<<V::Kind as Dependent<V>>::Model>(field, DeleteAction::Restrict)
    }

    /// The document with the reference is deleted too.
    #[doc(hidden)]
    pub fn cascade<V: Field>(field: &'static str, _: bool) -> Self
    where
        V::Kind: Dependent<V>,
    {
        Self::new::<<V::Kind as Dependent<V>>::Model>(field, DeleteAction::Cascade)
    }

    /// The reference is taken away; it becomes null where `None` is stored so.
    #[doc(hidden)]
    pub fn set_null<V: Field>(field: &'static str, is_null: bool) -> Self
    where
        V::Kind: Forgetful<V>,
    {
        let action = if is_null { DeleteAction::SetNull } else { DeleteAction::Unset };
        Self::new::<<V::Kind as Forgetful<V>>::Model>(field, action)
    }

    fn new<M: Model>(field: &'static str, action: DeleteAction) -> Self {
        Self { field, target: M::COLLECTION, action, variants: Vec::new() }
    }
}
