//! Text, dates, identifiers and bytes; an `_id` that is text.

use odm::{
    bson::{self, Binary, DateTime, Timestamp},
    prelude::*,
};

use crate::promise::{any::*, subject::*};

#[derive(Model, Clone, Debug, PartialEq)]
#[model(collection = "scalars")]
pub(in crate::promise) struct Scalars {
    #[model(id)]
    id: String,
    name: String,
    letter: char,
    is_open: bool,
    at: DateTime,
    utc: chrono::DateTime<chrono::Utc>,
    day: chrono::NaiveDate,
    instant: jiff::Timestamp,
    offset: time::OffsetDateTime,
    stamp: Timestamp,
    uuid: bson::Uuid,
    own_uuid: uuid::Uuid,
    object: ObjectId,
    own_object: odm::Id<Scalars>,
    owner: Ref<Scalars>,
    heir: Option<Ref<Scalars>>,
    bytes: Binary,
    url: url::Url,
    title: Option<String>,
    subtitle: Option<String>,
    maybe_at: Option<DateTime>,
    maybe_day: Option<chrono::NaiveDate>,
    maybe_flag: Option<bool>,
    boxed: Box<Option<String>>,
    #[model(default)]
    is_new: bool,
    #[model(default)]
    text: String,
    #[model(default = "unnamed")]
    label: String,
}

fn unnamed() -> String {
    "unnamed".into()
}

any_of_fields! {
    struct Scalars {
        id, name, letter, is_open, at, utc, day, instant, offset, stamp, uuid, own_uuid, object,
        own_object, owner, heir, bytes, url, title, subtitle, maybe_at, maybe_day, maybe_flag, boxed, is_new, text, label,
    }
}

subject! {
    Scalars: |s, random|
    change {
        [set_on_insert] s.id();
        [value] s.name();
        [value] s.letter();
        [value] s.is_open();
        [value, current_date] s.at();
        [value, current_date] s.utc();
        [value] s.day();
        [value, current_date] s.instant();
        [value, current_date] s.offset();
        [value, current_date] s.stamp();
        [value] s.uuid();
        [value] s.own_uuid();
        [value] s.object();
        [value] s.own_object();
        [value] s.owner();
        [option] s.heir();
        [value] s.bytes();
        [value] s.url();
        [option, rename(s.subtitle())] s.title();
        [option, current_date] s.maybe_at();
        [option] s.maybe_day();
        [option] s.maybe_flag();
        [value] s.boxed();
        [option] s.is_new();
        [option, rename(s.label())] s.text();
        [option] s.label();
    }
    when {
        s.name().eq(text(random));
        s.title().eq(any::<Option<String>>(random));
        s.title().is_null();
        s.owner().eq(any::<Ref<Scalars>>(random)) | s.heir().eq(any::<Option<Ref<Scalars>>>(random));
        s.at().gt(any::<DateTime>(random)) & s.is_open().eq(any::<bool>(random));
        s.uuid().in_([any::<bson::Uuid>(random)]);
        s.text().ne(text(random));
        s.name().eq(text(random)) & s.label().eq(text(random)) & s.day().eq(any::<chrono::NaiveDate>(random));
    }
}
