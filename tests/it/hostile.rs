//! Names that a cluster's users chose to fool a terminal.

use serde_json::{Value, json};

use crate::support::{Clusters, Terminal, plain};

const NAMES: [&str; 5] = [
    "red\u{1b}[31m\u{1b}]0;title\u{7}",
    "over\rwritten\u{8}\u{7f}\u{9b}2J",
    "bidi\u{202e}gnp.exe\u{2066}",
    "line\nbreak\ttab\u{2028}\u{85}",
    "hidden\u{200b}\u{feff}\u{e0041}",
];

fn list() -> String {
    let items: Vec<Value> = NAMES
        .iter()
        .map(|name| {
            json!({
                "metadata": {"name": name, "namespace": name, "uid": name, "labels": {*name: name},
                    "creationTimestamp": "2026-01-01T00:00:00Z"},
                "spec": {"minReplicas": 1, "maxReplicas": 2,
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": name, "name": name},
                    "metrics": [{"type": "External", "external": {
                        "metric": {"name": name}, "target": {"type": "Value", "value": name}}}]},
                "status": {"desiredReplicas": 1, "conditions": [{"type": "AbleToScale",
                    "status": "False", "reason": name, "message": name}]},
            })
        })
        .collect();
    json!({"kind": "HorizontalPodAutoscalerList", "apiVersion": "autoscaling/v2", "items": items})
        .to_string()
}

/// No character that a terminal or a reader would obey, save line breaks.
#[track_caller]
fn assert_harmless(text: &str, what: &str) {
    let bad = |c: &char| {
        (c.is_control() && *c != '\n')
            || matches!(*c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    if let Some(found) = text.chars().find(bad) {
        panic!("{what} has {}: {text}", found.escape_unicode());
    }
}

#[test]
fn no_form_of_output_obeys_them() {
    let clusters = Clusters::small(1, 0);
    clusters.sandbox.write("list.json", list());
    let script = clusters.sandbox.script("kubectl", "cat list.json");
    let script = script.to_str().unwrap();
    for form in ["table", "wide", "csv", "name", "yaml", "json", "jsonl"] {
        let args = ["hpa", "list", "-A", "-o", form, "--kubectl", script];
        let output = clusters.watchdog(args).run().code(0).quiet();
        assert_harmless(&output.stdout, form);
        assert!(output.stdout.contains("red"), "{output}");
        if matches!(form, "table" | "wide" | "name" | "csv") {
            let header = usize::from(form != "name");
            assert_eq!(output.lines().len(), NAMES.len() + header, "one line an HPA: {output}");
        }
        let output = clusters.watchdog(args).args(["--color", "always"]).run().code(0);
        assert_harmless(&plain(&output.stdout), form);
        let output = Terminal::new(80, 24).run(clusters.watchdog(args)).code(0);
        assert_harmless(&plain(&output.stdout), form);
    }
    // Escaped, not lost: a parser gets the names back as they are.
    let names = |hpas: &Value| -> Vec<String> {
        let hpas = hpas["hpas"].as_array().unwrap().iter();
        hpas.map(|hpa| hpa["name"].as_str().unwrap().to_owned()).collect()
    };
    let mut sorted = NAMES.map(str::to_owned);
    sorted.sort();
    let args = |form: &'static str| ["hpa", "list", "-A", "-o", form, "--kubectl", script];
    assert_eq!(names(&clusters.watchdog(args("json")).run().json()), sorted);
    let yaml = clusters.watchdog(args("yaml")).run().stdout;
    assert_eq!(names(&serde_yaml::from_str(&yaml).unwrap()), sorted);
}

#[test]
fn nor_do_messages() {
    let clusters = Clusters::small(1, 0);
    let evil = r"printf 'error: \033[2J\033]0;x\007\r\302\233 \342\200\256 no\n' >&2; exit 1";
    let script = clusters.sandbox.script("kubectl", evil);
    let script = script.to_str().unwrap();
    for verbose in [&[][..], &["-vv"]] {
        let args = ["hpa", "list", "--kubectl", script];
        let output = clusters.watchdog(args).args(verbose).run().code(3);
        assert_harmless(&output.stderr, "stderr");
        let args = ["cluster", "test", "--kubectl", script, "-o", "json"];
        let output = clusters.watchdog(args).args(verbose).run().code(3);
        assert_harmless(&output.both(), "both");
    }
    let output = clusters.watchdog(["hpa", "list", "--context", "a\u{1b}2J\u{202e}b"]).run();
    assert_harmless(&output.code(64).stderr, "stderr");
    let output = clusters.watchdog(["hpa", "list", "-n", "a\u{1b}2J\u{202e}b*"]).run();
    assert_harmless(&output.stderr, "stderr");
}

#[test]
fn nor_what_a_kubeconfig_says() {
    let clusters = Clusters::small(1, 0);
    let name = r"a\e[2J\u202eb";
    clusters.sandbox.kubeconfig(&format!(
        "contexts: [{{name: \"{name}\", context: {{cluster: \"{name}\", namespace: \"{name}\"}}}}]\n\
         clusters: [{{name: \"{name}\", cluster: {{server: \"http://127.0.0.1:1/{name}\"}}}}]\n\
         current-context: \"{name}\"\n"
    ));
    for command in [
        "cluster list",
        "cluster list -o json",
        "cluster list -o yaml",
        "doctor",
        "cluster list -o name",
        "hpa list",
        "cluster test",
        "cluster list --context nope",
    ] {
        let output = clusters.run(command);
        assert!(!output.both().is_empty(), "{output}");
        assert_harmless(&output.both(), command);
    }
}
