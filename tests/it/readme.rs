//! What README says of the tests is so.

use std::fs;

/// The table of what dies names the tests that show it.
#[test]
fn the_tests_that_readme_names_exist() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let mut named = 0;
    for module in ["survival", "names", "relay", "odd", "chaos"] {
        let path = format!("{}/tests/it/forward/{module}.rs", env!("CARGO_MANIFEST_DIR"));
        let source = fs::read_to_string(path).unwrap();
        for rest in readme.split(&format!("`{module}::")).skip(1) {
            let name = rest.split('`').next().unwrap();
            assert!(source.contains(&format!("\nfn {name}() {{")), "{module}::{name}");
            named += 1;
        }
    }
    assert!(named >= 8, "{named}");
}
