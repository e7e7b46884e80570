use odm::prelude::*;

#[derive(Model)]
struct Series {
    #[model(id)]
    id: i64,
    stream: std::net::TcpStream,
}

fn main() {
    let _ = Series::fields();
}
