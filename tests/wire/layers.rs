//! The layers of the library: a module imports only from those before it.

use std::{collections::BTreeSet, fs, path::Path};

/// From the innermost layer outwards. `lib`, `prelude` and `private` only re-export.
const LAYERS: &[&str] = &[
    "support",
    "options",
    "error",
    "codec",
    "condition",
    "path",
    "geo",
    "sort",
    "expression",
    "filter",
    "row",
    "common_options",
    "update",
    "model",
    "reference",
    "executor",
    "explain",
    "cursor",
    "aggregation",
    "command",
    "operation",
    "change_stream",
    "durable",
];

/// Beside the layers: knows only errors.
const BESIDE: &[&str] = &["sandbox"];

#[test]
fn a_module_imports_only_from_layers_before_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../odm/src");
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (module, file) in files(&source) {
        seen.insert(module.clone());
        let text = fs::read_to_string(&file).expect("a source file");
        for imported in imports(&text) {
            if !allowed(&module, &imported) {
                wrong.push(format!("{} imports {imported}", file.display()));
            }
        }
    }
    assert!(seen.len() > 8, "the source was not found: {seen:?}");
    assert!(wrong.is_empty(), "against the layers:\n{}", wrong.join("\n"));
}

#[test]
fn an_arrow_the_wrong_way_is_seen() {
    let text =
        "use crate::{\n    error::Result,\n    operation::Find,\n};\nuse crate::model::Model;";
    assert_eq!(imports(text), ["error", "operation", "model"]);
    assert!(!allowed("path", "operation"));
    assert!(!allowed("filter", "update"));
    assert!(!allowed("sandbox", "model"));
    assert!(allowed("operation", "path"));
}

fn allowed(module: &str, imported: &str) -> bool {
    let layer = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    if module == imported || imported == "error" {
        return true;
    }
    if BESIDE.contains(&module) {
        return imported == "error";
    }
    match (layer(module), layer(imported)) {
        (Some(module), Some(imported)) => imported < module,
        _ => false,
    }
}

/// Every file of a layer, with the layer's name.
fn files(source: &Path) -> Vec<(String, std::path::PathBuf)> {
    let mut files = Vec::new();
    let mut folders = vec![source.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
            let path = entry.path();
            let inside = path.strip_prefix(source).expect("a path below the source");
            let first = inside.iter().next().expect("a name").to_string_lossy();
            let module = first.trim_end_matches(".rs").to_owned();
            match () {
                () if path.is_dir() => folders.push(path),
                () if ["lib", "prelude", "private"].contains(&module.as_str()) => {}
                () => files.push((module, path)),
            }
        }
    }
    files
}

/// The first names after `crate::` in `use` items outside of tests.
fn imports(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut names = Vec::new();
    for item in code.split("use crate::").skip(1) {
        let item = item.split(';').next().unwrap_or_default();
        match item.strip_prefix('{') {
            Some(list) => names.extend(top_level(list)),
            None => names.extend(item.split([':', ' ']).next().map(str::to_owned)),
        }
    }
    names.retain(|name| name.starts_with(|first: char| first.is_lowercase()));
    names
}

/// The names of a brace list that are not inside another one.
fn top_level(list: &str) -> Vec<String> {
    let (mut depth, mut name, mut names) = (0_i32, String::new(), Vec::new());
    for character in list.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(std::mem::take(&mut name)),
            _ if depth == 0 => name.push(character),
            _ => {}
        }
    }
    names.push(name);
    let first = |name: String| name.trim().split(':').next().unwrap_or_default().to_owned();
    names.into_iter().map(first).filter(|name| !name.is_empty()).collect()
}
