//! Rows for values that are missing.

use mongodb::bson::{Bson, DateTime, doc};

use crate::{
    codec::decode_document,
    error::{Error, Result},
    expression::{Code, Unit, column_path},
    path::{Embedded, Field, Handle, Reading, kind},
    row::{Row, RowFields},
};

use super::Pipeline;

impl<In, D: Row> Pipeline<In, D> {
    /// Rows for the numbers or dates that are missing in a field (`$densify`, MongoDB 5.1). A new
    /// row has nothing but the field, so rows are of a type of their own, in which everything else
    /// may be absent.
    ///
    /// ```
    /// use odm::{aggregation::Densify, prelude::*};
    ///
    /// #[derive(Model)]
    /// struct Reading { #[model(id)] id: i64, minute: i64, value: f64 }
    ///
    /// #[derive(Embedded)]
    /// struct Minute { minute: i64, value: Option<f64> }
    ///
    /// let every = Reading::aggregate().densify::<Minute, _>(|r| r.minute(), Densify::every(1));
    /// assert_eq!(
    ///     every.stages()?,
    ///     [doc! { "$densify": { "field": "minute", "range": { "step": 1_i64, "bounds": "full" } } }],
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A type that cannot be read from the field alone. A field that is neither a number nor a date
    /// is the server's error.
    ///
    /// Manual: [`$densify`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/densify/).
    #[doc(alias = "$densify")]
    pub fn densify<T, H>(
        self,
        field: impl FnOnce(RowFields<D, Reading>) -> H,
        step: Densify,
    ) -> Pipeline<In, T>
    where
        T: Embedded,
        H: Handle<Root = D, Value: Field>,
        <H::Value as Field>::Kind: Dense<H::Value>,
    {
        let path = column_path(field(self.reading()).as_path());
        let made = path.and_then(|path| {
            let sample = <H::Value as Field>::Kind::sample(step.unit.is_some())?;
            can_be_read::<T>(&path, sample)?;
            step.into_stage(&path)
        });
        self.then_plain([made])
    }
}

/// How far the rows of [`densify`](Pipeline::densify) are apart.
#[derive(Clone, Copy, Debug)]
pub struct Densify {
    step: i64,
    unit: Option<Unit>,
}

impl Densify {
    /// A row for each number that is this far from the one before.
    pub fn every(step: i64) -> Self {
        Self { step, unit: None }
    }

    /// A row for each point in time that is this far from the one before.
    pub fn every_time(step: i64, unit: Unit) -> Self {
        Self { step, unit: Some(unit) }
    }

    fn into_stage(self, field: &str) -> Result<Code> {
        if self.step < 1 {
            return Err(Error::invalid("`$densify` takes a step of 1 at least"));
        }
        let mut range = vec![("step".into(), Code::encoded(&self.step)?)];
        if let Some(unit) = self.unit {
            range.push(("unit".into(), unit.code()?));
        }
        range.push(("bounds".into(), Code::literal("full")?));
        Code::named(
            "$densify",
            [("field", Code::encoded(field)?), ("range", Code::document(range)?)],
        )
    }
}

/// Kinds of fields that have a next value. `V` is the field's type.
#[diagnostic::on_unimplemented(
    message = "`$densify` needs a number or a date, and this field is of type `{V}`",
    label = "neither a number nor a date"
)]
pub trait Dense<V> {
    #[doc(hidden)]
    fn sample(has_unit: bool) -> Result<Bson>;
}

macro_rules! dense {
    ($($kind:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<V> Dense<V> for kind::$kind {
            fn sample(has_unit: bool) -> Result<Bson> {
                match has_unit {
                    true => Err(Error::invalid("a number has no unit of time: use `Densify::every`")),
                    false => Ok(Bson::Int64(1)),
                }
            }
        }
    )*};
}

dense! { Integer Float Decimal }

#[diagnostic::do_not_recommend]
impl<V> Dense<V> for kind::Date {
    fn sample(has_unit: bool) -> Result<Bson> {
        match has_unit {
            true => Ok(DateTime::from_millis(0).into()),
            false => Err(Error::invalid("a date needs a unit of time: use `Densify::every_time`")),
        }
    }
}

/// Checks that a row with nothing but one field can be read.
fn can_be_read<T: Embedded>(path: &str, value: Bson) -> Result<()> {
    let mut parts = path.rsplit('.');
    let last = parts.next().unwrap_or_default();
    let sample = parts.fold(doc! { last: value }, |inner, name| doc! { name: inner });
    let bytes = mongodb::bson::serialize_to_vec(&sample);
    let bytes = bytes.map_err(|error| Error::invalid(error.to_string()))?;
    decode_document::<T>(&bytes).map(drop).map_err(|error| {
        Error::invalid(format!(
            "`$densify` makes rows that have only `{path}`, and these cannot be read: {error}"
        ))
    })
}
