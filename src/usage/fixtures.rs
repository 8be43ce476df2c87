//! Pods and metrics for tests.

use std::collections::BTreeMap;

use crate::kube::{ContainerMetrics, Pod, PodMetrics, Resources};

/// A running pod that requests 100m and 128Mi, and is limited to 500m and 512Mi.
pub(super) fn pod(name: &str) -> Pod {
    let json = format!(
        r#"{{"kind":"PodList","items":[{{"metadata":{{"namespace":"shop","name":"{name}","creationTimestamp":"2026-11-27T08:00:00Z"}},
            "spec":{{"containers":[{{"name":"app","resources":{{"requests":{{"cpu":"100m","memory":"128Mi"}},"limits":{{"cpu":"500m","memory":"512Mi"}}}}}}]}},
            "status":{{"phase":"Running","conditions":[{{"type":"Ready","status":"True"}}]}}}}]}}"#
    );
    Pod::parse_list(json.as_bytes()).unwrap().0.remove(0)
}

/// A pod whose only container requests nothing.
pub(super) fn without_requests(name: &str) -> Pod {
    let missing = ["cpu", "memory"].map(|it| (it.to_owned(), vec!["app".to_owned()]));
    Pod {
        requests: Resources::new(),
        limits: Resources::new(),
        missing_requests: BTreeMap::from(missing),
        ..pod(name)
    }
}

/// What a pod with one container used over 15 s until 10:00.
pub(super) fn metrics(name: &str, cpu: &str, memory: &str) -> PodMetrics {
    PodMetrics {
        namespace: "shop".to_owned(),
        name: name.to_owned(),
        timestamp: "2026-11-27T10:00:00Z".parse().ok(),
        window: Some(jiff::SignedDuration::from_secs(15)),
        containers: vec![ContainerMetrics {
            name: "app".to_owned(),
            cpu: cpu.parse().ok(),
            memory: memory.parse().ok(),
        }],
    }
}
