//! README.md, CONTRIBUTING.md and docs/ are correct: test names, tables, outputs, commands and
//! links.

mod commands;
mod links;
mod picture;
mod schemas;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use watchdog::findings::{Severity, rules};

use crate::support::Clusters;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"))
}

/// The paths of all documents for people, relative to the root.
fn documents() -> Vec<String> {
    let mut documents = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            documents.push(format!("docs/{}", path.file_name().unwrap().to_str().unwrap()));
        }
    }
    documents.sort();
    assert!(documents.len() > 15, "{documents:?}");
    documents
}

/// The tables about dying processes and reported port-forward problems name the tests that cover
/// them.
#[test]
fn tests_named_in_documents_exist() {
    let mut named = 0;
    for document in ["README.md", "docs/forwards.md"] {
        let text = read(document);
        for file in fs::read_dir(root().join("tests/it/forward")).unwrap() {
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
    }
    assert!(named >= 80, "{named}");
}

/// The table of findings matches the rules; `UPDATE_DOCS=1` rewrites it.
#[test]
fn the_table_of_findings_matches_the_rules() {
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
    let text = read("docs/findings.md");
    let (before, rest) = text.split_once(BEGIN).expect("the table's beginning");
    let (current, after) = rest.split_once(END).expect("the table's end");
    if current != table && env::var_os("UPDATE_DOCS").is_some() {
        let text = format!("{before}{BEGIN}{table}{END}{after}");
        fs::write(root().join("docs/findings.md"), text).unwrap();
        return;
    }
    assert!(current == table, "docs/findings.md is stale: run with UPDATE_DOCS=1\n{table}");
}

/// Contributors rely on these paths.
#[test]
fn source_files_named_in_documents_exist() {
    let mut named = 0;
    for document in documents() {
        for code in read(&document).split('`').skip(1).step_by(2) {
            let path = code.split(':').next().unwrap_or_default();
            let is_path = ["src/", "tests/", "examples/", "benches/", "scripts/", "configs/"]
                .iter()
                .any(|folder| path.starts_with(folder))
                && !path.contains(['*', ' ', '<', '\n']);
            if is_path {
                assert!(root().join(path).exists(), "{document}: {path}");
                named += 1;
            }
        }
    }
    assert!(named > 30, "{named}");
}

#[test]
fn the_readme_is_short_and_counts_the_rules() {
    let readme = read("README.md");
    assert!(readme.len() <= 12_000, "{} bytes", readme.len());
    assert!(readme.contains(&format!("[{} rules](docs/findings.md)", rules().len())));
}

/// The lists are the exact output for the demo clusters.
#[test]
fn the_lists_are_the_output_for_the_demo() {
    let clusters = Clusters::new();
    let printed = clusters.run("hpa list -n payments").code(0).stdout;
    let shown = format!("```console\n$ watchdog hpa list -n payments\n{printed}```\n");
    assert!(read("README.md").contains(&shown), "README.md is stale: its list is now\n{printed}");
    let problems = clusters.run("hpa list -n payments --problems").code(0).stdout;
    assert!(
        read("docs/usage.md").contains(&problems),
        "docs/usage.md is stale: its list is now\n{problems}"
    );
}

/// The example of a configuration mistake is the exact output.
#[test]
fn the_configuration_error_is_the_exact_output() {
    let clusters = Clusters::small(1, 0);
    let file = clusters.sandbox.write("watchdog.yaml", "kubectl:\n  timeout_second: 3\n");
    let output = clusters.watchdog(["config", "validate"]).arg(&file).run();
    let printed = output.stderr.replace(file.to_str().unwrap(), "watchdog.yaml");
    assert!(!printed.is_empty(), "{output}");
    assert!(
        read("docs/usage.md")
            .contains(&format!("$ watchdog config validate watchdog.yaml\n{printed}```\n")),
        "docs/usage.md is stale: the error is now\n{printed}"
    );
}
