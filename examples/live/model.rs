//! What is watched: orders, or documents of any shape.

use std::collections::BTreeMap;

use odm::{bson::Bson, change_stream::Changes, prelude::*};

use crate::describe::{Field, Shown};

/// An order, as the writer writes it.
#[derive(Model, Clone, Debug)]
#[model(collection = "orders")]
pub(crate) struct Order {
    #[model(id)]
    pub(crate) id: i64,
    pub(crate) customer: String,
    pub(crate) quantity: i32,
    pub(crate) state: State,
    pub(crate) note: Option<String>,
}

#[derive(Embedded, Clone, Copy, Debug)]
#[model(rename_all = "lowercase")]
pub(crate) enum State {
    Open,
    Paid,
    Shipped,
}

impl State {
    fn words(self) -> &'static str {
        match self {
            Self::Open => "not paid yet",
            Self::Paid => "paid",
            Self::Shipped => "on its way",
        }
    }
}

impl Shown for Order {
    fn fields(&self) -> Vec<Field> {
        let mut fields = vec![
            Field::new("customer", &self.customer),
            Field::new("quantity", self.quantity),
            Field::new("state", self.state.words()),
        ];
        fields.extend(self.note.as_ref().map(|note| Field::new("note", note)));
        fields
    }

    fn changed(changes: &Changes<Self>) -> odm::Result<Vec<Field>> {
        let customer = changes.get(|o| o.customer())?;
        let quantity = changes.get(|o| o.quantity())?;
        let state = changes.get(|o| o.state())?;
        let note = changes.get(|o| o.note())?.flatten();
        let fields = [
            customer.map(|customer| Field::new("customer", customer)),
            quantity.map(|quantity| Field::new("quantity", quantity)),
            state.map(|state| Field::new("state", state.words())),
            note.map(|note| Field::new("note", note)),
            changes.removed(|o| o.note()).then(|| Field::new("note", "removed")),
        ];
        Ok(fields.into_iter().flatten().collect())
    }
}

/// A document of any shape, for `--untyped`.
#[derive(Model, Clone, Debug)]
pub(crate) struct Anything {
    #[model(id)]
    id: Bson,
    #[model(flatten)]
    fields: BTreeMap<String, Bson>,
}

impl Shown for Anything {
    fn fields(&self) -> Vec<Field> {
        self.fields.iter().map(|(name, value)| Field::new(name, value)).collect()
    }

    fn changed(changes: &Changes<Self>) -> odm::Result<Vec<Field>> {
        let updated = changes.raw().get_document("updatedFields").ok();
        let names =
            changes.paths().map(|path| match updated.and_then(|all| all.get(path).ok()?) {
                Some(value) => Field::new(path, Bson::try_from(value).unwrap_or(Bson::Null)),
                None => Field::new(path, "removed"),
            });
        Ok(names.collect())
    }
}
