//! The table of operators in the guide.

use std::{collections::BTreeSet, fs, path::Path};

/// Every operator that a method is found by stands in the table.
#[test]
fn the_table_names_every_operator() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../odm/src");
    let table = fs::read_to_string(source.join("guide/expressions.rs")).expect("the table");
    let mut operators = BTreeSet::new();
    let mut folders = vec![source.join("expression")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => operators.extend(aliases(&fs::read_to_string(path).expect("a file"))),
            }
        }
    }
    assert!(operators.len() > 100, "only {operators:?}");
    let missing: Vec<_> =
        operators.iter().filter(|name| !table.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "not in the table: {missing:?}");
}

fn aliases(source: &str) -> Vec<String> {
    let parts = source.split("doc(alias = \"").skip(1);
    let names = parts.filter_map(|part| part.split('"').next());
    names.filter(|name| name.starts_with('$')).map(str::to_owned).collect()
}
