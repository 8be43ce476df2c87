//! Clocks that differ: what a cluster dates a few minutes into the future is shown as of now.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use watchdog::demo::{Given, Options};

use crate::support::Clusters;

const AHEAD: SignedDuration = SignedDuration::from_mins(7);

/// A cluster whose clock is ahead, with an HPA, its target, a pod and an event.
fn ahead() -> Clusters {
    let at = (Timestamp::now() + AHEAD).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let about = |name: &str| json!({"name": name, "namespace": "shop", "uid": name, "creationTimestamp": at});
    let labelled = |name: &str| {
        let mut metadata = about(name);
        metadata["labels"] = json!({"app": "web"});
        metadata
    };
    let objects: Vec<Value> = vec![
        json!({"apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": "shop", "uid": "shop", "creationTimestamp": at}, "status": {"phase": "Active"}}),
        json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": about("web"),
            "spec": {"minReplicas": 2, "maxReplicas": 5,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}},
            "status": {"currentReplicas": 2, "desiredReplicas": 2, "lastScaleTime": at, "conditions": [
                {"type": "AbleToScale", "status": "True", "reason": "ReadyForNewScale", "message": "",
                    "lastTransitionTime": at}]}}),
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": labelled("web"),
            "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}},
                "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app"}]}}},
            "status": {"replicas": 2, "readyReplicas": 2}}),
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": labelled("web-1"),
            "spec": {"containers": [{"name": "app"}], "nodeName": "node-1"},
            "status": {"phase": "Running", "startTime": at,
                "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": at}],
                "containerStatuses": [{"name": "app", "ready": true, "restartCount": 3, "state": {"running": {"startedAt": at}},
                    "lastState": {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": at}}}]}}),
        json!({"apiVersion": "v1", "kind": "Event", "metadata": about("web.1"),
            "involvedObject": {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
                "namespace": "shop", "name": "web", "uid": "web"},
            "reason": "SuccessfulRescale", "message": "New size: 2", "type": "Normal", "count": 1,
            "firstTimestamp": at, "lastTimestamp": at}),
    ];
    let given = Given { name: "prod".to_owned(), objects, ..Given::default() };
    Clusters::start(Options { given: Some(vec![given]), ..Options::default() })
}

#[test]
fn what_is_dated_into_the_future_is_as_of_now() {
    let clusters = ahead();
    let list = clusters.run("hpa list").code(0).quiet();
    assert!(list.lines()[1].ends_with("  0s"), "{list}");
    let page = clusters.run("hpa get web").code(0).quiet().stdout;
    for text in [
        "created 0s ago, last scaled 0s ago",
        "ReadyForNewScale, for 0s",
        "SuccessfulRescale  hpa, 0s ago",
    ] {
        let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&text), "{text:?} in {page}");
    }
    assert!(page.contains("web-1"), "{page}");
    clusters.run("snapshot take").code(0);
    for line in [
        "hpa list -o wide",
        "hpa get web",
        "hpa check --all --fail-on never",
        "ns list",
        "snapshot list",
        "history web",
    ] {
        let output = clusters.run(line).code(0);
        assert!(!output.both().contains("<invalid>"), "{output}");
        // No negative age.
        let ages = output.stdout.split_whitespace().filter(|word| word.starts_with('-'));
        let ages: Vec<&str> = ages.filter(|word| word.ends_with(['s', 'm', 'h'])).collect();
        assert!(ages.is_empty(), "{ages:?}: {output}");
    }
    // The times themselves are the cluster's.
    let json = clusters.run("hpa list -o json").code(0).json();
    let created: Timestamp = json["hpas"][0]["createdAt"].as_str().unwrap().parse().unwrap();
    assert!(created > Timestamp::now(), "{json}");
}
