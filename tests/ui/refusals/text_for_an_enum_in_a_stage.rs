include!("../support/series.rs");
include!("../support/task.rs");

fn main() {
    let _ = Task::stages().compute(|t| t.state(), |_| "Open");
}
