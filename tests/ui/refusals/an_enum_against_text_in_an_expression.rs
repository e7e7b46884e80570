include!("../support/series.rs");
include!("../support/task.rs");

fn main() {
    let _ = Task::expr(|t| t.state().eq("Open"));
}
