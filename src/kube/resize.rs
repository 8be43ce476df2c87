//! Pods that are resized in place: for a while, a request exists only in the spec.

use serde::{Deserialize, Serialize};

use super::api;
use super::containers::{Container, Resources};
use super::quantity::Quantity;

/// A pod whose containers do not yet have the resources of its spec.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resize {
    /// The kubelet's condition, such as `PodResizePending: Infeasible`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The requests that are not in effect yet.
    pub requests: Vec<PendingRequest>,
}

/// A request that is not in effect yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingRequest {
    /// The container.
    pub container: String,
    /// `cpu` or `memory`.
    pub resource: String,
    /// The amount in the spec, by which the HPA controller divides.
    pub requested: Quantity,
    /// The amount with which the container runs.
    pub held: Quantity,
}

impl Resize {
    /// Determined from the pod's conditions, and the resources with which its containers run
    /// (`held`, by name).
    pub(crate) fn of<'s>(
        conditions: &[api::Condition<'_>],
        containers: &[Container],
        held: impl Fn(&str) -> Option<&'s Resources>,
    ) -> Option<Self> {
        let condition = conditions.iter().find(|condition| {
            matches!(condition.kind.as_str(), "PodResizePending" | "PodResizeInProgress")
                && condition.status.as_str() == "True"
        });
        let condition = condition.map(|it| match it.reason.as_str() {
            "" => it.kind.as_str().to_owned(),
            reason => format!("{}: {reason}", it.kind.as_str()),
        });
        let mut requests = Vec::new();
        for container in containers {
            let Some(held) = held(&container.name) else { continue };
            for (resource, requested) in &container.requests {
                // Resources that are not reported, because they cannot be resized, have not
                // changed.
                let Some(held) = held.get(resource).filter(|held| *held != requested) else {
                    continue;
                };
                requests.push(PendingRequest {
                    container: container.name.clone(),
                    resource: resource.clone(),
                    requested: *requested,
                    held: *held,
                });
            }
        }
        (condition.is_some() || !requests.is_empty()).then_some(Self { condition, requests })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Pod;

    fn resize(spec: &str, status: &str) -> Option<super::Resize> {
        let json = format!(
            r#"{{"kind":"List","items":[{{"metadata":{{"name":"a"}},"spec":{{"containers":[{{"name":"app","resources":{{"requests":{spec}}}}}]}},"status":{status}}}]}}"#
        );
        Pod::parse_list(json.as_bytes()).unwrap().0.remove(0).resize
    }

    fn held(requests: &str) -> String {
        format!(
            r#"{{"containerStatuses":[{{"name":"app","resources":{{"requests":{requests}}}}}]}}"#
        )
    }

    #[test]
    fn a_request_that_the_container_does_not_have_yet_is_pending() {
        let cpu = r#"{"cpu":"4"}"#;
        let found = resize(cpu, &held(r#"{"cpu":"1"}"#)).unwrap();
        assert_eq!(found.condition, None);
        assert_eq!(
            (found.requests[0].requested, found.requests[0].held),
            ("4".parse().unwrap(), "1".parse().unwrap())
        );
        for same in [held(r#"{"cpu":"4000m"}"#), held(r#"{"memory":"1Gi"}"#), held("null")] {
            assert_eq!(resize(cpu, &same), None, "{same}");
        }
        // Before Kubernetes 1.27 a container status has no resources.
        assert_eq!(resize(cpu, r#"{"containerStatuses":[{"name":"app"}]}"#), None);
        assert_eq!(resize(cpu, r#"{"containerStatuses":null}"#), None);
        assert_eq!(resize("null", &held(r#"{"cpu":"1"}"#)), None);
    }

    #[test]
    fn the_kubelets_condition_is_reported() {
        let condition = |kind: &str, status: &str, reason: &str| {
            let json = format!(
                r#"{{"conditions":[{{"type":"{kind}","status":"{status}","reason":"{reason}"}}]}}"#
            );
            resize("{}", &json).and_then(|resize| resize.condition)
        };
        let deferred = condition("PodResizePending", "True", "Deferred");
        assert_eq!(deferred.as_deref(), Some("PodResizePending: Deferred"));
        let under_way = condition("PodResizeInProgress", "True", "");
        assert_eq!(under_way.as_deref(), Some("PodResizeInProgress"));
        assert_eq!(condition("PodResizePending", "False", "Deferred"), None);
        assert_eq!(condition("Ready", "True", ""), None);
    }
}
