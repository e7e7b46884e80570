use odm::prelude::*;

#[derive(Embedded)]
#[serde(untagged)]
enum Value {
    Number(i32),
    Text(String),
}

fn main() {
    let _ = Value::fields();
}
