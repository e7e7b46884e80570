//! The text of an `_id` in an error.

use std::fmt;

use mongodb::bson::Bson;

/// An `_id` as people write it: `65f0…`, not `ObjectId("65f0…")`.
pub(super) struct Id<'a>(pub(super) &'a Bson);

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Bson::ObjectId(id) => id.fmt(f),
            Bson::Binary(binary) => match binary.to_uuid() {
                Ok(id) => id.fmt(f),
                Err(_) => self.0.fmt(f),
            },
            Bson::DateTime(date) => match date.try_to_rfc3339_string() {
                Ok(text) => text.fmt(f),
                Err(_) => self.0.fmt(f),
            },
            other => other.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{DateTime, Uuid, doc, oid::ObjectId};

    use super::*;

    #[test]
    fn an_id_is_told_as_its_own_text() {
        let text = |id: Bson| Id(&id).to_string();
        let id = ObjectId::parse_str("65f0c1d2e3f4a5b6c7d8e9f0").unwrap();
        assert_eq!(text(id.into()), "65f0c1d2e3f4a5b6c7d8e9f0");
        let uuid = "936da01f-9abd-4d9d-80c7-02af85c822a8";
        assert_eq!(text(Uuid::parse_str(uuid).unwrap().into()), uuid);
        assert_eq!(text(DateTime::from_millis(0).into()), "1970-01-01T00:00:00Z");
        assert_eq!(text(7_i64.into()), "7");
        assert_eq!(text("seven".into()), "\"seven\"");
        assert_eq!(text(doc! { "a": 1 }.into()), "{ \"a\": 1 }");
    }
}
