use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    #[model(serde)]
    stream: std::net::TcpStream,
}

fn main() {}
