//! Refusals: every mistake that must not compile, with the compiler's text.
//!
//! `TRYBUILD=overwrite cargo test -p tests --test ui` writes the texts anew.

/// Every file of `refusals` and `derive` is one mistake, and its `.stderr` what rustc says of it.
#[test]
fn every_mistake_is_refused_with_its_text() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/refusals/*.rs");
    cases.compile_fail("ui/derive/*.rs");
}

/// Texts that are longer: rustc reports each side of `&&`, and a library cannot change that.
const LONGER: &[&str] = &["two_ampersands_in_a_filter"];

/// What a tired user sees: not much text, and no name that is ours alone.
#[test]
fn every_text_is_short_and_names_nothing_private() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let mut texts = 0;
    for kind in ["refusals", "derive"] {
        for entry in std::fs::read_dir(folder.join(kind)).expect("a folder of cases") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|extension| extension != "stderr") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a text");
            let name = path.file_stem().unwrap_or_default();
            let most = if LONGER.iter().any(|longer| name == *longer) { 32 } else { 25 };
            let lines = text.lines().count();
            assert!(lines < most, "{} has {lines} lines", path.display());
            assert!(!text.contains("__private"), "{} has a private name", path.display());
            texts += 1;
        }
    }
    assert!(texts > 40, "only {texts} texts were found");
}
