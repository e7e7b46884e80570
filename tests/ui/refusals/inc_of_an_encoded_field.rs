use odm::prelude::*;

mod text {
    use odm::bson::Bson;

    pub fn serialize<S: serde::Serializer>(number: &i32, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&number.to_string())
    }

    pub fn deserialize<'a, D: serde::Deserializer<'a>>(from: D) -> Result<i32, D::Error> {
        let value: Bson = serde::Deserialize::deserialize(from)?;
        Ok(value.as_str().and_then(|text| text.parse().ok()).unwrap_or_default())
    }
}

#[derive(Model)]
#[model(collection = "items")]
struct Item {
    #[model(id)]
    id: i64,
    #[model(with = "text")]
    stock: i32,
}

fn main() {
    let _ = Item::update().inc(|i| i.stock(), 1);
}
