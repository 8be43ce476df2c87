//! Containers and what they ask for, in a pod template or in a pod.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::json::{Opt, Seq, StringMap, Text};
use super::quantity::Quantity;

/// Amounts by resource name (`cpu`, `memory`, …).
pub type Resources = BTreeMap<String, Quantity>;

/// A container that runs for as long as its pod: an ordinary one, or an init container that is
/// restarted (a sidecar).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Whether it is declared as an init container with `restartPolicy: Always`.
    pub sidecar: bool,
    /// What it requests. A limit without a request counts as one: the API server makes it one when
    /// it creates the pod.
    pub requests: Resources,
    /// What it may use.
    pub limits: Resources,
}

/// A pod's spec as read.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct PodSpec<'a> {
    #[serde(borrow)]
    containers: Seq<RawContainer<'a>>,
    #[serde(borrow)]
    init_containers: Seq<RawContainer<'a>>,
    /// For the pod as a whole; wins over its containers' sum.
    resources: Opt<RawResources>,
    #[serde(borrow)]
    pub(super) node_name: Text<'a>,
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
struct RawResources {
    requests: StringMap,
    limits: StringMap,
}

/// The containers of a pod that count for an HPA, and what they ask for together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Demand {
    pub(super) containers: Vec<Container>,
    /// Per resource: what the pod requests as a whole, else the sum over the containers that
    /// request it.
    pub(super) requests: Resources,
    /// Per resource: the pod's own limit, else the sum over the containers where each has one.
    pub(super) limits: Resources,
    /// For CPU and memory, the containers without that request, where the pod has none as a whole.
    pub(super) missing_requests: BTreeMap<String, Vec<String>>,
}

impl PodSpec<'_> {
    pub(super) fn demand(self) -> Demand {
        let ordinary = self.containers.0.into_iter().map(|raw| container(raw, false));
        let sidecars = self
            .init_containers
            .0
            .into_iter()
            .filter(|raw| raw.restart_policy.as_str() == "Always")
            .map(|raw| container(raw, true));
        let containers: Vec<Container> = ordinary.chain(sidecars).collect();
        let pod = self.resources.0.unwrap_or_default();
        let (pod_requests, pod_limits) = (amounts(&pod.requests), amounts(&pod.limits));

        let mut requests = Resources::new();
        for (resource, amount) in containers.iter().flat_map(|c| &c.requests) {
            let sum = requests.entry(resource.clone()).or_insert(Quantity::ZERO);
            *sum = *sum + *amount;
        }
        let mut limits = Resources::new();
        let mut limited: BTreeMap<&str, usize> = BTreeMap::new();
        for (resource, amount) in containers.iter().flat_map(|c| &c.limits) {
            let sum = limits.entry(resource.clone()).or_insert(Quantity::ZERO);
            *sum = *sum + *amount;
            *limited.entry(resource).or_default() += 1;
        }
        // One container without a limit, and the pod has none.
        limits.retain(|resource, _| limited.get(resource.as_str()) == Some(&containers.len()));

        let mut missing_requests = BTreeMap::new();
        for resource in ["cpu", "memory"] {
            let missing: Vec<String> = containers
                .iter()
                .filter(|container| !container.requests.contains_key(resource))
                .map(|container| container.name.clone())
                .collect();
            if !missing.is_empty() && !pod_requests.contains_key(resource) {
                missing_requests.insert(resource.to_owned(), missing);
            }
        }
        requests.extend(pod_requests);
        limits.extend(pod_limits);
        Demand { containers, requests, limits, missing_requests }
    }
}

fn container(raw: RawContainer<'_>, sidecar: bool) -> Container {
    let resources = raw.resources.0.unwrap_or_default();
    let limits = amounts(&resources.limits);
    let mut requests = limits.clone();
    requests.extend(amounts(&resources.requests));
    Container { name: raw.name.into_string(), sidecar, requests, limits }
}

/// Amounts as quantities; what is none is left out.
pub(super) fn amounts(map: &StringMap) -> Resources {
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
    fn sums_over_what_keeps_running() {
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
    fn a_pods_own_requests_win() {
        let demand = demand(
            r#"{"resources":{"requests":{"cpu":"2"}},"containers":[{"name":"a"},{"name":"b","resources":{"requests":{"cpu":"1"}}}]}"#,
        );
        assert_eq!(text(&demand.requests), "cpu=2");
        assert_eq!(demand.missing_requests.keys().collect::<Vec<_>>(), ["memory"]);
    }

    #[test]
    fn nonsense_counts_as_absent() {
        let demand = demand(
            r#"{"containers":[{"name":"a","resources":{"requests":{"cpu":"lots","memory":null},"limits":[]}},7],"initContainers":"x"}"#,
        );
        assert_eq!(demand.containers.len(), 1);
        assert_eq!(demand.missing_requests.len(), 2);
    }
}
