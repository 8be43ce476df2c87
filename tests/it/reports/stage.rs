//! Sets up the input of a report: clusters, files, programs, environment.

use std::path::PathBuf;

use serde_json::{Value, json};
use watchdog::demo::{Fault, Given, Options};

use super::expect::failures;
use super::format::{Encoding, Report, Wanted};
use crate::support::{Clusters, Output, kubectl, kubectls};

/// The name of the cluster with the `objects`.
const CLUSTER: &str = "test";

pub struct Stage {
    clusters: Clusters,
}

impl Stage {
    /// Serves the clusters and writes the files.
    pub fn of(report: &Report) -> Self {
        let given = if report.clusters.is_empty() {
            vec![given(report, CLUSTER, report.objects.clone())]
        } else {
            let clusters = report.clusters.iter();
            let objects = |value: &Value| value.as_array().expect("a list of objects").clone();
            clusters.map(|(name, value)| given(report, name, objects(value))).collect()
        };
        let clusters = Clusters::start(Options {
            given: Some(given),
            path_prefix: report.path_prefix.then(|| "/k8s/clusters".to_owned()),
            ..Options::default()
        });
        for cluster in clusters.demo().clusters() {
            for resource in &report.forbid {
                cluster.add_fault("", Fault::Forbid(resource.clone()));
            }
        }
        let stage = Self { clusters };
        let sandbox = &stage.clusters.sandbox;
        if let Some(kubeconfig) = &report.kubeconfig {
            sandbox.kubeconfig_bytes(&encoded(&stage.filled(kubeconfig), report.encoding));
        }
        if let Some(config) = &report.config {
            sandbox.configure(&stage.filled(config));
        }
        for (name, text) in &report.files {
            let name = match name.strip_prefix("~/") {
                Some(name) => format!("../home/{name}"),
                None => name.clone(),
            };
            sandbox.write(&name, stage.filled(text));
        }
        for (name, text) in &report.scripts {
            sandbox.program(&format!("bin/{name}"), &stage.filled(text));
        }
        stage
    }

    /// Runs everything; returns the unmet expectations, each with the complete output.
    pub fn play(&self, report: &Report) -> Vec<String> {
        // Versions of kubectl differ in how they treat paths.
        let kubectls: Vec<Option<PathBuf>> = if report.path_prefix {
            kubectls().into_iter().map(Some).collect()
        } else {
            vec![None]
        };
        let mut texts = Vec::new();
        for kubectl in &kubectls {
            for (index, run) in report.runs.iter().enumerate() {
                let wanted = self.wanted(run);
                let output = self.run(report, &wanted, kubectl.as_ref());
                let failures = failures(&wanted, &output);
                if failures.is_empty() {
                    continue;
                }
                let with = kubectl.as_ref().map(|kubectl| format!(" with {}", kubectl.display()));
                let Output { stdout, stderr, .. } = &output;
                texts.push(format!(
                    "{}: {} ({})\nrun {}: watchdog {}{}\n  {}\n--- stderr\n{stderr}--- stdout\n{stdout}",
                    report.number,
                    report.title,
                    report.sources.join(", "),
                    index + 1,
                    wanted.args.join(" "),
                    with.unwrap_or_default(),
                    failures.join("\n  "),
                ));
            }
        }
        texts
    }

    fn run(&self, report: &Report, wanted: &Wanted, kubectl: Option<&PathBuf>) -> Output {
        let mut run = self.clusters.watchdog(wanted.args.iter().map(String::as_str));
        if !report.scripts.is_empty() {
            let bin = self.clusters.sandbox.path("files/bin");
            let path = std::env::var_os("PATH").unwrap_or_default();
            let path = [bin].into_iter().chain(std::env::split_paths(&path));
            run = run.env("PATH", std::env::join_paths(path).unwrap());
        }
        if let Some(kubectl) = kubectl {
            run = run.env("WATCHDOG_KUBECTL", kubectl);
        }
        for (name, value) in &report.env {
            run = run.env(name, self.filled(value));
        }
        run.run()
    }

    /// A run with its placeholders replaced.
    fn wanted(&self, run: &Wanted) -> Wanted {
        let all = |texts: &[String]| texts.iter().map(|text| self.filled(text)).collect();
        let texts = |texts: &super::format::Texts| super::format::Texts {
            has: all(&texts.has),
            lacks: all(&texts.lacks),
        };
        let value = |(pointer, value): (&String, &Value)| {
            let value = match value {
                Value::String(text) => json!(self.filled(text)),
                other => other.clone(),
            };
            (pointer.clone(), value)
        };
        Wanted {
            args: all(&run.args),
            exit: run.exit,
            stdout: texts(&run.stdout),
            stderr: texts(&run.stderr),
            json: run.json.iter().map(value).collect(),
            findings: run.findings.clone(),
            lacks_findings: run.lacks_findings.clone(),
            severities: run.severities.clone(),
        }
    }

    /// Replaces the placeholders of a text: `{{dir}}`, `{{kubectl}}`, `{{server}}`,
    /// `{{server:NAME}}`, `{{root}}` (the port that paths share).
    fn filled(&self, text: &str) -> String {
        let demo = self.clusters.demo();
        let sandbox = &self.clusters.sandbox;
        let mut text = text.replace("{{dir}}", &sandbox.path("files").to_string_lossy());
        if text.contains("{{kubectl}}") {
            text = text.replace("{{kubectl}}", &kubectl().to_string_lossy());
        }
        for cluster in demo.clusters() {
            text = text.replace(&format!("{{{{server:{}}}}}", cluster.name()), &cluster.url());
            if cluster.name() == CLUSTER {
                text = text.replace("{{server}}", &cluster.url());
            }
        }
        if let Some(root) = demo.root() {
            text = text.replace("{{root}}", &root.url());
        }
        for left in ["{{dir", "{{server", "{{root"] {
            assert!(!text.contains(left), "a placeholder that nothing fills: {text}");
        }
        text
    }
}

fn given(report: &Report, cluster: &str, objects: Vec<Value>) -> Given {
    Given {
        name: cluster.to_owned(),
        objects: objects.into_iter().map(|object| completed(cluster, object)).collect(),
        scale_selectors: report.scale_selectors.clone(),
        version: report.server_version.clone(),
        ..Given::default()
    }
}

/// An object completed with fields that an API server would have filled in.
fn completed(cluster: &str, mut object: Value) -> Value {
    for field in ["apiVersion", "kind"] {
        assert!(object[field].is_string(), "an object without {field}: {object}");
    }
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    if object["metadata"].is_null() {
        object["metadata"] = json!({});
    }
    let metadata = &mut object["metadata"];
    let name = metadata["name"].as_str().unwrap_or_default().to_owned();
    assert!(!name.is_empty(), "a {kind} without a name");
    if metadata["namespace"].is_null() && !matches!(kind.as_str(), "Namespace" | "Node") {
        metadata["namespace"] = json!("shop");
    }
    if metadata["uid"].is_null() {
        let namespace = metadata["namespace"].as_str().unwrap_or_default();
        metadata["uid"] = json!(format!("{cluster}-{kind}-{namespace}-{name}").to_lowercase());
    }
    if metadata["creationTimestamp"].is_null() {
        let then = jiff::Timestamp::now().as_second() - 2 * 60 * 60;
        let then = jiff::Timestamp::from_second(then).unwrap();
        metadata["creationTimestamp"] = json!(then.to_string());
    }
    object
}

fn encoded(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf16 => {
            let units = ['\u{feff}'].into_iter().chain(text.chars());
            let text: String = units.collect();
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        }
    }
}
