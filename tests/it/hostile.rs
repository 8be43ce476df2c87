//! Names chosen by a cluster's users to deceive a terminal.

use serde_json::{Value, json};

use crate::support::{Clusters, Output, Terminal, plain};

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

/// Asserts that the text has no character that a terminal or a reader would interpret, except line
/// breaks.
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
fn hostile_names_are_escaped_in_every_output_format() {
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
    // Escaped, not lost: a parser gets the original names.
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
fn hostile_names_are_escaped_in_messages_too() {
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
    // A transient failure is reported with the retry.
    let evil =
        r"printf 'The connection to the server x was refused \033[2J\342\200\256no\n' >&2; exit 1";
    let script = clusters.sandbox.script("refused", evil);
    let output = clusters.watchdog(["hpa", "list", "-v", "--kubectl", script.to_str().unwrap()]);
    let output = output.run().code(3).says("trying again");
    assert_harmless(&output.stderr, "stderr");
    let again = output.stderr.lines().find(|line| line.contains("trying again")).unwrap();
    assert!(again.contains(r"\u{202e}no"), "escaped, not lost: {again}");
    let output = clusters.watchdog(["hpa", "list", "--context", "a\u{1b}2J\u{202e}b"]).run();
    assert_harmless(&output.code(64).stderr, "stderr");
    let output = clusters.watchdog(["hpa", "list", "-n", "a\u{1b}2J\u{202e}b*"]).run();
    assert_harmless(&output.stderr, "stderr");
}

#[test]
fn hostile_names_in_a_kubeconfig_are_escaped_too() {
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

/// Asserts that neither output nor messages contain hostile characters or a forged line.
#[track_caller]
fn assert_honest(output: &Output, what: &str) {
    assert_harmless(&output.both(), what);
    let mut lines = output.stderr.lines().chain(output.stdout.lines()).map(str::trim_start);
    assert!(!lines.any(|line| line.starts_with("error: forged")), "{what}: {output}");
}

#[test]
fn hostile_output_of_kubectl_is_escaped_too() {
    let evil = r"\033[2J\033]0;x\007\302\233 \342\200\256 no\r\nerror: forged\033[1A\nnote: it";
    for (stderr, code) in [
        (format!("Error from server (InternalError): {evil} broke"), 1),
        (format!("Error from server (Forbidden): {evil}"), 1),
        (format!("{evil}\nE1123 05:10:11.123456 1 x.go:1] {evil}"), 1),
        (evil.to_owned(), 0),
    ] {
        let clusters = Clusters::small(1, 0);
        clusters.sandbox.configure("kubectl: {retries: 1}\n");
        let script = format!("printf '{stderr}\\n' >&2; echo '{}'; exit {code}", "{}");
        let script = clusters.sandbox.script("kubectl", &script);
        for verbose in ["-v", "-vv"] {
            for command in ["hpa list", "ns list -o json", "cluster test", "hpa get web -o json"] {
                let run = clusters.watchdog(command.split(' ')).arg(verbose);
                let output = run.arg("--kubectl").arg(&script).run();
                assert!(matches!(output.code, Some(1 | 3)), "{output}");
                let what = format!("{command} {verbose} for {stderr}");
                assert_harmless(&output.both(), &what);
                // kubectl's output may be quoted, but its lines must not look like watchdog's.
                let mut errors = output.stderr.lines().filter(|line| line.starts_with("error: "));
                assert!(errors.all(|line| line.starts_with("error: production: ")), "{output}");
            }
        }
    }
}

#[test]
fn line_breaks_in_kubeconfig_names_are_escaped_too() {
    let clusters = Clusters::small(1, 0);
    let name = r"a\nerror: forged\e[2J\u202eb\r\u2028c";
    clusters.sandbox.kubeconfig(&format!(
        "contexts:\n\
         - {{name: \"{name}\", context: {{cluster: \"{name}\", user: \"{name}\"}}}}\n\
         - {{name: \"2{name}\", context: {{cluster: \"gone{name}\"}}}}\n\
         clusters: [{{name: \"{name}\", cluster: {{server: \"http://127.0.0.1:1/{name}\"}}}}]\n\
         users: [{{name: \"{name}\", user: {{}}}}]\n\
         current-context: \"{name}\"\n"
    ));
    for command in [
        "cluster list",
        "cluster list -o json",
        "cluster list -o yaml",
        "cluster list -o name",
        "cluster test",
        "cluster test -o json",
        "hpa list",
        "hpa list --context 2*",
        "hpa list --context nope",
        "hpa get web",
        "ns list",
        "doctor",
        "doctor -o json",
    ] {
        for verbose in ["-q", "-vv"] {
            let output = clusters.watchdog(command.split(' ')).arg(verbose).run();
            assert!(!output.both().is_empty(), "{output}");
            assert_honest(&output, &format!("{command} {verbose}"));
        }
    }
}

#[test]
fn hostile_arguments_are_escaped_in_usage_errors() {
    assert_refused("x\u{1b}[2J\u{202e}\r\u{9b}\u{2028}\ty");
}

#[test]
fn line_breaks_in_arguments_are_escaped_in_usage_errors() {
    assert_refused("x\nerror: forged\n  error: forged");
}

/// Asserts that each argument of the command line refuses `evil`, and how that is reported.
#[track_caller]
fn assert_refused(evil: &str) {
    let clusters = Clusters::small(1, 0);
    let flag = format!("--{evil}");
    let value = format!("--output={evil}");
    for args in [
        &[evil][..],
        &[&flag],
        &["hpa", evil],
        &["hpa", "list", &flag],
        &["hpa", "list", evil],
        &["hpa", "list", &value],
        &["hpa", "list", "-o", evil],
        &["hpa", "list", "--sort-by", evil],
        &["hpa", "list", "--timeout", evil],
        &["hpa", "list", "--color", evil],
        &["hpa", "list", "-l", evil],
        &["hpa", "list", "--context", evil],
        &["hpa", "list", "--cluster", evil],
        &["hpa", "list", "-n", evil],
        &["hpa", "get", evil],
        &["hpa", "get", "-n", evil, "web"],
        &["completions", evil],
        &["demo", "--clusters", evil],
        &["demo", evil],
    ] {
        let output = clusters.watchdog(args.iter().copied()).run();
        let output = output.code(64).prints_nothing();
        assert!(output.stderr.starts_with("error: "), "{output}");
        assert_honest(&output, &format!("{args:?}"));
    }
}

#[test]
fn hostile_paths_are_escaped_too() {
    let clusters = Clusters::small(1, 0);
    let evil = "x\u{1b}[2J\u{202e}\r\u{2028}\nerror: forged\ny";
    let missing = format!("/nope/{evil}");
    let file = clusters.sandbox.path("files").join(evil);
    let file = file.to_str().unwrap();
    for (args, code) in [
        (&["config", "init", "--config", file][..], 0),
        (&["config", "init", "--config", file], 1),
        (&["config", "validate", file], 0),
        (&["config", "validate", "--config", file], 0),
        (&["config", "show", "--config", file], 0),
        (&["doctor", "--config", file], 0),
        (&["doctor", "--config", file, "-o", "json"], 0),
        (&["config", "validate", &missing], 1),
        (&["config", "show", "--config", &missing], 1),
        (&["hpa", "list", "--kubeconfig", &missing], 1),
        (&["hpa", "list", "--kubectl", &missing], 1),
        (&["doctor", "--kubectl", &missing], 1),
        (&["doctor", "--kubeconfig", &missing], 1),
        (&["demo", "--", &missing], 1),
    ] {
        for verbose in ["-q", "-vv"] {
            let run = clusters.watchdog([args[0], verbose]);
            let output = run.args(&args[1..]).run();
            // The second run finds the file written by the first one.
            let code = if args[1] == "init" && verbose == "-vv" { 1 } else { code };
            let output = output.code(code);
            assert!(verbose == "-q" || !output.both().is_empty(), "{output}");
            assert_honest(&output, &format!("{args:?} {verbose}"));
        }
    }
    // A mistake inside such a file is reported with its path.
    std::fs::write(file, "nonsense: 1\n\"x\\e[2J\\u202e\\nerror: forged\": 1\n").unwrap();
    for command in ["config validate", "hpa list", "doctor"] {
        let output = clusters.watchdog(command.split(' ')).args(["--config", file]).run();
        assert_honest(&output.clone().code(1), command);
        assert!(output.both().contains("nonsense"), "{output}");
    }
}
