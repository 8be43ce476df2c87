//! What README says of the tests is so.

use std::env;
use std::fs;

use watchdog::findings::{Severity, rules};

use crate::support::Clusters;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

/// The tables of what dies, and of what people reported of port-forwards, name the tests that show it.
#[test]
fn the_tests_that_the_documentation_names_exist() {
    let root = env!("CARGO_MANIFEST_DIR");
    for (document, least) in [("README.md", 8), ("docs/forwards.md", 50)] {
        let text = fs::read_to_string(format!("{root}/{document}")).unwrap();
        let mut named = 0;
        for file in fs::read_dir(format!("{root}/tests/it/forward")).unwrap() {
            let path = file.unwrap().path();
            let module = path.file_stem().unwrap().to_str().unwrap();
            let source = fs::read_to_string(&path).unwrap();
            for rest in text.split(&format!("`{module}::")).skip(1) {
                let name = rest.split('`').next().unwrap();
                assert!(
                    source.contains(&format!("\nfn {name}() {{")),
                    "{document}: {module}::{name}"
                );
                named += 1;
            }
        }
        assert!(named >= least, "{document}: {named}");
    }
}

/// The table of findings is the catalogue's; `UPDATE_README=1` writes it.
#[test]
fn the_table_of_findings_is_the_catalogue() {
    const BEGIN: &str = "<!-- findings: begin -->\n";
    const END: &str = "<!-- findings: end -->\n";
    let mut table = String::from("| finding | | raised when | what to do |\n|---|---|---|---|\n");
    for rule in rules() {
        let severity = match rule.severity {
            Severity::Error => "E",
            Severity::Warning => "W",
            Severity::Info => "I",
        };
        let cell = |text: &str| text.replace('|', "\\|");
        let (condition, action) = (cell(rule.condition), cell(rule.action));
        table += &format!("| `{}` | {severity} | {condition} | {action} |\n", rule.id);
    }
    let readme = fs::read_to_string(README).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("README has the table's beginning");
    let (kept, after) = rest.split_once(END).expect("README has the table's end");
    if kept != table && env::var_os("UPDATE_README").is_some() {
        fs::write(README, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert!(kept == table, "README is stale: UPDATE_README=1 writes the table anew\n{table}");
}

/// The first list is what the demo clusters give, to the letter.
#[test]
fn the_first_list_is_the_demo_s() {
    let clusters = Clusters::new();
    let printed = clusters.run("hpa list -n payments").code(0).stdout;
    let readme = fs::read_to_string(README).unwrap();
    let shown = format!("```console\n$ watchdog hpa list -n payments\n{printed}```\n");
    assert!(readme.contains(&shown), "README is stale: its first list is now\n{printed}");
    let problems = clusters.run("hpa list -n payments --problems").code(0).stdout;
    assert!(readme.contains(&problems), "README is stale: its second list is now\n{problems}");
}
