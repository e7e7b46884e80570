//! Pipelines over one variant of a model that is an enum.

use std::ops::Deref;

use crate::{
    expression::Code,
    filter::Filter,
    model::{Narrow, Polymorphic, Variant},
    path::{Field, Fields, Filtering},
};

use super::{Pipeline, pipeline::stage};

impl<In: 'static, M: Polymorphic> Narrow<M> for Pipeline<In, M> {
    type Only<V: Field> = Pipeline<In, V>;

    /// The tag is no field of the data, so that it is taken away (`$unset`).
    fn of_variant<V: Field>(&self, variant: Variant<M, V>) -> Pipeline<In, V> {
        let rows = self.of_documents(variant.is_variant);
        let layout = rows.layout.clone();
        rows.then(layout, [stage("$unset", Code::encoded(M::TAG))])
    }

    fn of_documents(&self, is_wanted: fn(&Fields<M, Filtering>) -> Filter<M>) -> Self {
        self.clone().match_(|row| is_wanted(&row))
    }
}

/// The methods for one variant that the derive of `M` makes: `.only_circle()`.
impl<In: 'static, M: Polymorphic> Deref for Pipeline<In, M> {
    type Target = M::Only<Self>;

    fn deref(&self) -> &Self::Target {
        self.narrowed.make::<M, Self>(self)
    }
}
