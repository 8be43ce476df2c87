//! Alerts and objects for tests.

use crate::hpa::Hpa;
use crate::kube::Pod;
use crate::prometheus::{Alert, AlertState};

/// An alert that fires, with these labels.
pub(crate) fn alert(labels: &[(&str, &str)]) -> Alert {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Alert {
        labels: labels.iter().map(own).collect(),
        annotations: [].into(),
        starts_at: None,
        state: AlertState::Firing,
        silenced_by: Vec::new(),
        inhibited_by: Vec::new(),
        generator_url: None,
        fingerprint: None,
    }
}

/// An HPA of namespace shop, and its target `KIND/NAME`.
pub(super) fn hpa(name: &str, target: &str) -> Hpa {
    let (kind, of) = target.split_once('/').unwrap();
    let json = format!(
        r#"{{"kind":"HorizontalPodAutoscalerList","apiVersion":"autoscaling/v2","items":[{{"metadata":{{"name":"{name}","namespace":"shop","uid":"u-{name}"}},
        "spec":{{"maxReplicas":9,"scaleTargetRef":{{"kind":"{kind}","name":"{of}"}}}}}}]}}"#
    );
    let list = crate::hpa::parse_list(&"prod".into(), &"prod".into(), json.as_bytes());
    list.unwrap().hpas.pop().unwrap()
}

/// A pod of namespace shop on a node, with the object that controls it, `KIND/NAME`.
pub(super) fn pod(name: &str, owner: &str, node: &str) -> Pod {
    let (kind, of) = owner.split_once('/').unwrap();
    let app = of.split('-').next().unwrap_or_default();
    let json = format!(
        r#"{{"kind":"PodList","items":[{{"metadata":{{"namespace":"shop","name":"{name}","labels":{{"app":"{app}"}},
        "ownerReferences":[{{"apiVersion":"apps/v1","kind":"{kind}","name":"{of}","uid":"o","controller":true}}]}},
        "spec":{{"nodeName":"{node}","containers":[{{"name":"app"}}]}},"status":{{"phase":"Running"}}}}]}}"#
    );
    Pod::parse_list(json.as_bytes()).unwrap().0.remove(0)
}
