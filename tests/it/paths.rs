//! Clusters behind one host, below paths, as served by Rancher and others: each read returns that
//! cluster's data, and the cluster at the root is never asked, with any version of kubectl.

use std::path::Path;

use serde_json::Value;

use crate::agreement::{as_served, assert_same, expected_of};
use crate::support::{Clusters, Forwards, Run, healthy, kubectls};

/// The requests to the cluster at the root.
fn asked_at_the_root(clusters: &Clusters) -> Vec<String> {
    clusters.demo().root().expect("there are paths").requests()
}

fn with(kubectl: &Path, run: Run) -> Run {
    run.arg("--kubectl").arg(kubectl)
}

#[test]
fn a_list_contains_the_apis_own_objects() {
    let clusters = Clusters::behind_paths();
    let mut served = Vec::new();
    for name in clusters.names() {
        served.extend(expected_of(&clusters.served(name), name, name));
    }
    assert!(served.len() > 40, "the demo has HPAs to compare");
    for kubectl in kubectls() {
        for lists in ["raw", "json"] {
            let what = format!("{} with kubectl.lists: {lists}", kubectl.display());
            clusters.sandbox.configure(&format!("kubectl: {{lists: {lists}}}\n"));
            let run = with(&kubectl, clusters.watchdog(["hpa", "list", "-A", "-o", "json"]));
            let json = run.run().code(0).quiet().json();
            assert_same(&what, &as_served(&json), &served);
            for outcome in json["clusters"].as_array().unwrap() {
                let name = outcome["name"].as_str().unwrap();
                assert_eq!(outcome["server"], clusters.cluster(name).url(), "{what}");
                assert_eq!(outcome["outcome"], "ok", "{what}");
            }
            assert_eq!(asked_at_the_root(&clusters), [""; 0], "{what}");
        }
    }
}

/// Cluster, namespace, HPA and id of each finding; and what was not evaluated.
fn findings(clusters: &Clusters, kubectl: &Path) -> (Vec<String>, Value) {
    let run = with(kubectl, clusters.watchdog(["hpa", "check", "-A", "-o", "json"]));
    let json = run.run().code(2).json();
    let all = json["findings"].as_array().unwrap().iter();
    let text = |value: &Value, field: &str| value[field].as_str().unwrap().to_owned();
    let fields = ["cluster", "namespace", "hpa", "id", "severity"];
    let id = |finding: &Value| fields.map(|field| text(finding, field)).join("/");
    (all.map(id).collect(), json["notEvaluated"].clone())
}

/// Targets, pods, budgets, quotas and everything else that a check reads.
#[test]
fn a_check_finds_the_same_as_on_a_separate_port() {
    let (paths, ports) = (Clusters::behind_paths(), Clusters::new());
    for kubectl in kubectls() {
        let (found, expected) = (findings(&paths, &kubectl), findings(&ports, &kubectl));
        assert!(expected.0.len() > 20, "{expected:?}");
        assert_eq!(found, expected, "{}", kubectl.display());
        assert_eq!(asked_at_the_root(&paths), [""; 0], "{}", kubectl.display());
    }
}

#[test]
fn other_commands_read_the_cluster_below_its_path() {
    let clusters = Clusters::behind_paths();
    for kubectl in kubectls() {
        let run = |args: &[&str]| with(&kubectl, clusters.watchdog([])).args(args).run();
        let tested = run(&["cluster", "test", "-o", "json"]).code(0).json();
        for cluster in tested["clusters"].as_array().unwrap() {
            assert_eq!(cluster["outcome"], "ok", "{}: {tested}", kubectl.display());
        }
        let namespaces = run(&["ns", "list", "-o", "json"]).code(0).quiet().stdout;
        assert!(namespaces.contains("payments") && !namespaces.contains("cattle-system"));
        let got = run(&["hpa", "get", "checkout", "-n", "shop", "--context", "staging"]).code(0);
        assert!(got.stdout.contains("checkout"), "{got}");
        let nothing =
            run(&["hpa", "get", "rancher", "-n", "cattle-system", "--context", "staging"]);
        assert_ne!(nothing.code, Some(0), "{nothing}");
        assert_eq!(asked_at_the_root(&clusters), [""; 0], "{}", kubectl.display());
    }
}

#[test]
fn a_forward_goes_to_the_cluster_below_its_path() {
    for kubectl in kubectls() {
        let forwards = Forwards::behind_paths();
        let line = "svc/prometheus-server 80 -n monitoring --context staging";
        let port = forwards.start(&format!("{line} --kubectl {}", kubectl.display()));
        healthy(port);
        let connections = |name: &str| forwards.clusters.cluster(name).forwards().connections;
        assert_eq!((connections("staging"), connections("production")), (1, 0));
        assert_eq!(asked_at_the_root(&forwards.clusters), [""; 0], "{}", kubectl.display());
    }
}
