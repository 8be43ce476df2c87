use serde_json::json;

use super::super::super::fixtures::Case;
use super::*;

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
    // Halfway through a rollout some pods have the container.
    let added = |pod: &mut Pod| pod.containers[0].name = "nope".to_owned();
    of_container("nope").pods(1, |_| {}).pods(1, added).clear("container-missing");
    // A webhook may add the container to the pods but not to the template: there is a reading.
    let metric = json!([{"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "nope", "target": {"type": "Utilization", "averageUtilization": 70}}}]);
    let read = json!([{"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "nope", "current": {"averageUtilization": 60}}}]);
    Case::new().metrics(&metric, &read).clear("container-missing");
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

/// Pods of an old template: one is enough to fail controllers before about 1.32.
#[test]
fn a_container_that_some_pods_lack() {
    let old = |pod: &mut Pod| pod.containers[0].name = "old".to_owned();
    let failed = |said: &str| {
        of_container("app").condition(
            "ScalingActive",
            "False",
            "FailedGetContainerResourceMetric",
            said,
        )
    };
    let one = || failed("container app not present in metrics for pod shop/web-5d4b9d8b47-2");
    let raise = one().pods(2, |_| {}).pods(1, old).raised("container-missing");
    assert_eq!(
        raise.message,
        "its metric is of container app, which 1 of 3 pods does not have: web-5d4b9d8b47-2 (Running, of \
         ReplicaSet/web-5d4b9d8b47)"
    );
    let action = raise.action.unwrap();
    assert!(action.contains("(kubectl delete pod web-5d4b9d8b47-2 --namespace shop)"), "{action}");
    assert_eq!(one().pods(2, |_| {}).pods(1, old).ids(), ["container-missing"]);
    let several = one().pods(2, |_| {}).pods(5, old).message("container-missing");
    assert!(several.contains("which 5 of 7 pods do not have: web-5d4b9d8b47-2 ("), "{several}");
    assert!(several.ends_with(" and 2 more"), "{several}");
    // The pod has the container, and lacks metrics for another reason.
    one().pods(3, |_| {}).clear("container-missing");
    // The metric fails for another reason.
    let unready = failed("did not receive metrics for targeted pods (pods might be unready)");
    unready.pods(2, |_| {}).pods(1, old).clear("container-missing");
    // Newer controllers read finished pods too.
    let ended = |pod: &mut Pod| {
        old(pod);
        pod.phase = "Failed".to_owned();
    };
    let newer = failed("container app not found in Pod web-5d4b9d8b47-2");
    let message = newer.pods(2, |_| {}).pods(1, ended).message("container-missing");
    assert!(message.contains("1 of 3 pods does not have: web-5d4b9d8b47-2 (Failed,"), "{message}");
    one().pods(3, |_| {}).pods(1, ended).clear("container-missing");
    // Another metric has a reading, so this one fails for its own reason.
    let resource = json!({"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}});
    let container = json!({"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "app", "target": {"type": "Utilization", "averageUtilization": 70}}});
    let read = json!([{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 60}}}]);
    let partial = Case::new().metrics(&json!([resource, container]), &read);
    assert_eq!(partial.clone().pods(2, |_| {}).pods(1, old).ids(), ["container-missing"]);
    assert_eq!(partial.pods(3, |_| {}).ids(), ["metrics-partial"]);
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
    // A LimitRange fills in what the template leaves open.
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
