use odm::prelude::*;

#[derive(Model)]
#[model(collection = "grids")]
struct Grid {
    #[model(id)]
    id: i64,
    rows: Vec<Vec<i32>>,
}

fn main() {
    let _ = Grid::find().filter(|g| g.rows().any().any().eq(5));
}
