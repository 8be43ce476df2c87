use super::*;

macro_rules! recording {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/", $name))
    };
}

fn pods() -> Vec<Pod> {
    Pod::parse_list(recording!("pods-shop.json")).unwrap().0
}

fn workload(list: &[u8], name: &str) -> Workload {
    let (all, _) = Workload::parse_list(list).unwrap();
    all.into_iter().find(|w| w.name == name).unwrap()
}

fn deployment(name: &str) -> Workload {
    workload(recording!("deployments-shop.json"), name)
}

#[test]
fn crashing_and_pending_pods_are_read() {
    let pods = pods();
    assert_eq!(pods.len(), 64);
    let crashing = owned_by(&pods, &deployment("crashing"));
    assert_eq!(crashing.len(), 3);
    let pod = crashing[0];
    assert_eq!((pod.phase.as_str(), pod.ready, pod.restarts), ("Running", false, 9));
    assert_eq!(pod.waiting_reasons, ["CrashLoopBackOff"]);
    assert_eq!(pod.last_oom, pod.last_termination);
    let end = pod.last_termination.as_ref().unwrap();
    assert_eq!((end.reason.as_str(), end.exit_code), ("OOMKilled", Some(137)));
    assert_eq!(end.at, Some("2026-11-23T04:57:53Z".parse().unwrap()));
    let summary = summarize(crashing);
    assert_eq!((summary.total, summary.ready, summary.restarts), (3, 0, 27));
    assert_eq!(summary.reasons["CrashLoopBackOff"], 3);
    assert_eq!(summary.reasons["OOMKilled"], 3);

    let pending = owned_by(&pods, &deployment("pending"));
    let message = pending[0].unschedulable.as_deref();
    assert_eq!(message, Some("0/1 nodes are available: 1 Insufficient cpu."));
    let summary = summarize(pending);
    assert_eq!(summary.by_phase, BTreeMap::from([("Pending".to_owned(), 4)]));
    assert_eq!(summary.reasons["Unschedulable"], 4);
}

/// The kernel may have killed a child process while the container itself succeeded.
#[test]
fn out_of_memory_counts_whatever_the_exit_code() {
    let of = |reason: &str| {
        let json = format!(
            r#"{{"kind":"List","items":[{{"metadata":{{"name":"a","namespace":"b"}},"status":{{"containerStatuses":[
                {{"name":"app","lastState":{{"terminated":{{"reason":"{reason}","exitCode":0}}}}}}]}}}}]}}"#
        );
        Pod::parse_list(json.as_bytes()).unwrap().0.remove(0)
    };
    assert!(of("OOMKilled").last_oom.is_some());
    assert!(of("Completed").last_oom.is_none() && of("Completed").last_termination.is_none());
}

#[test]
fn pods_are_assigned_to_their_owners() {
    let pods = pods();
    let owned = |w: &Workload| owned_by(&pods, w).len();
    assert_eq!(owned(&deployment("healthy")), 2);
    // The Deployment "container" owns none of the pods of "container-missing".
    assert_eq!(owned(&deployment("container")), 2);
    assert_eq!(owned(&workload(recording!("statefulsets-shop.json"), "db")), 3);
    let replica_sets = recording!("replicasets-shop.json");
    assert_eq!(owned(&workload(replica_sets, "healthy-cb476c98c")), 2);
    let mut elsewhere = deployment("healthy");
    elsewhere.namespace = "other".into();
    assert_eq!(owned(&elsewhere), 0);
    // Its pods were created by hand and have no owner.
    assert_eq!(owned(&workload(recording!("rollouts-shop.json"), "canary")), 0);
}

#[test]
fn owners_are_derived_from_names() {
    let pod = |name: &str, labels: &str, owner: &str| {
        let owners = match owner.split_once('/') {
            Some((kind, name)) => format!(
                r#"[{{"apiVersion":"v1","kind":"{kind}","name":"{name}","controller":true}}]"#
            ),
            None => "[]".to_owned(),
        };
        let json = format!(
            r#"{{"kind":"List","items":[{{"metadata":{{"name":"{name}","namespace":"shop","labels":{labels},"ownerReferences":{owners}}}}}]}}"#
        );
        Pod::parse_list(json.as_bytes()).unwrap().0.remove(0)
    };
    let config = Workload::parse(
            br#"{"apiVersion":"apps.openshift.io/v1","kind":"DeploymentConfig","metadata":{"name":"legacy","namespace":"shop"}}"#,
        )
        .unwrap();
    let labels = r#"{"deployment":"legacy-3","deploymentconfig":"legacy"}"#;
    let controller = "ReplicationController/legacy-3";
    assert!(pod("legacy-3-x", labels, controller).is_owned_by(&config));
    assert!(pod("legacy-3-x", "{}", controller).is_owned_by(&config));
    assert!(pod("legacy-3-x", labels, "").is_owned_by(&config), "by its labels");
    for other in ["ReplicationController/legacy-x", "ReplicationController/legacy", "Job/legacy-3"]
    {
        assert!(!pod("x", labels, other).is_owned_by(&config), "{other}");
    }
    let sibling = r#"{"deployment":"legacy-3","deploymentconfig":"legacy-3"}"#;
    assert!(!pod("x", sibling, controller).is_owned_by(&config));
    let deploy = pod("legacy-3-deploy", labels, controller);
    assert!(deploy.is_deployer() && !deploy.is_owned_by(&config));
    let labelled = r#"{"openshift.io/deployer-pod-for.name":"legacy-3"}"#;
    assert!(pod("legacy-3-deploy", labelled, "").is_deployer());
    assert!(!pod("api-deploy", r#"{"deployment":"legacy-3"}"#, "").is_deployer());

    let hashed = r#"{"pod-template-hash":"6d4"}"#;
    let above = pod("web-6d4-x", hashed, "ReplicaSet/web-6d4");
    assert_eq!(above.owner_above(), Some(("Deployment", "web")));
    assert_eq!(pod("x", hashed, "ReplicaSet/web").owner_above(), None);
}

#[test]
fn one_missing_request_is_named() {
    let pods = pods();
    let summary = summarize(owned_by(&pods, &deployment("sidecar-norequests")));
    assert_eq!(summary.missing_requests["cpu"].len(), 2);
    assert_eq!((summary.total, summary.ready), (2, 2));
}

#[test]
fn terminating_and_finished_pods_are_counted() {
    let (pods, _) = Pod::parse_list(
            br#"{"kind":"List","items":[
              {"metadata":{"name":"a","deletionTimestamp":"2026-11-23T05:00:00Z"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}},
              {"metadata":{"name":"b"},"spec":{"containers":[{"name":"c"}]},"status":{"phase":"Failed","reason":"Evicted"}},
              {"metadata":{"name":"c"},"status":{"phase":"Pending","containerStatuses":[{"state":{"waiting":{"reason":"PodInitializing"}}}],"initContainerStatuses":[{"state":{"waiting":{"reason":"ImagePullBackOff"}}}]}},
              {}]}"#,
        )
        .unwrap();
    let summary = summarize(&pods);
    assert_eq!((summary.total, summary.ready), (4, 0));
    assert_eq!(summary.by_phase["Terminating"], 1);
    assert_eq!(summary.by_phase["Unknown"], 1);
    let reasons: Vec<_> = summary.reasons.keys().map(String::as_str).collect();
    assert_eq!(reasons, ["Evicted", "ImagePullBackOff"]);
    assert!(summary.missing_requests.is_empty(), "a finished pod asks for nothing");
}

/// The container that ran out of memory and the one that crashes are both reported.
#[test]
fn every_container_counts() {
    let (pods, _) = Pod::parse_list(
            br#"{"kind":"List","items":[{"metadata":{"name":"a"},"status":{"phase":"Running","containerStatuses":[
              {"name":"app","lastState":{"terminated":{"reason":"OOMKilled","exitCode":137,"finishedAt":"2026-11-23T11:55:00Z"}}},
              {"name":"pull","state":{"waiting":{"reason":"ImagePullBackOff"}}},
              {"name":"new","state":{"waiting":{"reason":"ContainerCreating"}}},
              {"name":"loop","state":{"waiting":{"reason":"CrashLoopBackOff"}},
               "lastState":{"terminated":{"reason":"Error","exitCode":3,"finishedAt":"2026-11-23T11:57:00Z"}}}]}}]}"#,
        )
        .unwrap();
    assert_eq!(pods[0].last_termination.as_ref().unwrap().container, "loop");
    assert_eq!(pods[0].last_oom.as_ref().unwrap().container, "app");
    assert_eq!(pods[0].waiting_reasons, ["ImagePullBackOff", "CrashLoopBackOff"]);
    assert!(pods[0].is_crash_looping());
    let reasons: Vec<_> = summarize(&pods).reasons.into_keys().collect();
    assert_eq!(reasons, ["CrashLoopBackOff", "ImagePullBackOff", "OOMKilled"]);
}

#[test]
fn json_is_parsed_unchanged() {
    for pod in pods() {
        let json = serde_json::to_string(&pod).unwrap();
        let in_document = Pod { ready_since: None, ..pod };
        assert_eq!(serde_json::from_str::<Pod>(&json).unwrap(), in_document);
    }
}
