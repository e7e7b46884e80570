//! Stages of one row each: conditions, orders, limits, and other columns.

use mongodb::bson::Document;

use crate::{
    error::{Error, Result},
    expression::{Code, Operand, Truth, stage_field},
    filter::{Condition, Filter},
    path::{Absentable, Embedded, Filtering, Handle, Reading},
    row::{Columns, Layout, Projection, Row, RowFields, Shape, With, column_name, fields_of},
    sort::SortOrder,
};

use super::{Pipeline, pipeline::stage};

impl<In, D: Row> Pipeline<In, D> {
    /// Only rows that meet a condition (`$match`). A `$text` condition is the first stage of all.
    ///
    /// Manual: [`$match`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/match/).
    #[doc(alias = "$match")]
    pub fn match_<C: Condition<D>>(
        self,
        condition: impl FnOnce(RowFields<D, Filtering>) -> C,
    ) -> Self {
        let filter = on_rows(&self.layout, "`match_`", condition);
        let text = match filter.has_text() {
            true => self.first_stage("$text"),
            false => Ok(()),
        };
        let condition = rendered(&filter).and_then(|code| text.map(|()| code));
        self.push(stage("$match", condition))
    }

    /// Only rows for which an expression is true (`$match` with `$expr`): columns compared with
    /// columns.
    ///
    /// Manual: [`$expr`](https://www.mongodb.com/docs/manual/reference/operator/query/expr/).
    #[doc(alias = "$match")]
    #[doc(alias = "$expr")]
    pub fn match_expr<E>(self, condition: impl FnOnce(RowFields<D, Reading>) -> E) -> Self
    where
        E: Operand<D>,
        E::Value: Truth,
    {
        let condition = condition(self.reading()).into_expr().into_code();
        self.push(stage("$match", stage("$expr", condition)))
    }

    /// Orders the rows (`$sort`). An order replaces the one before it.
    ///
    /// Manual: [`$sort`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/sort/).
    #[doc(alias = "$sort")]
    pub fn sort<O: SortOrder<D>>(self, order: impl FnOnce(RowFields<D, Filtering>) -> O) -> Self {
        let order = sorted(order(self.filtering()));
        self.push(stage("$sort", order))
    }

    /// Only this many rows (`$limit`).
    ///
    /// # Errors
    ///
    /// A limit of 0, which the server refuses.
    ///
    /// Manual: [`$limit`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/limit/).
    #[doc(alias = "$limit")]
    pub fn limit(self, rows: u32) -> Self {
        self.push(counted("$limit", rows))
    }

    /// Leaves out this many rows at the start (`$skip`).
    ///
    /// Manual: [`$skip`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/skip/).
    #[doc(alias = "$skip")]
    pub fn skip(self, rows: u64) -> Self {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        self.push(stage("$skip", Code::encoded(&rows)))
    }

    /// This many rows, chosen at random (`$sample`).
    ///
    /// # Errors
    ///
    /// 0 rows, which the server refuses.
    ///
    /// Manual: [`$sample`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/sample/).
    #[doc(alias = "$sample")]
    pub fn sample(self, rows: u32) -> Self {
        let size = counted("$sample", rows)
            .and_then(|_| Code::named("$sample", [("size", number(rows)?)]));
        self.push(size)
    }

    /// Rows of what the closure makes of each: a tuple, or a struct by
    /// [`object!`](crate::object) (`$replaceWith`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Order { #[model(id)] id: i64, net: f64, tax: f64 }
    ///
    /// assert_eq!(
    ///     Order::aggregate().select(|o| (o.id(), o.net() + o.tax())).stages()?,
    ///     [doc! { "$replaceWith": {
    ///         "_id": "$_id",
    ///         "_1": { "$toDouble": { "$add": ["$net", "$tax"] } },
    ///     } }],
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$replaceWith`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/replaceWith/).
    #[doc(alias = "$project")]
    #[doc(alias = "$replaceWith")]
    #[doc(alias = "$replaceRoot")]
    pub fn select<S: Shape<D>>(
        self,
        shape: impl FnOnce(RowFields<D, Reading>) -> S,
    ) -> Pipeline<In, S::Row> {
        let columns = shape(self.reading()).into_columns();
        self.then_plain([columns.into_stage()])
    }

    /// Rows of a projection of the model, a type with
    /// [`#[derive(Projection)]`](derive@crate::Projection) (`$replaceWith`).
    ///
    /// Manual: [`$replaceWith`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/replaceWith/).
    #[doc(alias = "$project")]
    pub fn project<P: Projection<Of = D>>(self) -> Pipeline<In, P>
    where
        D: Embedded,
    {
        let columns = P::shape(fields_of::<D, Reading>()).into_columns();
        self.then_plain([columns.into_stage()])
    }

    /// Rows of a document that each row has, or that an expression makes of it (`$replaceWith`).
    ///
    /// Manual: [`$replaceWith`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/replaceWith/).
    #[doc(alias = "$replaceWith")]
    #[doc(alias = "$replaceRoot")]
    pub fn replace_with<E>(
        self,
        document: impl FnOnce(RowFields<D, Reading>) -> E,
    ) -> Pipeline<In, E::Value>
    where
        E: Operand<D>,
        E::Value: Embedded,
    {
        let document = document(self.reading()).into_expr().into_settled();
        self.then_plain([stage("$replaceWith", document)])
    }

    /// One column more (`$addFields`): rows are pairs of what they were and the new column.
    ///
    /// Manual: [`$addFields`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/addFields/).
    #[doc(alias = "$addFields")]
    #[doc(alias = "$set")]
    pub fn add_field<E>(
        self,
        column: impl FnOnce(RowFields<D, Reading>) -> E,
    ) -> Pipeline<In, With<D, E::Value>>
    where
        E: Operand<D>,
    {
        let column = column(self.reading()).into_expr().into_settled();
        let fields = column.and_then(|column| named(column_name(D::ADDED), column));
        self.then_column([stage("$addFields", fields)])
    }

    /// Leaves out a column that a row can be without (`$unset`).
    ///
    /// Manual: [`$unset`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/unset/).
    #[doc(alias = "$unset")]
    pub fn unset<P>(self, path: impl FnOnce(RowFields<D, Reading>) -> P) -> Self
    where
        P: Handle<Root = D>,
        P::Spec: Absentable<P::Value>,
    {
        let field = stage_field(path(self.reading()).as_path());
        self.push(stage("$unset", field.and_then(|field| Code::encoded(&field))))
    }

    /// The number of rows for each value of an expression, most first (`$sortByCount`).
    ///
    /// Manual: [`$sortByCount`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/sortByCount/).
    #[doc(alias = "$sortByCount")]
    pub fn sort_by_count<E>(
        self,
        value: impl FnOnce(RowFields<D, Reading>) -> E,
    ) -> Pipeline<In, (E::Value, i64)>
    where
        E: Operand<D>,
    {
        let value = value(self.reading()).into_expr().into_settled();
        let columns = Columns::tuple([Code::field("$_id"), Code::field("$count")]);
        self.then_plain([stage("$sortByCount", value), columns.into_stage()])
    }

    /// One row with the number of rows (`$count`); none if there are no rows. The verb
    /// [`count`](Self::count) gives the number itself.
    ///
    /// Manual: [`$count`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/count/).
    #[doc(alias = "$count")]
    pub fn count_rows(self) -> Pipeline<In, (i64,)> {
        let columns = Columns::tuple([Code::field("$count")]);
        self.then_plain([stage("$count", Code::encoded("count")), columns.into_stage()])
    }

    /// A stage written by hand that keeps the type of the rows; nothing is checked.
    pub fn stage(self, document: Document) -> Self {
        self.push(Code::encoded(&document))
    }

    /// A stage written by hand, after which rows are of the type that is stated; nothing is checked.
    pub fn stage_as<T: Row>(self, document: Document) -> Pipeline<In, T> {
        self.then_plain([Code::encoded(&document)])
    }
}

/// A sort order as the server takes it; one without keys is refused there.
pub(super) fn sorted<D>(order: impl SortOrder<D>) -> Result<Code> {
    let elements = order.into_sort().into_elements()?;
    match elements.is_empty() {
        true => Err(Error::invalid("a sort order without a field")),
        false => Code::encoded(&elements),
    }
}

/// `{name: value}`
pub(super) fn named(name: String, value: Code) -> Result<Code> {
    Code::document([(name.into(), value)])
}

fn number(rows: u32) -> Result<Code> {
    match i32::try_from(rows) {
        Ok(rows) => Code::encoded(&rows),
        Err(_) => Code::encoded(&i64::from(rows)),
    }
}

fn counted(name: &'static str, rows: u32) -> Result<Code> {
    match rows {
        0 => Err(Error::invalid(format!("`{name}` takes 1 row at least"))),
        rows => Code::unary(name, number(rows)?),
    }
}

/// The condition that a closure makes on rows.
fn on_rows<D: Row, C: Condition<D>>(
    layout: &Layout,
    place: &str,
    condition: impl FnOnce(RowFields<D, Filtering>) -> C,
) -> Filter<D> {
    let layout = layout.for_closure();
    let filter = condition(D::handles(&layout)).into_filter();
    filter.within(layout.origin(), place).on_documents()
}

/// A condition as a `$match` stage takes it.
pub(super) fn rendered<D>(filter: &Filter<D>) -> Result<Code> {
    filter.check_match()?;
    Code::encoded(&filter.elements()?)
}

/// The condition that a closure makes on rows, as a `$match` stage takes it.
pub(super) fn conditions<D: Row, C: Condition<D>>(
    layout: &Layout,
    place: &str,
    condition: impl FnOnce(RowFields<D, Filtering>) -> C,
) -> Result<Code> {
    rendered(&on_rows(layout, place, condition))
}
