//! Numbers of every type.

use odm::{bson::Decimal128, prelude::*};
use rust_decimal::Decimal;

use crate::promise::{any::*, subject::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "numbers")]
pub(in crate::promise) struct Numbers {
    #[model(id)]
    id: i64,
    i8: i8,
    i16: i16,
    i32: i32,
    i64: i64,
    u8: u8,
    u16: u16,
    u32: u32,
    u64: u64,
    f32: f32,
    f64: f64,
    decimal: Decimal,
    decimal128: Decimal128,
    maybe: Option<u8>,
    maybe_long: Option<i64>,
    maybe_float: Option<f64>,
    #[model(default)]
    counted: u32,
    #[model(default)]
    ratio: f64,
}

any_of_fields! {
    struct Numbers {
        id, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, decimal, decimal128, maybe, maybe_long,
        maybe_float, counted, ratio,
    }
}

subject! {
    Numbers: |n, random|
    change {
        [value, number, bit] n.i8();
        [value, number, bit] n.i16();
        [value, number, dec, bit] n.i32();
        [value, number, dec, bit] n.i64();
        [value, number, bit] n.u8();
        [value, number, bit] n.u16();
        [value, number, bit] n.u32();
        [value, number, bit] n.u64();
        [value, number] n.f32();
        [value, number] n.f64();
        [value, number] n.decimal();
        [value, number] n.decimal128();
        [option, number, bit] n.maybe();
        [option, number, bit] n.maybe_long();
        [option, number] n.maybe_float();
        [option, number, bit] n.counted();
        [option, number] n.ratio();
        [rename(n.maybe_float())] n.maybe_float();
    }
    when {
        n.i32().eq(int(random));
        n.i8().eq(any::<i8>(random)) & n.u64().ne(any::<u64>(random));
        n.f64().gte(any::<f64>(random));
        n.maybe().is_null();
        n.maybe_long().exists();
        n.counted().in_([any::<u32>(random), 5]);
        n.decimal128().lt(any::<Decimal128>(random));
        n.i64().eq(any::<i64>(random)) & n.u8().eq(any::<u8>(random)) & n.f32().eq(any::<f32>(random));
    }
}
