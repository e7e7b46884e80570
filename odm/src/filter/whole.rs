//! Conditions on whole documents: `$text`, `$expr`, `$where`, `$jsonSchema`, `$sampleRate`,
//! `$comment`.

use mongodb::bson::Document;

use crate::{codec::Encode, expression::Expr};

use super::{Filter, TextSearch, uses::Uses};

impl<R> Filter<R> {
    /// The collection's text index finds the words in the document (`$text`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { name: String }
    ///
    /// assert_eq!(
    ///     Filter::<Item>::text("coffee").as_document()?,
    ///     doc! { "$text": { "$search": "coffee" } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Language and sensitivity are set on a [`TextSearch`].
    ///
    /// # Errors
    ///
    /// Twice in a filter, with `$near`, negated, in `$elemMatch` or in an array filter.
    ///
    /// Manual: [`$text`](https://www.mongodb.com/docs/manual/reference/operator/query/text/).
    #[doc(alias = "$text")]
    pub fn text(search: impl Into<TextSearch>) -> Self {
        let search = search.into();
        Self::whole("$text", |out| search.write(out)).using(Uses::TEXT)
    }

    /// An [expression](crate::expression) is true (`$expr`): fields compared with fields.
    /// [`Operations::expr`](crate::Operations::expr) makes the expression, too.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Month { spent: i64, budget: i64 }
    ///
    /// assert_eq!(
    ///     Month::expr(|m| m.spent().gt(m.budget())).as_document()?,
    ///     doc! { "$expr": { "$gt": ["$spent", "$budget"] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// In `$elemMatch` or in an array filter.
    ///
    /// Manual: [`$expr`](https://www.mongodb.com/docs/manual/reference/operator/query/expr/).
    #[doc(alias = "$expr")]
    pub fn expr(expression: Expr<R, bool>) -> Self {
        match expression.into_code() {
            Err(error) => Self::from_elements(Err(error)),
            Ok(code) => Self::whole("$expr", |out| code.write(out)).using(Uses::EXPR),
        }
    }

    /// A JavaScript function or expression is true (`$where`); slow, and off on many servers.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Month { spent: i64, budget: i64 }
    ///
    /// assert_eq!(
    ///     Filter::<Month>::where_js("this.spent > this.budget").as_document()?,
    ///     doc! { "$where": "this.spent > this.budget" },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// In `$elemMatch`, in an array filter, and in a `$match` stage, which includes counting.
    ///
    /// Manual: [`$where`](https://www.mongodb.com/docs/manual/reference/operator/query/where/).
    #[doc(alias = "$where")]
    pub fn where_js(code: impl AsRef<str>) -> Self {
        Self::whole("$where", |out| code.as_ref().encode(out)).using(Uses::WHERE)
    }

    /// The document matches a JSON schema (`$jsonSchema`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { name: String }
    ///
    /// assert_eq!(
    ///     Filter::<Item>::json_schema(doc! { "required": ["name"] }).as_document()?,
    ///     doc! { "$jsonSchema": { "required": ["name"] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// In an array filter.
    ///
    /// Manual: [`$jsonSchema`](https://www.mongodb.com/docs/manual/reference/operator/query/jsonSchema/).
    #[doc(alias = "$jsonSchema")]
    pub fn json_schema(schema: Document) -> Self {
        Self::whole("$jsonSchema", |out| schema.encode(out)).using(Uses::JSON_SCHEMA)
    }

    /// A random part of the documents (`$sampleRate`): of 0.3, about three in ten.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { name: String }
    ///
    /// assert_eq!(Filter::<Item>::sample_rate(0.3).as_document()?, doc! { "$sampleRate": 0.3 });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A rate below 0 or above 1; in `$elemMatch`.
    ///
    /// Manual: [`$sampleRate`](https://www.mongodb.com/docs/manual/reference/operator/aggregation/sampleRate/).
    #[doc(alias = "$sampleRate")]
    pub fn sample_rate(rate: f64) -> Self {
        let filter = Self::whole("$sampleRate", |out| {
            if !(0.0..=1.0).contains(&rate) {
                out.fail(format!("{rate} is not between 0 and 1"));
            }
            rate.encode(out)
        });
        filter.using(Uses::SAMPLE_RATE)
    }

    /// The filter with a comment for the server's log and profiler (`$comment`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i32 }
    ///
    /// let filter = Item::fields().qty().gt(5).comment("restock");
    /// assert_eq!(filter.as_document()?, doc! { "qty": { "$gt": 5 }, "$comment": "restock" });
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// Manual: [`$comment`](https://www.mongodb.com/docs/manual/reference/operator/query/comment/).
    #[doc(alias = "$comment")]
    pub fn comment(self, comment: impl AsRef<str>) -> Self {
        self & Self::whole("$comment", |out| comment.as_ref().encode(out))
    }
}
