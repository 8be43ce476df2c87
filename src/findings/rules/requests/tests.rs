use serde_json::{Value, json};

use super::super::super::fixtures::{Case, MINUTE_AGO, pod};
use super::*;
use crate::hpa::Hpa;

fn lacks(pod: &mut Pod) {
    pod.containers[0].requests.clear();
    pod.missing_requests.insert("cpu".to_owned(), vec!["app".to_owned()]);
}

/// A case whose metric has no reading.
fn unread() -> Case {
    Case::new().cpu(70, None)
}

fn failed(said: &str) -> Case {
    Case::new().condition("ScalingActive", "False", "FailedGetResourceMetric", said)
}

const SAID: &str = "the HPA was unable to compute the replica count: failed to get cpu utilization: \
                    missing request for cpu in container app of Pod web-5d4b9d8b47-2";

/// A pod parsed from the API's JSON.
fn parsed(change: impl FnOnce(&mut Value)) -> Pod {
    let mut json = json!({
        "metadata": {
            "name": "web-5d4b9d8b47-x", "namespace": "shop", "labels": {"app": "web", "pod-template-hash": "5d4b9d8b47"},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-5d4b9d8b47", "controller": true}],
        },
        "spec": {"containers": [{"name": "app"}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    });
    change(&mut json);
    let list = json!({"kind": "PodList", "items": [json]});
    Pod::parse_list(list.to_string().as_bytes()).unwrap().0.remove(0)
}

fn with(case: Case, pod: Pod) -> Case {
    case.world(|world| world.pods.as_mut().unwrap().push(pod))
}

fn job(phase: &str, change: impl FnOnce(&mut Pod)) -> Pod {
    let mut pod = parsed(|json| {
        json["metadata"]["name"] = "reindex-z".into();
        json["metadata"]["labels"] = json!({"app": "web"});
        json["metadata"]["ownerReferences"] = json!([{"apiVersion": "batch/v1", "kind": "Job", "name": "reindex", "controller": true}]);
        json["spec"]["containers"][0]["name"] = "reindex".into();
        json["status"]["phase"] = phase.into();
    });
    change(&mut pod);
    pod
}

#[test]
fn one_pod_is_enough() {
    let case = unread().pods(3, |_| {}).pods(1, lacks);
    assert_eq!(
        case.message("missing-requests"),
        "utilization cannot be computed: no cpu request in container app of 1 of 4 pods, such as \
         web-5d4b9d8b47-3"
    );
    unread().pods(3, |_| {}).clear("missing-requests");
    // The template alone proves nothing.
    unread()
        .target(|target| {
            target.missing_requests.insert("cpu".to_owned(), vec!["app".to_owned()]);
        })
        .pods(3, |_| {})
        .clear("missing-requests");
    // It does not scale by memory.
    let memory = |pod: &mut Pod| {
        pod.missing_requests.insert("memory".to_owned(), vec!["app".to_owned()]);
    };
    unread().pods(3, memory).clear("missing-requests");
}

/// If the controller has a reading, it has found all requests.
#[test]
fn a_reading_disproves_it() {
    let lacking = |case: Case| case.pods(3, |_| {}).pods(1, lacks);
    lacking(Case::new()).clear("missing-requests");
    assert!(lacking(Case::new()).ids().is_empty());
    // A reading of another metric, or an outdated one, proves nothing.
    lacking(unread().external("queue", "50", Some("40"))).raised("missing-requests");
    lacking(failed(SAID)).raised("missing-requests");
    let stale = Case::new().condition("AbleToScale", "False", "FailedGetScale", "");
    lacking(stale).raised("missing-requests");
}

#[test]
fn only_percentages_need_requests() {
    let average = json!([{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "100m"}}}]);
    Case::new().metrics(&average, &json!(null)).pods(2, lacks).clear("missing-requests");
    of_container("app").pods(2, lacks).raised("missing-requests");
    of_container("other").pods(2, lacks).clear("missing-requests");
}

fn of_container(name: &str) -> Case {
    let metric = json!([{"type": "ContainerResource", "containerResource": {"name": "cpu", "container": name, "target": {"type": "Utilization", "averageUtilization": 70}}}]);
    Case::new().metrics(&metric, &json!(null))
}

#[test]
fn pods_of_others_count_too() {
    let case = unread().pods(2, |_| {}).world(|world| {
        let mut stranger = pod(7);
        stranger.owner = None;
        lacks(&mut stranger);
        world.pods.as_mut().unwrap().push(stranger);
    });
    assert!(
        case.message("missing-requests")
            .ends_with("1 of 3 pods: web-5d4b9d8b47-7 (Running, without an owner)")
    );
    assert_eq!(case.ids(), ["selector-overlap"], "whose they are is the cause");
}

#[test]
fn the_controllers_word_will_do() {
    let unread = || unread().world(|world| world.pods = Err(Case::unread()));
    assert_eq!(unread().unknown("missing-requests"), "forbidden");
    unread().hpa(|hpa: &mut Hpa| hpa.metrics.clear()).clear("missing-requests");
    let told =
        |said: &str| unread().condition("ScalingActive", "False", "FailedGetResourceMetric", said);
    let message = told(
        "failed to get cpu utilization: missing request for cpu in container app of Pod web-1",
    );
    assert_eq!(
        message.message("missing-requests"),
        "utilization cannot be computed: there is no request for cpu in container app of Pod web-1"
    );
    // Also if the named pod has gone meanwhile.
    failed(SAID).pods(2, |_| {}).raised("missing-requests");
    let pod_level =
        told("failed to get memory utilization: missing pod-level request for memory in Pod web-1");
    assert_eq!(
        pod_level.message("missing-requests"),
        "utilization cannot be computed: there is no pod-level request for memory in Pod web-1, nor one of \
         its containers"
    );
    assert_eq!(pod_level.ids(), ["missing-requests"], "one cause, one finding");
    assert_eq!(told("missing request for cpu").ids(), ["missing-requests"], "as 1.20 says it");
}

#[test]
fn what_the_controller_says() {
    let said = Said::parse(SAID).unwrap();
    assert_eq!((said.resource, said.container), ("cpu", Some("app")));
    assert_eq!((said.pod, said.pod_level), (Some("web-5d4b9d8b47-2"), false));
    let of_pod = Said::parse("missing pod-level request for memory in Pod api-1a2b-x.").unwrap();
    assert_eq!((of_pod.resource, of_pod.container), ("memory", None));
    assert_eq!((of_pod.pod, of_pod.pod_level), (Some("api-1a2b-x"), true));
    for other in ["", "missing request for ", "no metrics returned"] {
        assert_eq!(Said::parse(other), None, "{other}");
    }
}

/// As soon as a pod has any pod-level request, one request for each resource is enough.
#[test]
fn requests_of_the_pod_as_a_whole() {
    let memory = json!([{"type": "Resource", "resource": {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 70}}}]);
    let case = |said: &str, containers: Value| {
        let pod = parsed(|json| {
            json["spec"] =
                json!({"resources": {"requests": {"cpu": "1"}}, "containers": containers});
        });
        with(failed(said).metrics(&memory, &json!(null)), pod)
    };
    let one =
        json!([{"name": "app", "resources": {"requests": {"memory": "1Gi"}}}, {"name": "helper"}]);
    case("no metrics returned from resource metrics API", one.clone()).clear("missing-requests");
    let none = json!([{"name": "app"}, {"name": "helper"}]);
    let said = "missing pod-level request for memory in Pod web-5d4b9d8b47-x";
    let raise = case(said, none.clone()).raised("missing-requests");
    assert_eq!(
        raise.message,
        "utilization cannot be computed: no memory request in the pod as a whole or any container of 1 of 1 \
         pod, such as web-5d4b9d8b47-x"
    );
    assert!(raise.action.unwrap().contains("for the pod as a whole"));
    assert_eq!(case(said, none).ids(), ["missing-requests", "memory-only"]);
    // Controllers before 1.34 ignore pod-level requests, and say so.
    let old = case("missing request for memory in container helper of Pod web-5d4b9d8b47-x", one);
    let raise = old.raised("missing-requests");
    assert!(
        raise.message.ends_with(
            "no memory request in container helper of 1 of 1 pod, such as web-5d4b9d8b47-x; the controller \
             ignores pod-level requests (before Kubernetes 1.34)"
        ),
        "{}",
        raise.message
    );
    assert!(raise.action.unwrap().contains("in each container too"));
}

#[test]
fn pods_that_have_ended_are_asked_too() {
    let evicted = |pod: &mut Pod| {
        lacks(pod);
        (pod.phase, pod.reason, pod.ready) = ("Failed".into(), Some("Evicted".into()), false);
    };
    let case = failed(SAID).pods(2, |_| {}).pods(1, evicted);
    let raise = case.raised("missing-requests");
    assert_eq!(
        raise.message,
        "utilization cannot be computed: no cpu request in container app of 1 of 3 pods: web-5d4b9d8b47-2 \
         (Failed: Evicted, of ReplicaSet/web-5d4b9d8b47)"
    );
    assert_eq!(
        raise.action.unwrap(),
        "delete it (kubectl delete pod web-5d4b9d8b47-2 --namespace shop)"
    );
    assert_eq!(case.ids(), ["missing-requests"]);
    let several = failed(SAID).pods(2, |_| {}).pods(12, evicted).raised("missing-requests");
    assert!(several.message.ends_with(" and 9 more"), "{}", several.message);
    let action = several.action.unwrap();
    assert!(action.starts_with("delete them (kubectl delete pod web-5d4b9d8b47-2 "), "{action}");
    assert!(action.ends_with("--namespace shop, and 2 more)"), "{action}");
    // A working replica that also lacks the request has to be fixed first.
    let both = case.clone().pods(1, lacks).raised("missing-requests");
    assert!(both.message.ends_with("of 2 of 4 pods, such as web-5d4b9d8b47-3"), "{}", both.message);
    let action = both.action.unwrap();
    assert!(
        action.ends_with(
            "; delete the finished pods (kubectl delete pod web-5d4b9d8b47-2 --namespace shop)"
        ),
        "{action}"
    );
    // A finished pod that has its requests does no harm.
    let fine = |pod: &mut Pod| pod.phase = "Failed".to_owned();
    unread().pods(2, |_| {}).pods(1, fine).clear("missing-requests");

    let leaving = |pod: &mut Pod| {
        lacks(pod);
        pod.deleted_at = MINUTE_AGO.parse().ok();
    };
    let leaving = failed(SAID).pods(2, |_| {}).pods(1, leaving).raised("missing-requests");
    assert!(leaving.message.contains("(terminating, of ReplicaSet/"), "{}", leaving.message);
    assert!(leaving.action.unwrap().contains("when the terminating pods are gone"));
}

#[test]
fn finished_pods_of_others() {
    let said = "missing request for cpu in container reindex of Pod reindex-z";
    let case = with(failed(said).pods(2, |_| {}), job("Succeeded", |_| {}));
    assert_eq!(case.ids(), ["selector-overlap"]);
    let raise = case.raised("selector-overlap");
    assert_eq!(raise.severity, Severity::Error);
    assert_eq!(
        raise.message,
        "the selector app=web of Deployment/web also matches a pod that it does not own and that lacks a \
         request: reindex-z (Succeeded, of Job/reindex); the controller asks pods that have ended too, which \
         stops its metric"
    );
    assert_eq!(
        raise.action.unwrap(),
        "delete it (kubectl delete pod reindex-z --namespace shop), and give jobs, and pods made by hand, \
         labels of their own"
    );
    // With its request, or while the metric has a reading, it does no harm.
    let fine = job("Succeeded", |pod| pod.missing_requests.clear());
    with(unread().pods(2, |_| {}), fine).clear("selector-overlap");
    assert!(with(Case::new().pods(2, |_| {}), job("Failed", |_| {})).ids().is_empty());
    let hand = |pod: &mut Pod| pod.owner = None;
    let by_hand = with(failed(said).pods(2, |_| {}), job("Failed", hand));
    assert!(by_hand.message("selector-overlap").contains("reindex-z (Failed, without an owner)"));
    // A running pod is named too.
    let running = with(failed(said).pods(2, |_| {}), job("Running", |_| {}));
    assert_eq!(running.ids(), ["selector-overlap"]);
    let action = running.raised("selector-overlap").action.unwrap();
    assert!(
        action.starts_with("delete it (kubectl delete pod reindex-z --namespace shop)"),
        "{action}"
    );
    // The pods of a second Deployment would come back after deletion.
    let other = |pod: &mut Pod| {
        let owner = pod.owner.as_mut().unwrap();
        (owner.kind, owner.name) = ("ReplicaSet".into(), "batch-77".into());
    };
    let action =
        with(failed(said).pods(2, |_| {}), job("Running", other)).raised("selector-overlap").action;
    assert!(!action.unwrap().contains("delete"));
}

#[test]
fn nothing_but_zeros() {
    let zero = |names: &'static [&'static str]| {
        move |pod: &mut Pod| {
            for name in names {
                pod.requests.insert((*name).to_owned(), Quantity::ZERO);
                pod.containers[0].requests.insert((*name).to_owned(), Quantity::ZERO);
            }
        }
    };
    let none = "failed to get cpu utilization: no metrics returned matched known pods";
    let case = failed(none).pods(2, zero(&["cpu"]));
    assert_eq!(
        case.message("missing-requests"),
        "utilization cannot be computed: the 2 pods request 0 cpu: a percentage of nothing"
    );
    assert_eq!(case.ids(), ["missing-requests"]);
    let one = failed(none).pods(1, zero(&["cpu"])).message("missing-requests");
    assert!(one.contains("the 1 pod requests 0 cpu"), "{one}");
    // One pod with a request is enough.
    failed(none).pods(2, zero(&["cpu"])).pods(1, |_| {}).clear("missing-requests");
    failed(none).pods(2, zero(&["memory"])).clear("missing-requests");
    failed(none).clear("missing-requests");
    let ended = |pod: &mut Pod| pod.phase = "Succeeded".to_owned();
    failed(none).pods(2, zero(&["cpu"])).pods(1, ended).raised("missing-requests");
    let message = of_container("app").pods(2, zero(&["cpu"])).message("missing-requests");
    assert!(message.contains("container app of the 2 pods requests 0 cpu"), "{message}");
    // Usage is missing as well.
    let other = failed("unable to get metrics for resource cpu: no metrics returned");
    assert_eq!(other.pods(2, zero(&["cpu"])).ids(), ["metrics-unavailable", "missing-requests"]);
}

#[test]
fn openshifts_own_pods_do_not_count() {
    let deployer = || {
        let mut pod = job("Succeeded", |_| {});
        pod.name = "web-3-deploy".to_owned();
        pod.labels.insert("openshift.io/deployer-pod-for.name".into(), "web-3".into());
        pod
    };
    assert!(
        with(failed("no metrics returned").pods(2, |_| {}), deployer()).ids()
            == ["metrics-unavailable"]
    );
    // Unless the controller names them.
    let said = "missing request for cpu in container reindex of Pod web-3-deploy";
    with(failed(said).pods(2, |_| {}), deployer()).raised("missing-requests");
}
