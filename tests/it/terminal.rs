//! What a person sees on a terminal.

use unicode_width::UnicodeWidthStr as _;

use crate::support::{Clusters, Output, Terminal, plain};

const WIDTHS: [u16; 5] = [60, 80, 120, 160, 200];

fn on_terminal(clusters: &Clusters, line: &str, columns: u16) -> Output {
    Terminal::new(columns, 40).run(clusters.watchdog(line.split_whitespace()))
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let clusters = Clusters::new();
    for command in ["hpa list -A", "hpa list -A -o wide", "cluster list", "cluster test", "ns list"]
    {
        for columns in WIDTHS {
            let output = on_terminal(&clusters, command, columns).code(0);
            assert!(!output.stdout.is_empty(), "{output}");
            for line in plain(&output.stdout).lines() {
                assert!(line.width() <= columns.into(), "{command} at {columns}: {line:?}");
                assert!(!line.ends_with(' '), "{command} at {columns}: {line:?}");
            }
        }
    }
}

/// At any width, each metric of each HPA is shown with its name.
#[test]
fn every_metric_is_named_at_every_width() {
    let clusters = Clusters::new();
    let json = clusters.run("hpa list -A -o json").code(0).json();
    let mut names: Vec<String> = Vec::new();
    for hpa in json["hpas"].as_array().unwrap() {
        for metric in hpa["metrics"].as_array().unwrap() {
            names.push(metric["name"].as_str().unwrap().to_owned());
        }
    }
    for columns in WIDTHS {
        let output = on_terminal(&clusters, "hpa list -A", columns).code(0);
        let shown = plain(&output.stdout);
        for name in ["cpu", "memory", "http_requests_per_second", "queue_depth"] {
            let wanted = names.iter().filter(|other| *other == name).count();
            // A long name may be cut, so that its value is whole, but must remain distinguishable.
            let start = &name[..name.len().min(3)];
            let found = shown
                .split(|c: char| c.is_whitespace() || c == '(')
                .filter(|word| {
                    word.starts_with(start) && word.contains([':', '…']) || *word == start
                })
                .count();
            assert!(
                wanted > 0 && found >= wanted,
                "{name} at {columns}: {found} of {wanted}\n{shown}"
            );
        }
    }
}

#[test]
fn a_terminal_gets_colour_unless_disabled() {
    let clusters = Clusters::new();
    let run = |args: &[&str]| clusters.watchdog(["hpa", "list"]).args(args);
    let coloured = Terminal::new(160, 40).run(run(&[])).code(0).stdout;
    assert!(coloured.contains("\x1b[3"), "{coloured}");
    let dumb = Terminal::new(160, 40).run(run(&[]).env("TERM", "dumb")).code(0).stdout;
    assert_eq!(dumb, plain(&coloured));
    let unwanted = Terminal::new(160, 40).run(run(&[]).env("NO_COLOR", "1")).code(0).stdout;
    assert_eq!(unwanted, dumb);
    let never = Terminal::new(160, 40).run(run(&["--color", "never"])).code(0).stdout;
    assert_eq!(never, dumb);
    // No other escape codes.
    assert!(!plain(&coloured).contains('\x1b'), "{coloured:?}");
}

#[test]
fn a_terminal_without_a_size_uses_columns() {
    let clusters = Clusters::new();
    let run = || clusters.watchdog(["hpa", "list", "--color", "never"]);
    let at = |columns| Terminal::new(columns, 40).run(run()).code(0).stdout;
    let sizeless = Terminal::new(0, 0).run(run().env("COLUMNS", "120")).code(0).stdout;
    assert_eq!(sizeless, at(120));
    let sizeless = Terminal::new(0, 0).run(run()).code(0).stdout;
    assert_eq!(sizeless, at(80));
}

/// A document for programs is the same on a terminal.
#[test]
fn names_and_csv_are_the_same_on_a_terminal() {
    let clusters = Clusters::new();
    for form in ["name", "csv", "jsonl"] {
        let command = format!("hpa list -o {form}");
        let shown = on_terminal(&clusters, &command, 60).code(0).stdout;
        assert_eq!(shown, clusters.run(&command).stdout, "{form}");
    }
}

/// Who scrolls past thousands of rows sees how many there were.
#[test]
fn a_long_list_ends_with_its_size() {
    let clusters = Clusters::new();
    let ending = |line: &str| {
        let shown = Terminal::new(80, 24).run_both(clusters.watchdog(line.split(' ')));
        plain(&shown.code(0).stdout)
    };
    let all = ending("hpa list");
    let last = all.lines().last().unwrap_or_default();
    assert!(last.starts_with("note: ") && last.contains(" HPAs in 2 clusters, "), "{all}");
    assert!(last.ends_with(" with problems (--problems)"), "{all}");
    assert!(!ending("hpa list -n media").contains(" with problems"));
    clusters.run("hpa list").code(0).quiet();
}

/// The demo as in the README. Ages are relative to its start, so they do not change.
#[test]
fn the_table_in_a_pipe_and_at_two_widths() {
    let clusters = Clusters::new();
    let piped = clusters.run("hpa list").code(0).stdout;
    insta::assert_snapshot!("piped", piped);
    for columns in [80, 160] {
        let output = on_terminal(&clusters, "hpa list --color never", columns).code(0);
        insta::assert_snapshot!(format!("at_{columns}_columns"), output.stdout);
    }
}

/// A heading for each cluster and namespace requires adjacent rows; with other sort orders there
/// are no headings.
#[test]
fn no_heading_is_repeated() {
    let clusters = Clusters::new();
    let json = clusters.run("hpa list -A -o json").code(0).json();
    let mut names: Vec<&str> =
        json["hpas"].as_array().unwrap().iter().map(|hpa| hpa["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    let fields =
        ["cluster", "namespace", "name", "reference", "replicas", "min", "max", "status", "age"];
    for field in fields {
        for columns in [60, 80, 100] {
            let command = format!("hpa list -A --color never --sort-by {field}");
            let output = on_terminal(&clusters, &command, columns).code(0);
            let mut headings: Vec<&str> =
                output.lines().into_iter().filter(|line| !line.contains(' ')).collect();
            let all = headings.len();
            headings.sort_unstable();
            headings.dedup();
            assert_eq!(headings.len(), all, "{field} at {columns}: {output}");
            if field == "name" && columns == 80 {
                // The rows are in order and distinguishable.
                let shown = output.lines();
                let mut rows = shown.iter();
                for name in &names {
                    let start: String = name.chars().take(6).collect();
                    let found = rows.any(|row| row.contains(&start));
                    assert!(found, "{name} is missing or not in order: {output}");
                }
                assert!(output.stdout.contains("staging") && output.stdout.contains("shop"));
            }
        }
    }
}

/// One cause is reported once, with the clusters' names; a log gets one line for each.
#[test]
fn clusters_that_fail_alike_are_one_message() {
    let clusters = Clusters::small(1, 0);
    let entry = |n: usize| {
        (
            format!("- {{name: eu-{n:02}, cluster: {{server: 'https://127.0.0.1:1'}}}}\n"),
            format!("- {{name: eu-{n:02}, context: {{cluster: eu-{n:02}, user: u}}}}\n"),
        )
    };
    let (entries, contexts): (String, String) = (1..=12).map(entry).unzip();
    clusters.sandbox.kubeconfig(&format!(
        "clusters:\n{entries}contexts:\n{contexts}users: [{{name: u, user: {{}}}}]\ncurrent-context: eu-01\n"
    ));
    let said = "echo 'SSO session expired' >&2; \
        echo 'Unable to connect to the server: getting credentials: exec: executable aws failed with exit code 255' >&2; \
        exit 1";
    let kubectl = clusters.sandbox.script("kubectl", said);
    let run = || clusters.watchdog(["hpa", "list"]).arg("--kubectl").arg(&kubectl);

    let terminal = Terminal::new(80, 40);
    let running = run().stderr(terminal.stdio()).start();
    let screen = terminal.watched();
    running.wait().code(3);
    let shown = plain(&screen.text()).replace("\r\n", "\n");
    assert_eq!(shown.matches("SSO session expired").count(), 1, "{shown}");
    let names = "SSO session expired: eu-01, eu-02, eu-03, eu-04, eu-05, eu-06, eu-07, eu-08, eu-09, eu-10 and 2 more";
    assert!(shown.contains("error: 12 clusters: credentialPlugin: "), "{shown}");
    assert!(shown.contains(names), "{shown}");
    assert_eq!(shown.matches("log in as you do").count(), 1, "{shown}");

    let output = run().run().code(3);
    assert_eq!(output.stderr.matches("SSO session expired").count(), 12, "{output}");
}
