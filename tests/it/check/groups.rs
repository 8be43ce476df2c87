//! What a person sees of many findings: grouped, few names, the worst last.

use super::{ids, list, text};
use crate::support::{Clusters, Output, Sandbox, Terminal, plain};

/// A report on a terminal of 80 columns.
fn on_terminal(clusters: &Clusters, line: &str) -> (Output, Vec<String>) {
    let run = clusters.watchdog(line.split_whitespace());
    let output = Terminal::new(80, 24).run(run);
    let lines = plain(&output.stdout).lines().map(ToOwned::to_owned).collect();
    (output, lines)
}

fn position(lines: &[String], start: &str) -> usize {
    lines
        .iter()
        .position(|line| line.starts_with(start))
        .unwrap_or_else(|| panic!("no {start:?} in {lines:#?}"))
}

#[test]
fn many_findings_are_grouped_on_a_terminal_with_the_worst_last() {
    let clusters = Clusters::small(3, 400);
    let only = "--only maxed-out,missing-requests,min-eq-max";
    let (output, lines) = on_terminal(&clusters, &format!("hpa check {only}"));
    output.code(2);
    assert!(lines.len() < 40, "{lines:#?}");
    let info = position(&lines, "info     min-eq-max: ");
    let warning = position(&lines, "warning  maxed-out: ");
    let error = position(&lines, "error    missing-requests: ");
    let summary = position(&lines, "Checked 1,19");
    assert!(info < warning && warning < error && error < summary, "{lines:#?}");
    // What is on the last screen names all of it, the worst last.
    let index = lines[summary - 4..summary - 1].iter();
    let index: Vec<&str> = index.filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(index, ["min-eq-max", "maxed-out", "missing-requests"], "{lines:#?}");
    assert!(lines.iter().all(|line| line.chars().count() <= 80), "{lines:#?}");

    let (output, all) = on_terminal(&clusters, &format!("hpa check {only} --all"));
    output.code(2);
    assert!(all.len() > lines.len() && !all.iter().any(|line| line.contains("(--all)")));
    // In a pipe nothing is left out, and the HPAs stand one by one.
    let pipe = clusters.run(&format!("hpa check {only}")).code(2);
    let json = clusters.run(&format!("hpa check {only} -o json")).code(2).json();
    let found = list(&json, "findings").len();
    assert_eq!(pipe.stdout.matches("To do: ").count(), found);
    let by_finding = clusters.run(&format!("hpa check {only} --by finding")).code(2);
    let todo = by_finding.stdout.matches("To do: ").count();
    assert!((3..found).contains(&todo), "{by_finding}");
    for finding in list(&json, "findings") {
        assert!(by_finding.stdout.contains(text(&finding["hpa"])), "{by_finding}");
    }
}

#[test]
fn few_hpas_stand_one_by_one_on_a_terminal_too() {
    let clusters = Clusters::new();
    let (output, lines) = on_terminal(&clusters, "hpa check --only low-min,maxed-out");
    output.code(0);
    position(&lines, "production/shop/catalog");
    let (_, lines) = on_terminal(&clusters, "hpa check --only low-min,maxed-out --by finding");
    position(&lines, "warning  maxed-out: ");
}

#[test]
fn by_cluster_each_cluster_has_its_findings() {
    let clusters = Clusters::new();
    let output = clusters.run("hpa check --by cluster --only maxed-out,target-missing").code(2);
    let lines = output.lines();
    let cluster = lines.iter().position(|line| line.starts_with("production: ")).unwrap();
    let maxed = "  warning  maxed-out: 2 HPAs: platform/api-gateway, shop/catalog";
    let maxed_alone = "  warning  maxed-out: shop/catalog";
    assert!([maxed, maxed_alone].contains(&lines[cluster + 1]), "{output}");
    assert_eq!(lines[cluster + 2], "  error    target-missing: shop/pricing");
    assert!(
        output.stdout.contains("\n  Explain one: watchdog hpa check --explain ID\n"),
        "{output}"
    );
}

#[test]
fn the_severity_that_is_shown_changes_no_exit_code() {
    let clusters = Clusters::new();
    let check = |args: &str| clusters.run(&format!("hpa check --cluster production {args}"));
    let json = check("--severity error --fail-on warning --only low-min,min-eq-max -o json");
    let json = json.code(2).json();
    assert!(ids(&json).is_empty());
    assert_eq!(json["notShown"], 3);
    let output = check("--severity error --only low-min,min-eq-max").code(0);
    let shown = "nothing found of severity error or worse.\nNot shown: 2 warnings, 1 info (--severity error).";
    assert!(output.stdout.contains(shown), "{output}");
    let json = check("--severity warning -o json").code(2).json();
    assert!(list(&json, "findings").iter().all(|finding| finding["severity"] != "info"));
    check("--severity warnin").code(64).says("'warning'");
}

#[test]
fn not_evaluated_is_one_line_unless_asked_for() {
    let clusters = Clusters::new();
    let check = |args: &str| clusters.run(&format!("hpa check --fail-on never {args}")).code(0);
    let output = check("");
    let line = output.lines().into_iter().find(|line| line.contains("could not be checked"));
    let line = line.unwrap_or_else(|| panic!("{output}"));
    assert!(line.ends_with(" rules could not be checked (--not-evaluated says why)."), "{line}");
    for flag in ["--not-evaluated", "-v"] {
        assert!(check(flag).stdout.contains("\nNot evaluated:\n"), "{flag}");
    }
    let notices = |args: &str| {
        check(args).lines().iter().filter(|line| line.contains("title=not evaluated::")).count()
    };
    assert_eq!(notices("-o github"), 1);
    assert!(notices("-o github --not-evaluated") >= 1);
}

#[test]
fn globs_are_taken_wherever_ids_are() {
    let clusters = Clusters::new();
    let json = clusters.run("hpa check --only m*-max,*-min -o json").code(0).json();
    let found: Vec<String> = ids(&json).into_iter().collect();
    assert_eq!(found, ["low-min", "min-eq-max"]);
    // A glob demands no data that there is not: only a finding that is named does.
    clusters.run("hpa check --only *drift").code(0);
    clusters.run("hpa check --only config-drift").code(3);
    clusters.run("hpa check --only z*").code(64).says("--explain lists all");

    let sandbox = Sandbox::new();
    let explain = |args: &[&str]| {
        let args = ["hpa", "check", "--explain"].iter().chain(args).copied();
        sandbox.watchdog(args).env("PATH", "").run().code(0).quiet()
    };
    let all = explain(&[]);
    assert_eq!(all.lines().len(), 1 + watchdog::findings::rules().len());
    for every in ["all", "list", "*"] {
        assert_eq!(explain(&[every]).stdout, all.stdout, "{every}");
    }
    let some = explain(&["m*"]);
    assert!(some.lines()[1..].iter().all(|line| line.starts_with('m')), "{some}");
    assert!(explain(&["low-m*"]).stdout.starts_with("low-min  warning\n"));
}

#[test]
fn in_a_pipe_many_hpas_are_whole_and_a_note_says_what_is_shorter() {
    let clusters = Clusters::new();
    let note = "--by finding groups them, -o wide prints a line for each finding";
    let output = clusters.run("hpa check -A").code(2);
    assert!(output.stdout.contains("\nChecked "), "{output}");
    output.says(note);
    for line in ["hpa check -A --by hpa", "hpa check -A --by finding", "hpa check shop/cart -A"] {
        let output = clusters.run(line);
        assert!(!output.stderr.contains(note), "{output}");
    }
}
