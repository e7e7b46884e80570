//! The reference itself.

use std::{
    borrow::{Borrow, Cow},
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

use crate::{
    codec::{Decode, DecodeError, Element, ElementType, Encode, Encoder, MapKey},
    expression::{Expr, Operand},
    model::Model,
    path::{Facts, Field, IntoValue, Layers, Mode, One, Scalar, Spec, class, kind},
};

use super::AlwaysSet;

/// A reference to a document of the model `M`: its `_id`, and which model it is of.
///
/// It is stored as the `_id` alone, in the BSON type that the model's `_id` has. Nothing says that
/// the document is there: MongoDB does not check references.
///
/// ```
/// use odm::prelude::*;
///
/// #[derive(Model)]
/// struct Customer {
///     #[model(id)]
///     id: i64,
/// }
///
/// #[derive(Model)]
/// struct Order {
///     #[model(id)]
///     id: i64,
///     customer: Ref<Customer>,
/// }
///
/// let ann = Customer { id: 7 };
/// let order = Order { id: 1, customer: Ref::to(&ann) };
/// assert_eq!(order.customer, Ref::new(7));
/// assert_eq!(
///     Order::find().filter(|o| o.customer().eq(Ref::to(&ann))).as_document()?,
///     doc! { "find": "order", "filter": { "customer": 7_i64 } },
/// );
/// # Ok::<(), odm::Error>(())
/// ```
///
/// A reference to one model is never compared with one to another, nor with an `_id` of another
/// type: that does not compile. An expression compares it with the `_id` of its model.
///
/// With serde it is the `_id` alone; an `ObjectId` is its hexadecimal text in JSON.
///
/// Manual: [references](https://www.mongodb.com/docs/manual/reference/database-references/).
#[doc(alias = "DBRef")]
pub struct Ref<M: Model> {
    id: M::Id,
}

impl<M: Model> Ref<M> {
    /// The reference to the document with this `_id`, whether it is there or not.
    pub fn new(id: impl IntoValue<M::Id>) -> Self
    where
        M::Id: Clone,
    {
        Self::of(id.into_stored().borrow().clone())
    }

    pub(super) fn of(id: M::Id) -> Self {
        Self { id }
    }

    /// The reference to a document.
    ///
    /// It does not compile for a model whose `_id` is an `Option`: see [`try_to`](Self::try_to).
    pub fn to(document: &M) -> Self
    where
        M::Id: Clone,
        <M::IdField as Field>::Layer<One>: AlwaysSet<M>,
    {
        Self::try_to(document).expect("an `_id` that is not an `Option` is always set")
    }

    /// The reference to a document, or `None` if its `_id` is an `Option` that is not set.
    pub fn try_to(document: &M) -> Option<Self>
    where
        M::Id: Clone,
    {
        document.document_id().cloned().map(Self::of)
    }

    /// The `_id` of the document.
    pub fn id(&self) -> &M::Id {
        &self.id
    }

    /// The `_id` of the document.
    pub fn into_id(self) -> M::Id {
        self.id
    }
}

impl<M: Model> Encode for Ref<M> {
    #[inline]
    fn encode(&self, out: &mut Encoder) -> ElementType {
        self.id.encode(out)
    }
}

impl<M: Model> Decode for Ref<M> {
    #[inline]
    fn decode(element: Element<'_>) -> Result<Self, DecodeError> {
        M::Id::decode(element).map(Self::of)
    }
}

impl<M: Model> Field for Ref<M> {
    type Kind = kind::Reference<M>;
    type Inner = Self;
    type Handle<Mo: Mode, R, V, S: Spec> = Scalar<Mo, R, V, S>;
    type Layer<W: Layers> = W;
    type Class = class::Reference<M>;

    const FACTS: Facts = M::Id::FACTS;

    fn as_inner(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<M: Model<Id: MapKey>> MapKey for Ref<M> {
    fn as_key(&self) -> Cow<'_, str> {
        self.id.as_key()
    }
    fn from_key(key: &str) -> Result<Self, DecodeError> {
        M::Id::from_key(key).map(Self::of)
    }
}

#[diagnostic::do_not_recommend]
impl<R, M: Model> Operand<R> for &Ref<M> {
    type Value = Ref<M>;
    fn into_expr(self) -> Expr<R, Ref<M>> {
        Expr::literal(self)
    }
}

// A derive would ask the same of `M`, and not of its `_id`.
impl<M: Model<Id: Clone>> Clone for Ref<M> {
    fn clone(&self) -> Self {
        Self { id: self.id.clone() }
    }
}

impl<M: Model<Id: Copy>> Copy for Ref<M> {}

impl<M: Model<Id: PartialEq>> PartialEq for Ref<M> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<M: Model<Id: Eq>> Eq for Ref<M> {}

impl<M: Model<Id: PartialOrd>> PartialOrd for Ref<M> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.id.partial_cmp(&other.id)
    }
}

impl<M: Model<Id: Ord>> Ord for Ref<M> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
}

impl<M: Model<Id: Hash>> Hash for Ref<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl<M: Model<Id: fmt::Debug>> fmt::Debug for Ref<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ref").field(&self.id).finish()
    }
}
