//! Everything that can go wrong with a cluster: the error's kind, kubectl's message, the exit code,
//! and that the data of other clusters is still printed.

use serde_json::Value;
use watchdog::demo::Fault;

use crate::support::Clusters;

const HPAS: &str = "/apis/autoscaling/v2/horizontalpodautoscalers";

/// Runs `hpa list -o json` with a fault in `staging`; returns the outcome of staging, and the
/// number of its requests for HPAs.
#[track_caller]
fn with_fault(fault: Fault, code: i32, flags: &str) -> (Value, usize) {
    let clusters = Clusters::new();
    let whole = clusters.run("hpa list -A -o json --cluster production").code(0).json();
    clusters.cluster("staging").add_fault(HPAS, fault);
    let output = clusters.run(&format!("hpa list -A -o json {flags}")).code(code);
    let json = output.json();
    let outcomes = json["clusters"].as_array().unwrap();
    assert_eq!(outcomes.len(), 2, "{output}");
    assert_eq!(
        (&outcomes[0]["name"], &outcomes[0]["outcome"]),
        (&"production".into(), &"ok".into())
    );
    assert_eq!(outcomes[1]["name"], "staging");
    let of = |name: &str| {
        let hpas = json["hpas"].as_array().unwrap().iter();
        hpas.filter(|hpa| hpa["cluster"] == name).cloned().collect::<Vec<Value>>()
    };
    assert_eq!(&of("production"), whole["hpas"].as_array().unwrap(), "the other cluster is whole");
    if code == 0 {
        assert_eq!((&outcomes[1]["outcome"], &outcomes[1]["error"]), (&"ok".into(), &Value::Null));
        assert!(!of("staging").is_empty());
        assert!(output.stderr.is_empty(), "{output}");
    } else {
        assert_eq!(outcomes[1]["outcome"], "error", "{output}");
        assert!(of("staging").is_empty());
        let error = &outcomes[1]["error"];
        let said = format!(
            "error: staging: {}: {}",
            error["kind"].as_str().unwrap(),
            error["message"].as_str().unwrap()
        );
        assert!(output.stderr.contains(&said), "{said}\n{output}");
    }
    (outcomes[1].clone(), clusters.hpa_requests("staging"))
}

#[track_caller]
fn assert_error(outcome: &Value, kind: &str, part: &str) {
    let error = &outcome["error"];
    assert_eq!(error["kind"], kind, "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.to_lowercase().contains(part), "{part:?} in {message:?}");
    assert!(!message.contains('\n'), "one sentence: {message:?}");
}

#[test]
fn permanent_failures_are_not_retried() {
    for (status, kind, part) in [
        (401, "unauthorized", "logged in"),
        (403, "forbidden", "forbidden"),
        (404, "notFound", "not"),
    ] {
        let (outcome, requests) = with_fault(Fault::Status(status), 3, "");
        assert_error(&outcome, kind, part);
        assert_eq!(requests, 1, "{status}");
    }
}

#[test]
fn transient_failures_are_retried() {
    for status in [500, 503, 429] {
        let (_, requests) = with_fault(Fault::StatusTimes(status, 1), 0, "");
        assert_eq!(requests, 2, "{status}: once again and no more");
    }
}

#[test]
fn a_failure_is_final_after_two_retries() {
    let (outcome, requests) = with_fault(Fault::Status(500), 3, "");
    assert_error(&outcome, "other", "error");
    assert_eq!(requests, 3);
}

#[test]
fn no_retries_if_the_configuration_disables_them() {
    let clusters = Clusters::new();
    clusters.sandbox.configure("kubectl: {retries: 0}\n");
    clusters.cluster("staging").add_fault(HPAS, Fault::StatusTimes(500, 1));
    clusters.run("hpa list").code(3);
    assert_eq!(clusters.hpa_requests("staging"), 1);
}

/// kubectl itself waits and retries if the server says when (`Retry-After`): in any case it ends by
/// the deadline.
#[test]
fn a_server_that_is_always_busy_ends_at_the_deadline() {
    let (outcome, _) = with_fault(Fault::Status(429), 3, "--timeout 6s");
    let kind = outcome["error"]["kind"].as_str().unwrap();
    assert!(matches!(kind, "timeout" | "other"), "{outcome}");
}

#[test]
fn invalid_answers_are_reported() {
    let (outcome, _) = with_fault(Fault::TruncateBody, 3, "");
    assert_error(&outcome, "badResponse", "");
    let (outcome, _) = with_fault(Fault::Html, 3, "");
    assert_error(&outcome, "badResponse", "html");
}

#[test]
fn a_broken_connection_is_retried() {
    let (outcome, requests) = with_fault(Fault::CutConnection, 3, "");
    assert_error(&outcome, "unreachable", "");
    // Go's HTTP client may retry by itself too.
    assert!(requests >= 3, "it may pass, so it is tried again: {requests}");
}

#[test]
fn a_cluster_that_never_answers_ends_at_the_timeout() {
    let (outcome, _) = with_fault(Fault::Hang, 3, "--timeout 6s");
    assert_error(&outcome, "timeout", "no answer within 6 s");
    let took = outcome["durationMs"].as_u64().unwrap();
    assert!(took >= 6000, "{took} ms");
}

#[test]
fn a_slow_cluster_is_not_a_dead_one() {
    let (_, requests) = with_fault(Fault::Latency(std::time::Duration::from_millis(700)), 0, "");
    assert_eq!(requests, 1);
}

#[test]
fn every_kind_of_broken_cluster_is_reported_at_once() {
    let clusters = Clusters::broken();
    let output = clusters.run("hpa list -o json --timeout 6s").code(3);
    let json = output.json();
    let outcomes: Vec<(String, String)> = json["clusters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|outcome| {
            let kind = outcome["error"]["kind"].as_str().unwrap_or("ok");
            (outcome["name"].as_str().unwrap().to_owned(), kind.to_owned())
        })
        .collect();
    let expected = [
        ("down", "unreachable"),
        ("forbidden", "forbidden"),
        ("production", "ok"),
        ("silent", "timeout"),
        ("staging", "ok"),
    ];
    assert_eq!(outcomes, expected.map(|(name, kind)| (name.to_owned(), kind.to_owned())));
    // The two healthy clusters are not affected.
    let healthy = clusters.run("hpa list -o json --cluster production --cluster staging");
    assert_eq!(json["hpas"], healthy.code(0).json()["hpas"]);
    for form in ["table", "csv", "name", "jsonl", "yaml"] {
        let broken = clusters.run(&format!("hpa list -o {form} --context [!s]*")).code(3);
        assert!(!broken.stdout.is_empty(), "{broken}");
        assert_eq!(broken.stderr.matches("error:").count(), 2, "{broken}");
    }
}

#[test]
fn nothing_but_broken_clusters_is_incomplete_too() {
    let clusters = Clusters::broken();
    let output = clusters.run("hpa list --cluster down --cluster forbidden").code(3);
    assert_eq!(output.stderr.matches("error:").count(), 2, "{output}");
    // Nothing was read, so "no HPA" would be wrong.
    assert!(!output.stderr.contains("no HPA"), "{output}");
    output.prints_nothing();
    let output = clusters.run("ns list --cluster down").code(3).says("error: down: unreachable");
    assert!(!output.stderr.contains("no namespace"), "{output}");
}

#[test]
fn cluster_test_reads_version_and_readiness_of_each() {
    let clusters = Clusters::broken();
    let output = clusters.run("cluster test -o json --timeout 6s").code(3);
    let json = output.json();
    assert_eq!(json["kind"], "ClusterTest");
    let row = |name: &str| {
        let rows = json["clusters"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name}: {output}"))
    };
    for name in ["production", "staging"] {
        assert_eq!(row(name)["outcome"], "ok", "{output}");
        assert_eq!(row(name)["ready"], true, "{output}");
        assert!(row(name)["version"].as_str().unwrap().starts_with("v1."), "{output}");
        assert!(row(name)["durationMs"].is_u64(), "{output}");
    }
    assert_eq!(row("down")["error"]["kind"], "unreachable");
    assert_eq!(row("down")["version"], Value::Null);
    assert_eq!(row("silent")["error"]["kind"], "timeout");
    // Objects are forbidden there; an authenticated user may still read the version.
    assert_eq!(row("forbidden")["outcome"], "ok");

    clusters.cluster("staging").add_fault("/readyz", Fault::Status(500));
    let output = clusters.run("cluster test --cluster staging").code(1);
    assert!(output.stdout.contains("not ready"), "{output}");
    let output = clusters.run("cluster test --cluster staging -o json").code(1);
    let cluster = &output.json()["clusters"][0];
    assert_eq!((&cluster["outcome"], &cluster["ready"]), (&"ok".into(), &false.into()), "{output}");
}

/// Some clusters allow only their monitoring to read it.
#[test]
fn a_forbidden_readiness_check_is_incomplete() {
    let clusters = Clusters::new();
    clusters.cluster("staging").add_fault("/readyz", Fault::Status(403));
    let output = clusters.run("cluster test -o json").code(3).says("error: staging: forbidden: ");
    let json = output.json();
    let [production, staging] = &json["clusters"].as_array().unwrap()[..] else {
        panic!("{output}")
    };
    assert_eq!((&production["outcome"], &production["ready"]), (&"ok".into(), &true.into()));
    assert_eq!(staging["outcome"], "error", "{output}");
    assert_eq!(staging["error"]["kind"], "forbidden", "{output}");
    assert!(staging["version"].as_str().unwrap().starts_with("v1."), "{output}");
    assert_eq!(staging["ready"], Value::Null, "{output}");
    let output = clusters.run("cluster test").code(3).says("error: staging: forbidden: ");
    assert!(!output.stdout.contains("not ready"), "{output}");
    assert!(output.stdout.contains("forbidden"), "{output}");
}

#[test]
fn a_busy_server_is_not_reported_as_not_ready() {
    let clusters = Clusters::new();
    clusters.cluster("staging").add_fault("/readyz", Fault::StatusTimes(429, 2));
    let output = clusters.run("cluster test --cluster staging -o json").code(0).quiet();
    assert_eq!(output.json()["clusters"][0]["ready"], true, "{output}");
    clusters.cluster("staging").add_fault("/readyz", Fault::Status(429));
    let output = clusters.run("cluster test --cluster staging -o json --timeout 4s").code(3);
    let output = output.says("error: staging: ");
    assert_eq!(output.json()["clusters"][0]["ready"], Value::Null, "{output}");
    assert_eq!(output.json()["clusters"][0]["outcome"], "error", "{output}");
}

/// A part of a cluster is missing: its outcome shows that, and not only the exit code.
#[test]
fn an_hpa_whose_pods_are_forbidden_is_incomplete() {
    let clusters = Clusters::new();
    let whole = clusters.run("hpa get checkout -n shop --cluster production -o json").code(0);
    clusters.cluster("production").set_fault(Some(Fault::Forbid("pods".to_owned())));
    let command = "hpa get checkout -n shop --cluster production";
    let output = clusters.run(&format!("{command} -o json")).code(3).says("error: production: ");
    let json = output.json();
    assert_eq!(json["clusters"][0]["outcome"], "error", "{output}");
    assert_eq!(json["clusters"][0]["error"]["kind"], "forbidden", "{output}");
    let message = json["clusters"][0]["error"]["message"].as_str().unwrap();
    assert!(message.contains("pods"), "{message}");
    // Everything that could be read is still there.
    assert_eq!(json["hpas"][0]["name"], "checkout");
    assert_eq!(json["hpas"][0]["conditions"], whole.json()["hpas"][0]["conditions"]);
    let output = clusters.run(command).code(3).says("forbidden");
    assert!(output.stdout.contains("checkout"), "{output}");
}

#[test]
fn without_kubectl_there_is_nothing_to_read() {
    let clusters = Clusters::new();
    let empty = clusters.sandbox.write("empty/file", "").parent().unwrap().to_owned();
    for line in ["hpa list", "hpa get web", "ns list", "cluster test"] {
        let run = clusters.watchdog(line.split(' ')).env("PATH", &empty);
        run.run().code(1).says("kubectl was not found on PATH; install it").prints_nothing();
    }
    // Listing the kubeconfig's clusters needs no kubectl.
    clusters.watchdog(["cluster", "list"]).env("PATH", &empty).run().code(0).quiet();
    let run = clusters.watchdog(["hpa", "list", "--kubectl", "/nope/kubectl"]);
    run.run().code(1).says("/nope/kubectl (from --kubectl) is not a program").prints_nothing();
    let run = clusters.watchdog(["hpa", "list"]).env("WATCHDOG_KUBECTL", "/nope/kubectl");
    run.run().code(1).says("(from $WATCHDOG_KUBECTL)");
    clusters.sandbox.configure("kubectl: {path: /nope/kubectl}\n");
    clusters.run("hpa list").code(1).says("(from kubectl.path)");
}
