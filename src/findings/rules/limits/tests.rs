use serde_json::json;

use super::super::super::fixtures::{Case, pod};
use super::*;

fn lacks(pod: &mut Pod) {
    pod.containers[0].requests.clear();
    pod.missing_requests.insert("cpu".to_owned(), vec!["app".to_owned()]);
}

#[test]
fn one_pod_is_enough() {
    let case = Case::new().pods(3, |_| {}).pods(1, lacks);
    assert_eq!(
        case.message("missing-requests"),
        "utilization cannot be computed: no cpu request in container app of 1 of 4 pods, such as \
         web-5d4b9d8b47-3"
    );
    Case::new().pods(3, |_| {}).clear("missing-requests");
    // The template alone is no proof, nor is a pod on its way out.
    Case::new()
        .target(|target| {
            target.missing_requests.insert("cpu".to_owned(), vec!["app".to_owned()]);
        })
        .pods(3, |_| {})
        .clear("missing-requests");
    let leaving = |pod: &mut Pod| {
        lacks(pod);
        pod.deleted_at = "2026-11-23T11:59:59Z".parse().ok();
    };
    Case::new().pods(3, |_| {}).pods(1, leaving).clear("missing-requests");
    // Memory is not what it scales by.
    let memory = |pod: &mut Pod| {
        pod.missing_requests.insert("memory".to_owned(), vec!["app".to_owned()]);
    };
    Case::new().pods(3, memory).clear("missing-requests");
}

#[test]
fn only_percentages_need_requests() {
    let average = json!([{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "100m"}}}]);
    Case::new().metrics(&average, &json!(null)).pods(2, lacks).clear("missing-requests");
    let container = |name: &str| {
        let metric = json!([{"type": "ContainerResource", "containerResource": {"name": "cpu", "container": name, "target": {"type": "Utilization", "averageUtilization": 70}}}]);
        Case::new().metrics(&metric, &json!(null)).pods(2, lacks)
    };
    container("app").raised("missing-requests");
    container("other").clear("missing-requests");
}

#[test]
fn pods_of_others_count_too() {
    let case = Case::new().pods(2, |_| {}).world(|world| {
        let mut stranger = pod(7);
        stranger.owner = None;
        lacks(&mut stranger);
        world.pods.as_mut().unwrap().push(stranger);
    });
    assert!(case.message("missing-requests").contains("1 of 3 pods, such as web-5d4b9d8b47-7"));
    assert_eq!(case.ids(), ["selector-overlap"], "whose they are is the cause");
}

#[test]
fn the_controllers_word_will_do() {
    let unread = || Case::new().world(|world| world.pods = Err("forbidden".to_owned()));
    assert_eq!(unread().unknown("missing-requests"), "forbidden");
    unread()
        .metrics(&json!([]), &json!(null))
        .hpa(|hpa| hpa.metrics.clear())
        .clear("missing-requests");
    let told = unread().condition(
        "ScalingActive",
        "False",
        "FailedGetResourceMetric",
        "failed to get cpu utilization: missing request for cpu in container app of Pod web-1",
    );
    assert_eq!(
        told.message("missing-requests"),
        "utilization cannot be computed: there is no request for cpu in container app of Pod web-1"
    );
}

fn of_container(name: &str) -> Case {
    let metric = json!([{"type": "ContainerResource", "containerResource": {"name": "cpu", "container": name, "target": {"type": "Utilization", "averageUtilization": 70}}}]);
    Case::new().metrics(&metric, &json!(null))
}

#[test]
fn containers() {
    let missing = of_container("nope").pods(2, |_| {});
    assert_eq!(
        missing.message("container-missing"),
        "its metric is of container nope, which Deployment/web does not have; it has app"
    );
    of_container("app").pods(2, |_| {}).clear("container-missing");
    Case::new().clear("container-missing");
    // Halfway through a rollout some pods have it.
    let added = |pod: &mut Pod| pod.containers[0].name = "nope".to_owned();
    of_container("nope").pods(1, |_| {}).pods(1, added).clear("container-missing");
    // Without pods the template decides.
    of_container("nope").raised("container-missing");
    of_container("app").clear("container-missing");
    let bare = of_container("app").target(|target| target.containers.clear());
    assert_eq!(bare.unknown("container-missing"), "the target's containers are not known");
    let failed = missing.condition(
        "ScalingActive",
        "False",
        "FailedGetContainerResourceMetric",
        "did not receive metrics for targeted pods (pods might be unready)",
    );
    assert_eq!(failed.ids(), ["container-missing"]);
}

#[test]
fn over_the_limit() {
    let at = |percent: i32| Case::new().cpu(percent, Some(percent));
    assert_eq!(
        at(520).message("target-over-limit"),
        "cpu reaches its limit before its target: 520 % of the request of 100m is 520m a pod, the limit \
         is 500m"
    );
    at(500).raised("target-over-limit");
    at(499).clear("target-over-limit");
    let open = at(520).target(|target| target.limits.clear());
    open.clear("target-over-limit");
    // A LimitRange gives the pods what the template leaves open.
    let given = open.target(|target| target.requests.clear());
    assert!(given.clone().pods(1, |_| {}).message("target-over-limit").contains("is 520m a pod"));
    given.pods(1, |pod| pod.limits.clear()).clear("target-over-limit");
    let memory = |value: &str| {
        Case::new().metrics(
            &json!([{"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": value}}}]),
            &json!(null),
        )
    };
    assert_eq!(
        memory("600Mi").message("target-over-limit"),
        "memory reaches its limit before its target: the target is 600Mi a pod, the limit is 512Mi"
    );
    memory("511Mi").clear("target-over-limit");
}
