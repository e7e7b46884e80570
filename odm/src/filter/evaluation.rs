//! Conditions that the server evaluates: `$regex` and `$mod`.

use crate::{
    codec::{ElementType, Encode},
    path::{Conditional, Direct, Field, Handle, NaturallyStored, kind},
};

use super::{Filter, Pattern, pattern::IntoPattern};

/// Conditions that the server evaluates for each value.
///
/// Manual: [evaluation operators](https://www.mongodb.com/docs/manual/reference/operator/query-evaluation/).
pub trait Evaluation: Handle {
    /// The text matches a regular expression (`$regex`).
    ///
    /// ```
    /// use odm::{bson::Regex, prelude::*};
    ///
    /// #[derive(Embedded)]
    /// struct Item { sku: String, tags: Vec<String> }
    ///
    /// let item = Item::fields();
    /// assert_eq!(item.sku().regex("^a").as_document()?, doc! { "sku": { "$regex": "^a" } });
    /// assert_eq!(
    ///     item.tags().any().regex("^a").as_document()?,
    ///     doc! { "tags": { "$regex": "^a" } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A NUL in the pattern, an option that MongoDB does not have.
    ///
    /// Manual: [`$regex`](https://www.mongodb.com/docs/manual/reference/operator/query/regex/).
    #[doc(alias = "$regex")]
    fn regex(&self, pattern: impl IntoPattern) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Textual<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        let pattern = pattern.into_pattern();
        Filter::one(self, |out| pattern.write(out))
    }

    /// The text matches a regular expression with options (`$regex`, `$options`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { sku: String }
    ///
    /// assert_eq!(
    ///     Item::fields().sku().regex_with("^a", "i").as_document()?,
    ///     doc! { "sku": { "$regex": "^a", "$options": "i" } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A NUL in the pattern, an option that MongoDB does not have.
    ///
    /// Manual: [`$regex`](https://www.mongodb.com/docs/manual/reference/operator/query/regex/).
    #[doc(alias = "$regex")]
    #[doc(alias = "$options")]
    fn regex_with(&self, pattern: &str, options: &str) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Textual<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        let pattern = Pattern::new(pattern).options(options);
        Filter::one(self, |out| pattern.write(out))
    }

    /// The text begins with `prefix`, letter for letter (`$regex`); an index on the field is used.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { sku: String }
    ///
    /// assert_eq!(
    ///     Item::fields().sku().starts_with("a.b").as_document()?,
    ///     doc! { "sku": { "$regex": r"^a\.b" } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A NUL in the prefix.
    ///
    /// Manual: [`$regex`](https://www.mongodb.com/docs/manual/reference/operator/query/regex/).
    #[doc(alias = "$regex")]
    fn starts_with(&self, prefix: impl AsRef<str>) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Textual<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        self.regex(Pattern::starting_with(prefix.as_ref()))
    }

    /// The text ends with `suffix`, letter for letter (`$regex`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { sku: String }
    ///
    /// assert_eq!(
    ///     Item::fields().sku().ends_with("a.b").as_document()?,
    ///     doc! { "sku": { "$regex": r"a\.b\z" } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A NUL in the text.
    ///
    /// Manual: [`$regex`](https://www.mongodb.com/docs/manual/reference/operator/query/regex/).
    #[doc(alias = "$regex")]
    fn ends_with(&self, suffix: impl AsRef<str>) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Textual<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        self.regex(Pattern::ending_with(suffix.as_ref()))
    }

    /// The text contains `part`, letter for letter (`$regex`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { sku: String }
    ///
    /// assert_eq!(
    ///     Item::fields().sku().contains_text("a.b").as_document()?,
    ///     doc! { "sku": { "$regex": r"a\.b" } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A NUL in the text.
    ///
    /// Manual: [`$regex`](https://www.mongodb.com/docs/manual/reference/operator/query/regex/).
    #[doc(alias = "$regex")]
    fn contains_text(&self, part: impl AsRef<str>) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Textual<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        self.regex(Pattern::containing(part.as_ref()))
    }

    /// The text begins with `prefix`; `a` and `A` are the same letter (`$regex`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { sku: String }
    ///
    /// assert_eq!(
    ///     Item::fields().sku().starts_with_ignoring_case("a.b").as_document()?,
    ///     doc! { "sku": { "$regex": r"^a\.b", "$options": "i" } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A NUL in the text.
    ///
    /// Manual: [`$regex`](https://www.mongodb.com/docs/manual/reference/operator/query/regex/).
    #[doc(alias = "$regex")]
    fn starts_with_ignoring_case(&self, prefix: impl AsRef<str>) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Textual<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        self.regex(Pattern::starting_with(prefix.as_ref()).ignoring_case())
    }

    /// The text ends with `suffix`; `a` and `A` are the same letter (`$regex`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { sku: String }
    ///
    /// assert_eq!(
    ///     Item::fields().sku().ends_with_ignoring_case("a.b").as_document()?,
    ///     doc! { "sku": { "$regex": r"a\.b\z", "$options": "i" } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A NUL in the text.
    ///
    /// Manual: [`$regex`](https://www.mongodb.com/docs/manual/reference/operator/query/regex/).
    #[doc(alias = "$regex")]
    fn ends_with_ignoring_case(&self, suffix: impl AsRef<str>) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Textual<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        self.regex(Pattern::ending_with(suffix.as_ref()).ignoring_case())
    }

    /// The text contains `part`; `a` and `A` are the same letter (`$regex`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { sku: String }
    ///
    /// assert_eq!(
    ///     Item::fields().sku().contains_text_ignoring_case("a.b").as_document()?,
    ///     doc! { "sku": { "$regex": r"a\.b", "$options": "i" } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A NUL in the text.
    ///
    /// Manual: [`$regex`](https://www.mongodb.com/docs/manual/reference/operator/query/regex/).
    #[doc(alias = "$regex")]
    fn contains_text_ignoring_case(&self, part: impl AsRef<str>) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Textual<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        self.regex(Pattern::containing(part.as_ref()).ignoring_case())
    }

    /// The text is `text`; `a` and `A` are the same letter (`$regex`). A [collation](crate::options::Collation)
    /// compares so with an index.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { sku: String }
    ///
    /// assert_eq!(
    ///     Item::fields().sku().eq_ignoring_case("a.b").as_document()?,
    ///     doc! { "sku": { "$regex": r"^a\.b\z", "$options": "i" } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A NUL in the text.
    ///
    /// Manual: [`$regex`](https://www.mongodb.com/docs/manual/reference/operator/query/regex/).
    #[doc(alias = "$regex")]
    fn eq_ignoring_case(&self, text: impl AsRef<str>) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Textual<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        self.regex(Pattern::exactly(text.as_ref()).ignoring_case())
    }

    /// The number divided by `divisor` leaves `remainder` (`$mod`); fractions are cut off before.
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { qty: i64 }
    ///
    /// assert_eq!(
    ///     Item::fields().qty().modulo(4, 0).as_document()?,
    ///     doc! { "qty": { "$mod": [4, 0] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A divisor of 0.
    ///
    /// Manual: [`$mod`](https://www.mongodb.com/docs/manual/reference/operator/query/mod/).
    #[doc(alias = "$mod")]
    fn modulo<D, N>(&self, divisor: D, remainder: N) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::Divisible<Self::Value>>,
        Self::Spec: NaturallyStored,
        D: Into<i64>,
        N: Into<i64>,
    {
        modulo(self, divisor.into(), remainder.into())
    }
}

impl<H: Handle<Mode: Direct>> Evaluation for H {}

fn modulo<H: Handle>(handle: &H, divisor: i64, remainder: i64) -> Filter<H::Root> {
    Filter::operator(handle, "$mod", |out| {
        if divisor == 0 {
            out.fail("the divisor is 0");
        }
        out.list([divisor, remainder], |number, out| match i32::try_from(number) {
            Ok(number) => number.encode(out),
            Err(_) => number.encode(out),
        });
        ElementType::Array
    })
}
