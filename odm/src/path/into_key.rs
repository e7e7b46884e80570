//! What the key of a map can be given as.

use std::{borrow::Cow, rc::Rc, sync::Arc};

use crate::codec::MapKey;

/// A key for a map from `K`: a `K`, a reference to one, or text where the key is text.
#[diagnostic::on_unimplemented(
    message = "the keys of this map are of type `{K}`, and this is of type `{Self}`",
    label = "not a `{K}`",
    note = "give a `{K}`; only a map whose keys are text takes text"
)]
pub trait IntoKey<K> {
    /// The key as it is stored.
    #[doc(hidden)]
    fn into_key(self) -> String;
}

#[diagnostic::do_not_recommend]
impl<K: MapKey> IntoKey<K> for K {
    fn into_key(self) -> String {
        self.as_key().into_owned()
    }
}

#[diagnostic::do_not_recommend]
impl<K: MapKey> IntoKey<K> for &K {
    fn into_key(self) -> String {
        self.as_key().into_owned()
    }
}

/// Keys that are text.
macro_rules! text {
    ($($key:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoKey<$key> for &str {
            fn into_key(self) -> String {
                self.to_owned()
            }
        }
    )*};
}

text! { String Box<str> Arc<str> Rc<str> Cow<'_, str> }

macro_rules! owned_text {
    ($($key:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoKey<$key> for String {
            fn into_key(self) -> String {
                self
            }
        }
        #[diagnostic::do_not_recommend]
        impl IntoKey<$key> for &String {
            fn into_key(self) -> String {
                self.clone()
            }
        }
    )*};
}

owned_text! { Box<str> Arc<str> Rc<str> Cow<'_, str> }
