//! Containers of a pod or a pod template, and the resources they request.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::json::{Opt, Seq, StringMap, Text};
use super::quantity::Quantity;

/// Amounts by resource name (`cpu`, `memory`, …).
pub type Resources = BTreeMap<String, Quantity>;

/// A container that runs as long as its pod: an ordinary one, or an init container that is
/// restarted (a sidecar).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Whether it is declared as an init container with `restartPolicy: Always`.
    pub sidecar: bool,
    /// Its requests. A limit without a request counts as a request: the API server sets it when it
    /// creates the pod.
    pub requests: Resources,
    /// Its limits.
    pub limits: Resources,
}

/// The parts of a pod's spec that are read.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PodSpec<'a> {
    #[serde(borrow)]
    containers: Seq<RawContainer<'a>>,
    #[serde(borrow)]
    init_containers: Seq<RawContainer<'a>>,
    /// Resources of the pod as a whole; they take precedence over the sum of its containers.
    resources: Opt<RawResources>,
    /// The additional resources of the pod's runtime, from its RuntimeClass.
    overhead: StringMap,
    #[serde(borrow)]
    pub(crate) node_name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawContainer<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    restart_policy: Text<'a>,
    resources: Opt<RawResources>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RawResources {
    requests: StringMap,
    limits: StringMap,
}

impl RawResources {
    /// The requests in a container's status.
    pub(crate) fn held_requests(&self) -> Resources {
        amounts(&self.requests)
    }
}

/// The containers of a pod that count for an HPA, and their total resources, summed as the HPA
/// controller and the scheduler do.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Demand {
    pub(crate) containers: Vec<Container>,
    /// Per resource: the pod-level request, else the sum over the containers that request it.
    pub(crate) requests: Resources,
    /// Per resource: the pod-level limit, else the sum over the containers if each has one.
    pub(crate) limits: Resources,
    /// For CPU and memory: the containers without that request, if that makes the pod's request
    /// unknown.
    pub(crate) missing_requests: BTreeMap<String, Vec<String>>,
    /// Whether the pod has requests at pod level.
    pub(crate) pod_level: bool,
}

impl PodSpec<'_> {
    pub(crate) fn demand(self) -> Demand {
        let mut containers: Vec<Container> =
            self.containers.0.into_iter().map(|raw| container(raw, false)).collect();
        // The pod's needs while it starts: each ordinary init container runs together with the
        // sidecars started before it.
        let mut starting = Resources::new();
        let mut sidecars = Resources::new();
        for raw in self.init_containers.0 {
            let is_sidecar = raw.restart_policy.as_str() == "Always";
            let container = container(raw, is_sidecar);
            if is_sidecar {
                add(&mut sidecars, &container.requests);
                containers.push(container);
            } else {
                let mut together = sidecars.clone();
                add(&mut together, &container.requests);
                raise(&mut starting, together);
            }
        }
        let pod = self.resources.0.unwrap_or_default();
        let pod_limits = amounts(&pod.limits);
        // As for a container, a limit without a request counts as a request.
        let mut pod_requests = pod_limits.clone();
        pod_requests.extend(amounts(&pod.requests));
        pod_requests.retain(|resource, _| is_pod_level(resource));

        let mut requests = Resources::new();
        for container in &containers {
            add(&mut requests, &container.requests);
        }
        let mut limits = Resources::new();
        let mut limited: BTreeMap<&str, usize> = BTreeMap::new();
        for container in &containers {
            add(&mut limits, &container.limits);
            for resource in container.limits.keys() {
                *limited.entry(resource).or_default() += 1;
            }
        }
        // Without a pod-level limit, one container without a limit makes the pod unlimited.
        limits.retain(|resource, _| limited.get(resource.as_str()) == Some(&containers.len()));

        // A pod-level request for any resource makes the controller sum like the scheduler: one
        // container with a request is sufficient, and ordinary init containers and the overhead
        // count too.
        let pod_level = !pod_requests.is_empty();
        if pod_level {
            raise(&mut requests, starting);
        }
        requests.extend(pod_requests);
        limits.extend(pod_limits);

        let mut missing_requests = BTreeMap::new();
        for resource in ["cpu", "memory"] {
            if pod_level
                && (requests.contains_key(resource) || self.overhead.0.contains_key(resource))
            {
                continue;
            }
            let missing: Vec<String> = containers
                .iter()
                .filter(|container| !container.requests.contains_key(resource))
                .map(|container| container.name.clone())
                .collect();
            if !missing.is_empty() {
                missing_requests.insert(resource.to_owned(), missing);
            }
        }
        Demand { containers, requests, limits, missing_requests, pod_level }
    }
}

/// Whether a pod may have pod-level requests for the resource.
fn is_pod_level(resource: &str) -> bool {
    matches!(resource, "cpu" | "memory") || resource.starts_with("hugepages-")
}

fn add(to: &mut Resources, amounts: &Resources) {
    for (resource, amount) in amounts {
        let sum = to.entry(resource.clone()).or_insert(Quantity::ZERO);
        *sum = *sum + *amount;
    }
}

/// Raises each amount to the other one if that is larger.
fn raise(amounts: &mut Resources, others: Resources) {
    for (resource, other) in others {
        let amount = amounts.entry(resource).or_insert(other);
        *amount = (*amount).max(other);
    }
}

fn container(raw: RawContainer<'_>, sidecar: bool) -> Container {
    let resources = raw.resources.0.unwrap_or_default();
    let limits = amounts(&resources.limits);
    let mut requests = limits.clone();
    requests.extend(amounts(&resources.requests));
    Container { name: raw.name.into_string(), sidecar, requests, limits }
}

/// Amounts as quantities; invalid ones are omitted.
pub(crate) fn amounts(map: &StringMap) -> Resources {
    let parse = |(name, text): (&String, &String)| Some((name.clone(), text.parse().ok()?));
    map.0.iter().filter_map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(json: &str) -> Demand {
        serde_json::from_str::<PodSpec<'_>>(json).unwrap().demand()
    }

    fn text(resources: &Resources) -> String {
        resources.iter().map(|(name, q)| format!("{name}={q}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_containers_that_keep_running_are_summed() {
        let demand = demand(
            r#"{"containers":[
                {"name":"app","resources":{"requests":{"cpu":"100m","memory":"128Mi"},"limits":{"cpu":1}}},
                {"name":"log","resources":{"limits":{"cpu":"500m"}}}],
               "initContainers":[
                {"name":"mesh","restartPolicy":"Always","resources":{"requests":{"cpu":"50m"}}},
                {"name":"migrate","resources":{"requests":{"cpu":"8"}}}]}"#,
        );
        let names: Vec<_> = demand.containers.iter().map(|c| (&*c.name, c.sidecar)).collect();
        assert_eq!(names, [("app", false), ("log", false), ("mesh", true)]);
        assert_eq!(text(&demand.requests), "cpu=650m memory=128Mi");
        assert_eq!(text(&demand.limits), "", "mesh has no limit");
        assert_eq!(demand.missing_requests.get("cpu"), None);
        assert_eq!(demand.missing_requests["memory"], ["log", "mesh"]);
    }

    #[test]
    fn pod_level_requests_take_precedence() {
        let demand = demand(
            r#"{"resources":{"requests":{"cpu":"2"}},"containers":[{"name":"a"},{"name":"b","resources":{"requests":{"cpu":"1"}}}]}"#,
        );
        assert_eq!(text(&demand.requests), "cpu=2");
        assert_eq!(demand.missing_requests.keys().collect::<Vec<_>>(), ["memory"]);
    }

    /// One container with a request is sufficient as soon as the pod has any pod-level request.
    #[test]
    fn one_pod_level_request_changes_how_all_resources_are_summed() {
        let other = demand(
            r#"{"resources":{"requests":{"cpu":"1"}},"containers":[
                {"name":"app","resources":{"requests":{"memory":"1Gi"}}},{"name":"helper"}]}"#,
        );
        assert!(other.pod_level && other.missing_requests.is_empty());
        assert_eq!(text(&other.requests), "cpu=1 memory=1Gi");
        // An ordinary init container counts as a maximum, together with the sidecars before it.
        let starting = |own: &str| {
            demand(&format!(
                r#"{{"resources":{{"requests":{{"cpu":"1"}}}},"containers":[{{"name":"app"{own}}}],"initContainers":[
                    {{"name":"mesh","restartPolicy":"Always","resources":{{"requests":{{"memory":"1Gi"}}}}}},
                    {{"name":"migrate","resources":{{"requests":{{"memory":"2Gi"}}}}}}]}}"#
            ))
        };
        assert_eq!(text(&starting("").requests), "cpu=1 memory=3Gi");
        let larger = starting(r#","resources":{"requests":{"memory":"4Gi"}}"#);
        assert_eq!(text(&larger.requests), "cpu=1 memory=5Gi");
        let overhead = demand(
            r#"{"resources":{"limits":{"cpu":"1"}},"overhead":{"memory":"64Mi"},"containers":[{"name":"app"}]}"#,
        );
        assert!(overhead.missing_requests.is_empty(), "{:?}", overhead.missing_requests);
        let neither = demand(
            r#"{"resources":{"requests":{"hugepages-2Mi":"4Mi"}},"containers":[{"name":"app"}]}"#,
        );
        assert_eq!(neither.missing_requests.keys().collect::<Vec<_>>(), ["cpu", "memory"]);
        // Resources that are not possible at pod level change nothing, nor does an overhead alone.
        for resources in [r#"{"requests":{"example.com/gpu":"1"}}"#, r#"{"requests":{}}"#, "null"] {
            let plain = demand(&format!(
                r#"{{"resources":{resources},"overhead":{{"cpu":"1"}},"containers":[
                    {{"name":"app","resources":{{"requests":{{"cpu":"1"}}}}}},{{"name":"helper"}}],
                    "initContainers":[{{"name":"migrate","resources":{{"requests":{{"memory":"2Gi"}}}}}}]}}"#
            ));
            assert!(!plain.pod_level);
            assert_eq!(plain.missing_requests["cpu"], ["helper"]);
            assert_eq!(text(&plain.requests), "cpu=1");
        }
    }

    #[test]
    fn invalid_values_count_as_absent() {
        let demand = demand(
            r#"{"containers":[{"name":"a","resources":{"requests":{"cpu":"lots","memory":null},"limits":[]}},7],"initContainers":"x"}"#,
        );
        assert_eq!(demand.containers.len(), 1);
        assert_eq!(demand.missing_requests.len(), 2);
    }
}
