//! The formats of a report: the same findings in all of them, and valid by their schemas.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{list, text};
use crate::support::{Clusters, Output, Terminal, plain};

/// The records of CSV.
fn csv(document: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(document.as_bytes());
    let fields = |record: csv::StringRecord| record.iter().map(ToOwned::to_owned).collect();
    reader.records().map(|record| fields(record.unwrap())).collect()
}

#[test]
fn every_output_format_has_the_same_findings() {
    let clusters = Clusters::new();
    let run = |form: &str| clusters.run(&format!("hpa check -o {form}")).code(2);
    let json = run("json").json();
    let findings = list(&json, "findings");

    let lines = run("jsonl").says(" could not be checked (--not-evaluated says why)");
    let lines: Vec<Value> =
        lines.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, findings);

    let table = run("table --not-evaluated").says("--by finding groups them");
    for finding in findings {
        assert!(table.stdout.contains(text(&finding["message"])), "{finding}");
    }
    assert!(table.stdout.contains(" namespaces of 2 clusters: "), "{table}");
    assert!(table.stdout.contains("\nNot evaluated:\n"), "{table}");

    let github = run("github").quiet();
    let annotations =
        github.lines().iter().filter(|line| !line.contains("title=not evaluated::")).count();
    assert_eq!(annotations, findings.len(), "{github}");
    let errors = findings.iter().filter(|finding| finding["severity"] == "error").count();
    let marked = github.lines().iter().filter(|line| line.starts_with("::error ")).count();
    assert_eq!(marked, errors);

    let sarif = run("sarif").quiet().json();
    let results = list(&sarif["runs"][0], "results");
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(findings) {
        assert_eq!(result["ruleId"], finding["id"]);
    }

    let rows = run("csv").quiet();
    let mut rows = csv(&rows.stdout).into_iter();
    let header = rows.next().unwrap();
    let rows: Vec<Vec<String>> = rows.collect();
    assert_eq!(rows.len(), findings.len());
    for (row, finding) in rows.iter().zip(findings) {
        for (key, value) in header.iter().zip(row) {
            let expected = finding[key].as_str().unwrap_or_default();
            assert_eq!(value, expected, "{key}");
        }
    }

    let wide = run("wide --no-headers").says("note: Checked 58 HPAs");
    assert_eq!(wide.lines().len(), findings.len());
    let keys = ["severity", "id", "cluster", "namespace", "hpa"];
    let mut rows: Vec<Vec<&str>> = wide
        .lines()
        .iter()
        .map(|line| line.split_whitespace().take(keys.len()).collect())
        .collect();
    let rank = |row: &Vec<&str>| ["error", "warning", "info"].iter().position(|it| *it == row[0]);
    assert!(rows.is_sorted_by_key(rank), "{wide}");
    let mut expected: Vec<Vec<&str>> =
        findings.iter().map(|finding| keys.map(|key| text(&finding[key])).to_vec()).collect();
    rows.sort_unstable();
    expected.sort_unstable();
    assert_eq!(rows, expected);

    let names = run("name").quiet();
    let place = |f: &Value| ["cluster", "namespace", "hpa"].map(|key| text(&f[key])).join("/");
    let expected: BTreeSet<String> = findings.iter().map(place).collect();
    assert_eq!(names.lines().len(), expected.len());
    assert_eq!(
        names.lines().iter().map(|line| (*line).to_owned()).collect::<BTreeSet<_>>(),
        expected
    );

    let markdown = run("md").quiet();
    let rows = markdown.lines().iter().filter(|line| line.contains(" | `")).count();
    assert_eq!(rows, findings.len(), "{markdown}");
    assert!(markdown.stdout.contains("\nChecked 58 HPAs in "), "{markdown}");

    assert!(run("yaml").quiet().stdout.contains("\nkind: FindingList\n"));

    let junit = run("junit").quiet();
    let failed: BTreeSet<_> = findings
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .map(|finding| {
            (text(&finding["cluster"]), text(&finding["namespace"]), text(&finding["hpa"]))
        })
        .collect();
    assert_eq!(junit.stdout.matches("<failure ").count(), failed.len());
    assert_eq!(junit.stdout.matches("<testcase ").count(), 58);
}

#[test]
fn sarif_and_junit_are_valid_by_their_schemas() {
    let clusters = Clusters::broken();
    for (form, schema) in [("sarif", "sarif-2.1.0.json"), ("junit", "junit-10.xsd")] {
        let line = format!("hpa check --timeout 4s -o {form}");
        let document = clusters.run(&line).code(3).stdout;
        let file = clusters.sandbox.write(&format!("out.{form}"), document);
        if !valid(schema, &file) {
            return;
        }
    }
    // The validator itself must reject invalid documents.
    let wrong = clusters.sandbox.write("wrong", r#"{"version":"2.1.0","runs":[{}]}"#);
    assert!(!validate("sarif-2.1.0.json", &wrong).status.success());
    let wrong = clusters.sandbox.write("wrong", "<testsuites><testcase/></testsuites>");
    assert!(!validate("junit-10.xsd", &wrong).status.success());
}

fn validate(schema: &str, document: &Path) -> std::process::Output {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas");
    let mut python = Command::new("python3");
    python.arg(schemas.join("validate.py")).arg(schemas.join(schema)).arg(document);
    python.output().unwrap_or_else(|error| panic!("python3: {error}"))
}

/// Asserts that the document is valid; returns false, with a message, if no validator is available.
fn valid(schema: &str, document: &Path) -> bool {
    let not_run = |why: &str| {
        let name = "sarif_and_junit_are_valid_by_their_schemas";
        let _ = writeln!(io::stderr(), "{name} was not run: {why}");
        false
    };
    if which::which("python3").is_err() {
        return not_run("no python3 on PATH");
    }
    let output = validate(schema, document);
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(3) {
        return not_run(said.trim());
    }
    assert!(output.status.success(), "{schema}: {said}");
    true
}

#[test]
fn the_report_fits_the_terminal() {
    let clusters = Clusters::new();
    let on_terminal = |columns: u16| -> Output {
        let run = clusters.watchdog(["hpa", "check"]);
        Terminal::new(columns, 40).run(run).code(2)
    };
    for columns in [60, 80, 120, 160] {
        let output = on_terminal(columns);
        assert!(output.stdout.contains("\x1b[31merror"), "{output}");
        let text = plain(&output.stdout);
        assert!(text.contains("target-missing") && text.contains("To do: "), "{output}");
        for line in text.lines() {
            assert!(line.chars().count() <= columns.into(), "at {columns}: {line:?}");
            assert!(!line.ends_with(' '), "at {columns}: {line:?}");
        }
    }
}
