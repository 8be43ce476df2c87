//! End-to-end read tests against a cluster of your own: set `WATCHDOG_E2E_CONTEXT=NAME` to a
//! context of your kubeconfig. They only read.

use std::env;
use std::io::Write as _;

use serde_json::Value;

use crate::agreement::{as_served, assert_same, expected};
use crate::support::{Sandbox, kubectl_json, kubectls};

/// The context; or `None`, with a message on stderr.
fn context(test: &str) -> Option<(Sandbox, String)> {
    let Some(context) = env::var("WATCHDOG_E2E_CONTEXT").ok().filter(|name| !name.is_empty())
    else {
        // Not by `eprintln!`, which the test runner would capture; in one write, and at the
        // beginning of a line even if the runner is in the middle of one.
        let line = format!(
            "\nnot run: {test}: it reads a cluster of yours; \
             set WATCHDOG_E2E_CONTEXT to a context of your kubeconfig\n"
        );
        let _ = std::io::stderr().write_all(line.as_bytes());
        return None;
    };
    // Credential plugins need their usual home: the caller's environment stays, except for
    // variables that would change how watchdog reads.
    Some((Sandbox::callers(), context))
}

#[test]
fn own_cluster_list_agrees_with_kubectl() {
    let Some((sandbox, context)) = context("own_cluster_list_agrees_with_kubectl") else { return };
    for kubectl in kubectls() {
        for lists in ["raw", "json"] {
            let config = sandbox.write("watchdog.yaml", format!("kubectl: {{lists: {lists}}}\n"));
            let read = || {
                let run =
                    sandbox.watchdog(["hpa", "list", "-A", "-o", "json", "--context", &context]);
                let run = run.arg("--kubectl").arg(&kubectl).arg("--config").arg(&config);
                let json = run.run().code(0).json();
                let cluster = json["clusters"][0]["name"].as_str().unwrap().to_owned();
                (cluster, as_served(&json))
            };
            // A cluster in use changes: both lists must be read without a change in between.
            let what = format!("{} with kubectl.lists: {lists}", kubectl.display());
            for attempt in 1.. {
                let (cluster, before) = read();
                let theirs = expected(&sandbox, &kubectl, &cluster, &context);
                let (_, after) = read();
                if before == after || attempt == 5 {
                    assert_same(&what, &after, &theirs);
                    break;
                }
            }
        }
    }
}

#[test]
fn own_cluster_namespaces_agree_with_kubectl() {
    let Some((sandbox, context)) = context("own_cluster_namespaces_agree_with_kubectl") else {
        return;
    };
    for kubectl in kubectls() {
        let run = sandbox.watchdog(["ns", "list", "-A", "-o", "json", "--context", &context]);
        let ours = run.arg("--kubectl").arg(&kubectl).run().code(0).json();
        let context = format!("--context={context}");
        let theirs = kubectl_json(&sandbox, &kubectl, &["get", "ns", "-o", "json", &context]);
        let names = |items: &Value, name: fn(&Value) -> &Value| {
            let mut names: Vec<String> = items
                .as_array()
                .unwrap()
                .iter()
                .map(|item| name(item).as_str().unwrap().to_owned())
                .collect();
            names.sort();
            names
        };
        assert_eq!(
            names(&ours["namespaces"], |item| &item["name"]),
            names(&theirs["items"], |item| &item["metadata"]["name"])
        );
    }
}

#[test]
fn own_cluster_answers_the_test() {
    let Some((sandbox, context)) = context("own_cluster_answers_the_test") else { return };
    let output = sandbox.watchdog(["cluster", "test", "-o", "json", "--context", &context]).run();
    let json = output.clone().code(0).json();
    assert_eq!(json["clusters"][0]["outcome"], "ok", "{output}");
    assert!(json["clusters"][0]["version"].as_str().unwrap().starts_with('v'), "{output}");
}

/// The tests pass without a cluster: only this line, which `.ci/run` checks, shows that.
#[test]
fn without_a_context_each_test_reports_that_it_was_not_run() {
    let sandbox = Sandbox::new();
    for threads in ["1", "4"] {
        let run = sandbox.command(env::current_exe().unwrap()).args(["own_cluster::own_cluster_"]);
        let output = run.args(["--test-threads", threads]).run().code(0);
        let mut said: Vec<&str> = output
            .stderr
            .lines()
            .filter_map(|line| line.strip_prefix("not run: ")?.split(':').next())
            .collect();
        said.sort_unstable();
        let tests = [
            "own_cluster_answers_the_test",
            "own_cluster_list_agrees_with_kubectl",
            "own_cluster_namespaces_agree_with_kubectl",
        ];
        assert_eq!(said, tests, "{output}");
    }
}
