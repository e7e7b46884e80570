//! Conditions on the bits of a value.

use crate::{
    codec::{ElementType, Encode, Encoder},
    path::{Conditional, Direct, Field, Handle, NaturallyStored, kind},
};

use super::Filter;

/// Which bits a condition looks at: an integer whose ones are the bits, or an array of positions
/// (0 is the lowest bit).
#[diagnostic::on_unimplemented(
    message = "bits are given as an integer or as positions, and this is a `{Self}`",
    label = "neither an integer nor an array of positions",
    note = "`5` and `[0, 2]` are the same bits"
)]
pub trait BitMask {
    /// Appends the mask.
    #[doc(hidden)]
    fn write(self, out: &mut Encoder) -> ElementType;
}

macro_rules! mask {
    ($($rust:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl BitMask for $rust {
            #[allow(unused_comparisons)]
            fn write(self, out: &mut Encoder) -> ElementType {
                if self < 0 {
                    out.fail("a mask cannot be negative: give the positions of the bits instead");
                }
                self.encode(out)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<const N: usize> BitMask for [$rust; N] {
            fn write(self, out: &mut Encoder) -> ElementType {
                positions(self.map(i32::try_from), out)
            }
        }

        #[diagnostic::do_not_recommend]
        impl BitMask for Vec<$rust> {
            fn write(self, out: &mut Encoder) -> ElementType {
                positions(self.into_iter().map(i32::try_from), out)
            }
        }

        #[diagnostic::do_not_recommend]
        impl BitMask for &[$rust] {
            fn write(self, out: &mut Encoder) -> ElementType {
                positions(self.iter().map(|position| i32::try_from(*position)), out)
            }
        }
    )*};
}

mask! { u8 u16 u32 u64 i32 i64 }

fn positions<E>(
    positions: impl IntoIterator<Item = Result<i32, E>>,
    out: &mut Encoder,
) -> ElementType {
    out.list(positions, |position, out| match position {
        Ok(position) if position >= 0 => position.encode(out),
        _ => {
            out.fail("a position of a bit is between 0 and 2147483647");
            0.encode(out)
        }
    });
    ElementType::Array
}

/// Conditions on the bits of an integer or of binary data.
///
/// Manual: [bitwise operators](https://www.mongodb.com/docs/manual/reference/operator/query-bitwise/).
pub trait BitConditions: Handle {
    /// All the bits are 1 (`$bitsAllSet`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { flags: u32 }
    ///
    /// let item = Item::fields();
    /// assert_eq!(item.flags().bits_all_set(5).as_document()?, doc! { "flags": { "$bitsAllSet": 5 } });
    /// assert_eq!(
    ///     item.flags().bits_all_set([0, 2]).as_document()?,
    ///     doc! { "flags": { "$bitsAllSet": [0, 2] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A negative mask or position.
    ///
    /// Manual: [`$bitsAllSet`](https://www.mongodb.com/docs/manual/reference/operator/query/bitsAllSet/).
    #[doc(alias = "$bitsAllSet")]
    fn bits_all_set(&self, mask: impl BitMask) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::BitTestable<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        Filter::operator(self, "$bitsAllSet", |out| mask.write(out))
    }

    /// All the bits are 0 (`$bitsAllClear`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { flags: u32 }
    ///
    /// let item = Item::fields();
    /// assert_eq!(item.flags().bits_all_clear(5).as_document()?, doc! { "flags": { "$bitsAllClear": 5 } });
    /// assert_eq!(
    ///     item.flags().bits_all_clear([0, 2]).as_document()?,
    ///     doc! { "flags": { "$bitsAllClear": [0, 2] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A negative mask or position.
    ///
    /// Manual: [`$bitsAllClear`](https://www.mongodb.com/docs/manual/reference/operator/query/bitsAllClear/).
    #[doc(alias = "$bitsAllClear")]
    fn bits_all_clear(&self, mask: impl BitMask) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::BitTestable<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        Filter::operator(self, "$bitsAllClear", |out| mask.write(out))
    }

    /// One of the bits is 1 (`$bitsAnySet`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { flags: u32 }
    ///
    /// let item = Item::fields();
    /// assert_eq!(item.flags().bits_any_set(5).as_document()?, doc! { "flags": { "$bitsAnySet": 5 } });
    /// assert_eq!(
    ///     item.flags().bits_any_set([0, 2]).as_document()?,
    ///     doc! { "flags": { "$bitsAnySet": [0, 2] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A negative mask or position.
    ///
    /// Manual: [`$bitsAnySet`](https://www.mongodb.com/docs/manual/reference/operator/query/bitsAnySet/).
    #[doc(alias = "$bitsAnySet")]
    fn bits_any_set(&self, mask: impl BitMask) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::BitTestable<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        Filter::operator(self, "$bitsAnySet", |out| mask.write(out))
    }

    /// One of the bits is 0 (`$bitsAnyClear`).
    ///
    /// ```
    /// use odm::prelude::*;
    ///
    /// #[derive(Embedded)]
    /// struct Item { flags: u32 }
    ///
    /// let item = Item::fields();
    /// assert_eq!(item.flags().bits_any_clear(5).as_document()?, doc! { "flags": { "$bitsAnyClear": 5 } });
    /// assert_eq!(
    ///     item.flags().bits_any_clear([0, 2]).as_document()?,
    ///     doc! { "flags": { "$bitsAnyClear": [0, 2] } },
    /// );
    /// # Ok::<(), odm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A negative mask or position.
    ///
    /// Manual: [`$bitsAnyClear`](https://www.mongodb.com/docs/manual/reference/operator/query/bitsAnyClear/).
    #[doc(alias = "$bitsAnyClear")]
    fn bits_any_clear(&self, mask: impl BitMask) -> Filter<Self::Root>
    where
        Self::Mode: Conditional,
        Self::Value: Field<Kind: kind::BitTestable<Self::Value>>,
        Self::Spec: NaturallyStored,
    {
        Filter::operator(self, "$bitsAnyClear", |out| mask.write(out))
    }
}

impl<H: Handle<Mode: Direct>> BitConditions for H {}
