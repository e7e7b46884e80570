#[derive(Model)]
struct Task {
    #[model(id)]
    id: i64,
    state: State,
    tries: i32,
    kept: Option<Point>,
    #[model(serde)]
    raw: Vec<i32>,
}

#[derive(Embedded)]
enum State {
    Open,
}
