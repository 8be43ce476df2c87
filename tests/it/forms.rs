//! The output formats of `hpa list`: each can be parsed, and all agree.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Clusters, Output, plain};

/// The document without the values that depend on time.
fn timeless(mut document: Value) -> Value {
    document["takenAt"] = Value::Null;
    for cluster in document["clusters"].as_array_mut().unwrap() {
        cluster["durationMs"] = Value::Null;
    }
    document
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn hpas(document: &Value) -> &Vec<Value> {
    document["hpas"].as_array().unwrap()
}

/// A CSV line by column names.
type Row = BTreeMap<String, String>;

/// A comparison of two lines.
type Order = fn(&Row, &Row) -> Ordering;

fn number(row: &Row, key: &str) -> i64 {
    row[key].parse().unwrap()
}

fn rows(output: &Output) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(output.stdout.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

fn id(hpa: &Value) -> String {
    ["cluster", "namespace", "name"].map(|key| text(&hpa[key])).join("/")
}

#[test]
fn all_output_formats_agree() {
    let clusters = Clusters::new();
    let run = |form: &str| clusters.run(&format!("hpa list -A -o {form}")).code(0).quiet();
    let json = run("json").json();
    assert!(hpas(&json).len() > 40);

    let yaml: Value = serde_yaml::from_str(&run("yaml").stdout).unwrap();
    assert_eq!(timeless(yaml), timeless(json.clone()));

    let lines = run("jsonl");
    let objects: Vec<Value> =
        lines.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(&objects, hpas(&json));

    let names = run("name");
    assert_eq!(names.lines(), hpas(&json).iter().map(id).collect::<Vec<_>>());

    let csv = rows(&run("csv"));
    assert_eq!(csv.len(), hpas(&json).len());
    for (row, hpa) in csv.iter().zip(hpas(&json)) {
        for key in ["cluster", "context", "namespace", "name", "createdAt", "lastScaleTime"] {
            assert_eq!(row[key], text(&hpa[key]), "{key} of {}", id(hpa));
        }
        for key in ["minReplicas", "maxReplicas", "currentReplicas", "desiredReplicas"] {
            assert_eq!(row[key], hpa[key].to_string(), "{key} of {}", id(hpa));
        }
        for (key, part) in
            [("targetApiVersion", "apiVersion"), ("targetKind", "kind"), ("targetName", "name")]
        {
            assert_eq!(row[key], text(&hpa["target"][part]), "{key} of {}", id(hpa));
        }
        for metric in hpa["metrics"].as_array().unwrap() {
            assert!(row["targets"].contains(text(&metric["name"])), "{row:?}");
        }
    }

    for (form, columns) in [
        ("table", "CLUSTER NAMESPACE NAME REFERENCE TARGETS MIN MAX REPLICAS STATUS AGE"),
        (
            "wide",
            "CLUSTER NAMESPACE NAME REFERENCE TARGETS MIN MAX REPLICAS STATUS AGE \
                  CONTEXT DESIRED LASTSCALE MESSAGE",
        ),
    ] {
        let table = run(form);
        let mut lines = table.lines().into_iter();
        let header = lines.next().unwrap();
        assert_eq!(header.split_whitespace().collect::<Vec<_>>().join(" "), columns);
        for (line, row) in lines.zip(&csv) {
            let cells: Vec<&str> =
                line.split("   ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
            let reference = format!("{}/{}", row["targetKind"], row["targetName"]);
            let expected = [
                &row["cluster"],
                &row["namespace"],
                &row["name"],
                &reference,
                &row["targets"],
                &row["minReplicas"],
                &row["maxReplicas"],
                &row["currentReplicas"],
                &row["status"],
            ];
            assert_eq!(cells[..9], expected.map(String::as_str), "{form}");
        }
        assert_eq!(table.lines().len(), csv.len() + 1);
    }
}

#[test]
fn headers_can_be_left_out() {
    let clusters = Clusters::new();
    for form in ["table", "wide", "csv"] {
        let with = clusters.run(&format!("hpa list -o {form}")).code(0);
        let without = clusters.run(&format!("hpa list -o {form} --no-headers")).code(0);
        let mut lines = with.lines();
        lines.remove(0);
        // Ages in seconds change between the runs: compare only what precedes them.
        let start = |line: &&str| {
            let words = line.split([' ', ',']).filter(|word| !word.is_empty()).take(5);
            words.collect::<Vec<_>>().join(" ")
        };
        let [with, without] =
            [&lines, &without.lines()].map(|lines| lines.iter().map(start).collect::<Vec<_>>());
        assert_eq!(with, without, "{form}");
    }
}

#[test]
fn every_sort_order_is_that_of_its_field() {
    let clusters = Clusters::new();
    let unsorted = rows(&clusters.run("hpa list -o csv").code(0));
    let orders: [(&str, Order); 8] = [
        ("cluster", |_, _| Ordering::Equal),
        ("namespace", |a, b| (&a["namespace"], &a["name"]).cmp(&(&b["namespace"], &b["name"]))),
        ("name", |a, b| a["name"].cmp(&b["name"])),
        ("reference", |a, b| {
            let reference = |row: &Row| format!("{}/{}", row["targetKind"], row["targetName"]);
            reference(a).cmp(&reference(b))
        }),
        ("replicas", |a, b| number(b, "currentReplicas").cmp(&number(a, "currentReplicas"))),
        ("min", |a, b| number(a, "minReplicas").cmp(&number(b, "minReplicas"))),
        ("max", |a, b| number(b, "maxReplicas").cmp(&number(a, "maxReplicas"))),
        ("age", |a, b| b["createdAt"].cmp(&a["createdAt"])),
    ];
    for (field, compare) in orders {
        let sorted = clusters.run(&format!("hpa list -o csv --sort-by {field}")).code(0);
        let mut expected = unsorted.clone();
        expected.sort_by(compare);
        assert_eq!(rows(&sorted), expected, "{field}");
    }
    let by_status = rows(&clusters.run("hpa list -o csv --sort-by status").code(0));
    let first_ok = by_status.iter().position(|row| row["status"] == "OK").unwrap();
    assert!(first_ok > 0 && by_status[first_ok..].iter().all(|row| row["status"] == "OK"));
    let position = |id: &str| by_status.iter().position(|row| row["status"] == id).unwrap();
    assert!(position("target-missing") < position("maxed-out"), "an error is before a warning");
    assert!(position("low-min") < position("min-eq-max"), "and a warning before the rest");
}

#[test]
fn problems_are_hpas_with_an_error_or_a_warning() {
    let clusters = Clusters::new();
    let all = clusters.run("hpa list -A -o json").code(0).json();
    let wrong: Vec<String> = hpas(&all)
        .iter()
        .filter(|hpa| {
            let findings = hpa["findings"].as_array().unwrap();
            findings.iter().any(|finding| finding["severity"] != "info")
        })
        .map(id)
        .collect();
    let mut expected = rows(&clusters.run("hpa list -A -o csv").code(0));
    let known = expected.len();
    expected.retain(|row| {
        wrong.contains(&format!("{}/{}/{}", row["cluster"], row["namespace"], row["name"]))
    });
    let worth_knowing = expected.iter().all(|row| row["status"] != "min-eq-max");
    assert!(worth_knowing && expected.len() == wrong.len() && known > wrong.len() + 10);
    assert!(expected.len() > 5);
    assert_eq!(rows(&clusters.run("hpa list -A -o csv --problems").code(0)), expected);
    let json = clusters.run("hpa list -A -o json --problems").code(0).json();
    assert_eq!(hpas(&json).len(), expected.len());
    let quiet = Clusters::small(1, 0);
    quiet.run("hpa list --problems").code(0).prints_nothing().says("note:");
}

#[test]
fn hpas_are_selected_by_their_status() {
    let clusters = Clusters::new();
    let statuses = |pattern: &str| -> std::collections::BTreeSet<String> {
        let output = clusters.watchdog(["hpa", "list", "-o", "csv", "--status", pattern]);
        let rows = rows(&output.run().code(0));
        rows.into_iter().map(|row| row["status"].clone()).collect()
    };
    assert!(statuses("max*").into_iter().eq(["maxed-out"]));
    assert!(statuses("ok,*-max").into_iter().eq(["OK", "min-eq-max"]));
    let none = clusters.run("hpa list --status flapping").code(0).prints_nothing();
    assert!(none.stderr.starts_with("note: none with this status among "), "{none}");
    let tip = clusters.run("hpa list --status maxed-uot").code(64);
    tip.says("did you mean maxed-out?");
    let tip = clusters.run("hpa list --at-max").code(64);
    tip.says("watchdog hpa list --status '*max*'");
}

#[test]
fn a_pipe_gets_no_colour_unless_requested() {
    let clusters = Clusters::new();
    let piped = clusters.run("hpa list").code(0).quiet();
    assert!(!piped.stdout.contains('\x1b'), "{piped}");
    assert_eq!(clusters.run("hpa list --color never").stdout, piped.stdout);
    assert_eq!(clusters.run("hpa list --color auto").stdout, piped.stdout);
    let with = |name: &str, value: &str, flags: &[&str]| {
        clusters.watchdog(["hpa", "list"]).args(flags).env(name, value).run().code(0).stdout
    };
    assert_eq!(with("NO_COLOR", "1", &[]), piped.stdout);
    assert_eq!(with("COLUMNS", "40", &[]), piped.stdout, "a pipe has no width");
    for coloured in [
        with("TERM", "xterm", &["--color", "always"]),
        with("NO_COLOR", "1", &["--color", "always"]),
        with("CLICOLOR_FORCE", "1", &[]),
    ] {
        assert!(coloured.contains("\x1b[3"), "{coloured}");
        assert_eq!(plain(&coloured), piped.stdout, "colour moves nothing");
    }
    clusters.sandbox.configure("output: {color: always}\n");
    assert!(clusters.run("hpa list").stdout.contains("\x1b[3"));
    assert_eq!(clusters.run("hpa list --color never").stdout, piped.stdout);
    for form in ["json", "jsonl", "yaml", "csv", "name"] {
        let output = clusters.run(&format!("hpa list --color always -o {form}"));
        assert!(!output.stdout.contains('\x1b'), "{output}");
    }
    let broken = Clusters::broken();
    let output = broken.run("hpa list --cluster down --color always").code(3);
    assert!(output.stderr.contains("\x1b[31m"), "{output}");
    let output = broken.run("hpa list --cluster down").code(3);
    assert!(!output.stderr.contains('\x1b'), "{output}");
}

#[test]
fn quiet_and_verbose_change_the_messages() {
    let clusters = Clusters::broken();
    let base = "hpa list -n nope --cluster production --cluster down";
    let quiet = clusters.run(&format!("{base} -q")).code(3);
    assert_eq!(quiet.stderr.lines().count(), 1, "errors alone: {quiet}");
    let verbose = clusters.run(&format!("{base} -v")).code(3);
    assert!(verbose.stderr.contains("--raw=/apis/autoscaling/v2"), "{verbose}");
    assert!(verbose.stderr.contains("trying again"), "{verbose}");
    assert!(!verbose.stderr.contains('\x1b'), "{verbose}");
    verbose.prints_nothing();
}

#[test]
fn the_other_lists_have_the_same_formats() {
    let clusters = Clusters::new();
    for (command, kind, key) in [
        ("ns list", "NamespaceList", "namespaces"),
        ("cluster list", "ClusterList", "clusters"),
        ("cluster test", "ClusterTest", "clusters"),
    ] {
        let run = |form: &str| clusters.run(&format!("{command} -o {form}")).code(0).quiet();
        let json = run("json").json();
        assert_eq!((&json["schemaVersion"], &json["kind"]), (&"1".into(), &kind.into()));
        let items = json[key].as_array().unwrap();
        let yaml: Value = serde_yaml::from_str(&run("yaml").stdout).unwrap();
        assert_eq!(yaml[key].as_array().unwrap().len(), items.len());
        let names = run("name");
        let expected: Vec<String> = items
            .iter()
            .map(|item| match key {
                "namespaces" => format!("{}/{}", text(&item["cluster"]), text(&item["name"])),
                _ => text(&item["name"]).to_owned(),
            })
            .collect();
        assert_eq!(names.lines(), expected, "{command}");
        let table = run("table");
        assert_eq!(table.lines().len(), items.len() + 1, "{table}");
        for (line, item) in table.lines().iter().skip(1).zip(items) {
            assert!(line.contains(text(&item["name"])), "{line}");
        }
    }
}

#[test]
fn namespaces_are_the_clusters_own() {
    let clusters = Clusters::new();
    let json = clusters.run("ns list -A -o json").code(0).json();
    for cluster in clusters.names() {
        let context = format!("--context={cluster}");
        let kubectl = clusters.sandbox.command(crate::support::kubectl());
        let theirs = kubectl.args(["get", "ns", "-o", "name", &context]).run().code(0);
        let mut theirs: Vec<String> =
            theirs.lines().iter().map(|line| line.replace("namespace/", "")).collect();
        theirs.sort();
        let ours = json["namespaces"].as_array().unwrap().iter();
        let ours = ours.filter(|namespace| namespace["cluster"] == cluster);
        let names: Vec<String> =
            ours.map(|namespace| text(&namespace["name"]).to_owned()).collect();
        assert_eq!(names, theirs);
        assert!(names.contains(&"kube-system".to_owned()));
    }
    let default = clusters.run("ns list -o name").code(0);
    assert!(!default.stdout.contains("kube-"), "{default}");
}
