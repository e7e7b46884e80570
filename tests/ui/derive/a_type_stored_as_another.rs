use odm::prelude::*;

#[derive(Embedded)]
#[serde(from = "i32", into = "i32")]
struct Wrapper {
    held: std::net::TcpStream,
}

fn main() {
    let _ = Wrapper::fields();
}
