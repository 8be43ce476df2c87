//! docs/schemas/watchdog.json describes every document and event: the real output of every command
//! is valid, and has no property that the schema does not name.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use watchdog::demo::Fault;

use super::{read, root};
use crate::support::{Clusters, Forwards, Run, until};

/// Definitions for which this test produces no sample: a proof takes half a minute; a slow reader
/// and a changing replica count have their own tests.
const NOT_SAMPLED: [&str; 6] = [
    "Proof",
    "MonitorAlert",
    "MonitorDropped",
    "MonitorScaled",
    "MonitorHistory",
    "MonitorHistoryFailed",
];

#[derive(Default)]
struct Samples(Vec<Value>);

impl Samples {
    fn add(&mut self, name: &str, definition: &str, document: &Value) {
        self.0.push(json!({"name": name, "definition": definition, "document": document}));
    }

    /// Adds a document under the definition of its `kind`.
    fn document(&mut self, name: &str, document: &Value) {
        self.add(name, document["kind"].as_str().unwrap_or_default(), document);
    }

    fn lines(&mut self, name: &str, definition: &str, text: &str) {
        for line in text.lines() {
            self.add(name, definition, &serde_json::from_str(line).unwrap());
        }
    }

    /// Adds the documents of all commands that read.
    fn commands(&mut self, clusters: &Clusters) {
        let documents = "\
version|cluster list|cluster test|ns list|hpa list -A|hpa get payouts -n payments|hpa get invoices -n payments|hpa top -A|hpa list -A --usage|\
hpa get catalog -n shop --usage --why|hpa get catalog -n shop --alerts|alerts -A|hpa top -A --alerts|hpa get reviews -n shop --usage|hpa check -A \
--fail-on never|snapshot take|snapshot take --deadline 20s -A|snapshot list|snapshot show latest|snapshot diff 1 latest|\
history|history payments-api -n payments|snapshot export|doctor|supervisor status";
        for command in documents.split('|') {
            let output = clusters.run(&format!("{command} -o json"));
            assert!(!output.stdout.is_empty(), "{command}: {output}");
            self.document(command, &output.json());
        }
        let hpa = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n\
            spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 4}\n";
        clusters.sandbox.write("simulated.yaml", hpa);
        clusters
            .sandbox
            .write("simulated.csv", "time,cpu,replicas,ready\n0,1,2,2\n15,9,2,2\n30,1,4,3\n");
        let command = "hpa simulate -f simulated.yaml --load simulated.csv --request cpu=1 --set maxReplicas=9 \
            --pod-hour-cost 1 --fail-on podHours<0 --decisions -o json";
        self.document("hpa simulate", &clusters.run(command).code(0).json());
        let metric = "resource: {name: cpu, target: {type: Utilization, averageUtilization: 20}}";
        let hpa = hpa.replace(
            "maxReplicas: 4",
            &format!("maxReplicas: 9, metrics: [{{type: Resource, {metric}}}]"),
        );
        clusters.sandbox.write("advised.yaml", hpa);
        let rows: String = (0..170).map(|hour| format!("{},1,5\n", hour * 3600)).collect();
        clusters.sandbox.write("advised.csv", format!("time,cpu,replicas\n{rows}"));
        let command = "hpa advise -f advised.yaml --load advised.csv --request cpu=1 --sync-period 1h -o json";
        let advice = clusters.run(command).code(0).json();
        assert_eq!(advice["hpas"][0]["proposals"][0]["name"], "cheapest", "{advice}");
        self.document("hpa advise", &advice);
        let advice = clusters.run(&command.replace("json", "jsonl")).code(0);
        self.lines("hpa advise", "HpaAdvised", &advice.stdout);
        let nowhere = clusters
            .sandbox
            .write("nowhere.yaml", "monitoring: {prometheus: {url: 'http://127.0.0.1:1'}}\n");
        let command = format!("prometheus test -o json --config {}", nowhere.display());
        self.document("prometheus test", &clusters.run(&command).code(3).json());
        for (command, definition) in [
            ("hpa list -A", "Hpa"),
            ("hpa list -A --usage", "Hpa"),
            ("hpa top -A", "HpaTop"),
            ("hpa check -A --fail-on never", "Finding"),
            ("snapshot export --since 1h", "SnapshotRow"),
        ] {
            let output = clusters.run(&format!("{command} -o jsonl"));
            assert!(!output.stdout.is_empty(), "{command}: {output}");
            self.lines(command, definition, &output.stdout);
        }
    }

    /// Adds the events of a session under the definitions of their names.
    fn session(&mut self, name: &str, text: &str) {
        for line in text.lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            let definition = match event["event"].as_str().unwrap_or_default() {
                "started" | "reloaded" => "MonitorStarted",
                "scan" => "MonitorScan",
                "present" | "began" | "changed" | "ended" => "MonitorFinding",
                "scaled" => "MonitorScaled",
                "alertBegan" | "alertEnded" => "MonitorAlert",
                "endpoint" => "MonitorEndpoint",
                "historyFailed" => "MonitorHistoryFailed",
                "historyRecovered" | "retentionPaused" => "MonitorHistory",
                "dropped" => "MonitorDropped",
                other => other,
            };
            self.add(name, definition, &event);
        }
    }

    /// Asserts that each definition with a `keyword` in its `property` has a sample.
    fn are_complete(&self, property: &str, keyword: &str) {
        let schema: Value = serde_json::from_str(&read("docs/schemas/watchdog.json")).unwrap();
        let sampled: BTreeSet<&str> =
            self.0.iter().map(|it| it["definition"].as_str().unwrap()).collect();
        for (name, definition) in schema["$defs"].as_object().unwrap() {
            let whole = !definition["properties"][property][keyword].is_null();
            assert!(
                !whole || sampled.contains(&**name) || NOT_SAMPLED.contains(&&**name),
                "no sample of {name}"
            );
        }
    }

    /// Asserts that all samples are valid; prints a message if no validator is available.
    fn are_valid(&self) {
        let mut python = Command::new("python3");
        python.arg(root().join("tests/schemas/definitions.py"));
        python.arg(root().join("docs/schemas/watchdog.json"));
        python.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let not_run = |why: &str| {
            let _ = writeln!(io::stderr(), "not held against the schema: {why}");
        };
        let mut child = match python.spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return not_run("no python3 on PATH");
            }
            Err(error) => panic!("python3: {error}"),
        };
        let mut stdin = child.stdin.take().unwrap();
        let text: String = self.0.iter().map(|sample| format!("{sample}\n")).collect();
        // If the validator ends before reading everything, its exit code tells why.
        let _ = stdin.write_all(text.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        if output.status.code() == Some(3) {
            return not_run(errors.trim());
        }
        assert!(output.status.success(), "{errors}");
    }
}

/// Runs the program until its output is sufficient, then ends it; returns the complete lines.
fn until_enough(
    clusters: &Clusters,
    run: Run,
    file: &str,
    enough: impl Fn(&str) -> bool,
) -> String {
    let path: PathBuf = clusters.sandbox.path("files").join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let running = run.stdout(File::create(&path).unwrap()).start();
    let text = until(file, || {
        let text = fs::read_to_string(&path).unwrap();
        let whole = text[..text.rfind('\n').map_or(0, |end| end + 1)].to_owned();
        enough(&whole).then_some(whole)
    });
    running.signal(Signal::SIGTERM);
    running.wait();
    text
}

#[test]
fn every_document_is_valid_by_its_schema() {
    let mut samples = Samples::default();
    let forwards = Forwards::new();
    let clusters = &forwards.clusters;
    samples.commands(clusters);
    let file = |name: &str| clusters.sandbox.path("files").join(name);
    let json = |name: &str| serde_json::from_slice(&fs::read(file(name)).unwrap()).unwrap();
    let take = clusters.watchdog(["snapshot", "take", "--to"]).arg(file("snapshot.json"));
    take.run().code(0);
    samples.document("snapshot take --to", &json("snapshot.json"));
    let write = clusters.watchdog(["hpa", "check", "--write-baseline"]).arg(file("baseline.json"));
    write.run().code(0);
    samples.document("baseline", &json("baseline.json"));
    let check = clusters.watchdog(["hpa", "check", "-o", "json", "--baseline"]);
    let accepted = check.arg(file("baseline.json")).run().code(0).json();
    samples.document("hpa check --baseline", &accepted);

    forwards.start("svc/echo 80 -n default --name echo");
    samples.document("forward list", &forwards.list());
    samples.document("forward status", &forwards.run("status echo -o json").code(0).json());
    samples.document("forward why", &forwards.run("why echo -o json").code(0).json());
    samples.document("supervisor", &clusters.run("supervisor status -o json").code(0).json());

    // With a failing cluster.
    clusters.cluster("staging").set_fault(Some(Fault::Status(403)));
    samples.commands(clusters);
    samples.are_valid();
    samples.are_complete("kind", "const");
}

#[test]
fn every_event_is_valid_by_its_schema() {
    let mut samples = Samples::default();
    let forwards = Forwards::new();
    let clusters = &forwards.clusters;
    let start =
        forwards.prepare("start svc/prometheus-server 80 -n monitoring --local-port 0 -o jsonl");
    let events = until_enough(clusters, start, "start.jsonl", |text| text.contains("\"ready\""));
    samples.lines("forward start -o jsonl", "ForwardEvent", &events);

    let once = clusters.run("monitor --once -o jsonl --no-forwards").code(0);
    samples.session("monitor --once", &once.stdout);
    let session = forwards.watchdog(["monitor", "--interval", "2s", "-o", "jsonl"]);
    let events = until_enough(clusters, session, "monitor.jsonl", |text| {
        text.contains("\"endpoint\"") && text.contains("\"scan\"")
    });
    samples.session("monitor", &events);

    let watch = clusters.watchdog(["hpa", "watch", "--interval", "2s", "-o", "jsonl"]);
    let events = until_enough(clusters, watch, "watch.jsonl", |text| {
        if text.contains("\"present\"") {
            clusters.cluster("staging").set_fault(Some(Fault::Status(403)));
        }
        text.contains("\"event\":\"cluster\"")
    });
    for line in events.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let definition = if event["event"] == "cluster" { "WatchCluster" } else { "WatchHpa" };
        samples.add("hpa watch", definition, &event);
    }
    let failing = clusters.run("monitor --once -o jsonl --no-forwards").code(3);
    samples.session("monitor with a cluster that fails", &failing.stdout);
    samples.are_valid();
    samples.are_complete("event", "enum");
}

/// docs/json.md names every definition that a program may need.
#[test]
fn docs_json_names_every_definition() {
    let schema: Value = serde_json::from_str(&read("docs/schemas/watchdog.json")).unwrap();
    let document = read("docs/json.md");
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        let properties = &definition["properties"];
        if properties["schemaVersion"].is_object() || properties["event"].is_object() {
            assert!(document.contains(&format!("`{name}`")), "docs/json.md has no `{name}`");
        }
    }
}
