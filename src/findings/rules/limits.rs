//! The requests and limits of the containers that are measured.

use std::collections::{BTreeMap, BTreeSet};

use super::super::finding::{Raise, Severity};
use super::super::labels::Selector;
use super::super::rule::{Need, Rule};
use super::super::subject::{Known, Subject};
use super::{count, few, some};
use crate::hpa::{Container, Hpa, Metric, MetricType, Pod, Quantity, Resources, TargetType};

/// Whether it is measured in percent of requests.
pub(super) fn is_utilization(metric: &Metric) -> bool {
    matches!(metric.kind, MetricType::Resource | MetricType::ContainerResource)
        && metric.target.kind == TargetType::Utilization
}

pub(in super::super) const MISSING_REQUESTS: Rule = Rule {
    id: "missing-requests",
    severity: Severity::Error,
    title: "a container without the request",
    condition: "A metric is in percent of requests, and a running pod has a container that does not request that resource.",
    action: "set the request in the container that is named (sidecars too), or scale by averageValue, or by a ContainerResource metric of the main container",
    explain: "\
Utilization is usage in percent of the requests, summed over all containers of all pods. One container \
of one pod without the request is enough to fail the whole metric: a sidecar that was injected, or \
a pod of an older template.

It is raised for each running pod that the target's selector matches, whose containers (restartable init \
containers included) do not all request the resource; a request for the pod as a whole, or a limit, \
counts. Pods are looked at, not only the template: a LimitRange may fill requests in, and a webhook may \
add containers. It is raised as well where the controller says so in its message, whether or not pods \
can be read.",
    needs: &[Need::Target, Need::Pods],
    uses: &[],
    check: |subject| missing_requests(subject).into(),
};

fn missing_requests(subject: &Subject<'_>) -> Known<Option<Raise>> {
    let metrics: Vec<&Metric> = subject.hpa.metrics.iter().filter(|m| is_utilization(m)).collect();
    if metrics.is_empty() {
        return Ok(None);
    }
    let told = subject
        .condition("ScalingActive", false)
        .and_then(|condition| condition.message.split_once("missing request for "))
        .map(|(_, rest)| rest);
    let pods = match (measured(subject), told) {
        (Ok(pods), _) => pods,
        (Err(_), Some(_)) => Vec::new(),
        (Err(why), None) => return Err(why),
    };
    let mut containers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut lacking = Vec::new();
    for pod in &pods {
        let mut lacks = false;
        for metric in &metrics {
            for container in without_request(pod, metric) {
                containers.entry(&metric.name).or_default().insert(container);
                lacks = true;
            }
        }
        if lacks {
            lacking.push(&*pod.name);
        }
    }
    let message = match (containers.first_key_value(), told) {
        (None, None) => return Ok(None),
        (None, Some(told)) => {
            format!("utilization cannot be computed: there is no request for {told}")
        }
        (Some(_), _) => {
            let parts: Vec<String> = containers
                .iter()
                .map(|(resource, names)| {
                    let names: Vec<&str> = names.iter().copied().collect();
                    let plural = if names.len() == 1 { "" } else { "s" };
                    format!("no {resource} request in container{plural} {}", some(&names))
                })
                .collect();
            format!(
                "utilization cannot be computed: {} of {} of {}, such as {}",
                parts.join(", "),
                lacking.len(),
                count(pods.len(), "pod"),
                lacking.first().copied().unwrap_or_default(),
            )
        }
    };
    let mut raise = Raise::new(Severity::Error, message)
        .with("podCount", lacking.len())
        .with("pods", few(lacking));
    for (resource, names) in containers {
        raise = raise.with(resource, names.into_iter().collect::<Vec<_>>());
    }
    Ok(Some(raise))
}

/// The running pods that the controller measures: those that the selector matches.
fn measured<'a>(subject: &Subject<'a>) -> Known<Vec<&'a Pod>> {
    let mut pods = subject.live_pods()?;
    let Some(workload) = subject.workload() else { return Ok(pods) };
    if let Some(selector) = workload.selector.as_deref().and_then(Selector::parse) {
        let selected = subject.index.selected(&workload.namespace, &selector);
        let stranger = |pod: &&Pod| {
            pod.deleted_at.is_none() && !pod.is_finished() && !pod.is_owned_by(workload)
        };
        pods.extend(selected.into_iter().filter(stranger));
    }
    Ok(pods)
}

/// Whether a pod lacks a request that a metric of the HPA needs.
pub(super) fn lacks_request(hpa: &Hpa, pod: &Pod) -> bool {
    let mut metrics = hpa.metrics.iter().filter(|metric| is_utilization(metric));
    metrics.any(|metric| !without_request(pod, metric).is_empty())
}

/// Whether a pod that is measured lacks the request that this metric needs.
pub(super) fn fails_by_request(subject: &Subject<'_>, metric: &Metric) -> bool {
    let lacks = |pod: &&Pod| !without_request(pod, metric).is_empty();
    is_utilization(metric) && measured(subject).is_ok_and(|pods| pods.iter().any(lacks))
}

/// Whether pods lack a request, and none of them is the target's own.
pub(in super::super) fn only_strangers_lack_requests(subject: &Subject<'_>) -> bool {
    let (Some(workload), Ok(mut pods)) = (subject.workload(), measured(subject)) else {
        return false;
    };
    pods.retain(|pod| lacks_request(subject.hpa, pod));
    !pods.is_empty() && !pods.iter().any(|pod| pod.is_owned_by(workload))
}

/// The containers of a pod that lack the request the metric needs.
fn without_request<'a>(pod: &'a Pod, metric: &Metric) -> Vec<&'a str> {
    let Some(name) = &metric.container else {
        let missing = pod.missing_requests.get(&metric.name);
        return missing.into_iter().flatten().map(String::as_str).collect();
    };
    pod.containers
        .iter()
        .filter(|container| container.name == *name)
        .filter(|container| !container.requests.contains_key(&metric.name))
        .map(|container| &*container.name)
        .collect()
}

pub(in super::super) const CONTAINER_MISSING: Rule = Rule {
    id: "container-missing",
    severity: Severity::Error,
    title: "the metric's container does not exist",
    condition: "A ContainerResource metric names a container that no running pod of the target has (without pods: that its template does not have).",
    action: "correct the container's name in the HPA's metric, or use a Resource metric",
    explain: "\
A ContainerResource metric follows one container in each pod. Where no pod has a container of that name \
the metric never has a reading: it was renamed, or mistyped, and the API server does not check it.

It is raised where the target's running pods are known and none has the container; where there is no \
running pod, or pods cannot be read, the target's template decides. Sidecars (restartable init \
containers) count, ordinary init containers do not.",
    needs: &[Need::Target],
    uses: &[Need::Pods],
    check: |subject| container_missing(subject).into(),
};

/// The containers that metrics name, those of them that are not there, and those that are.
struct Named<'a> {
    missing: Vec<&'a str>,
    there: Vec<&'a str>,
}

/// Whether this metric is of a container that is not there.
pub(super) fn fails_by_container(subject: &Subject<'_>, metric: &Metric) -> bool {
    let Ok(Some(named)) = named_containers(subject) else { return false };
    metric.container.as_deref().is_some_and(|name| named.missing.contains(&name))
}

fn container_missing(subject: &Subject<'_>) -> Known<Option<Raise>> {
    let Some(Named { missing, there }) = named_containers(subject)? else { return Ok(None) };
    if missing.is_empty() {
        return Ok(None);
    }
    let message = format!(
        "its metric is of container {}, which {} does not have; it has {}",
        some(&missing),
        subject.hpa.reference(),
        some(&there),
    );
    Ok(Some(
        Raise::new(Severity::Error, message).with("missing", missing).with("containers", there),
    ))
}

fn named_containers<'a>(subject: &Subject<'a>) -> Known<Option<Named<'a>>> {
    let names: BTreeSet<&str> = subject
        .hpa
        .metrics
        .iter()
        .filter(|metric| metric.kind == MetricType::ContainerResource)
        .filter_map(|metric| metric.container.as_deref())
        .collect();
    if names.is_empty() {
        return Ok(None);
    }
    let Some(workload) = subject.target.clone()? else { return Ok(None) };
    let pods = subject.live_pods().unwrap_or_default();
    let of_pods: BTreeSet<&str> =
        pods.iter().flat_map(|pod| &pod.containers).map(|c| &*c.name).collect();
    let there = if of_pods.is_empty() {
        workload.containers.iter().map(|container| &*container.name).collect()
    } else {
        of_pods
    };
    if there.is_empty() {
        return Err("the target's containers are not known".to_owned());
    }
    let missing = names.difference(&there).copied().collect();
    Ok(Some(Named { missing, there: there.into_iter().collect() }))
}

pub(in super::super) const TARGET_OVER_LIMIT: Rule = Rule {
    id: "target-over-limit",
    severity: Severity::Warning,
    title: "limit reached before the target",
    condition: "The usage at which the HPA would add replicas is at or above the limit.",
    action: "lower the metric's target, or raise the limit above target × request",
    explain: "\
At its target a pod may use target × request (or averageValue). Where that is at or above the limit, it is throttled \
(cpu) or killed (memory) before the average reaches the target: the HPA scales late or never, while \
the pods suffer.

It is decided by the requests and limits of the target's template, and where that leaves one open by those of a pod, \
to which a LimitRange may have added them; for a Resource metric summed over the pod's containers. Where a container \
has no limit the pod has none, and nothing is raised.",
    needs: &[Need::Target],
    uses: &[Need::Pods],
    check: |subject| target_over_limit(subject).into(),
};

/// What a pod requests and may use, as far as a metric goes.
struct Sizes<'a> {
    containers: &'a [Container],
    requests: &'a Resources,
    limits: &'a Resources,
}

fn target_over_limit(subject: &Subject<'_>) -> Known<Option<Raise>> {
    let measured = |metric: &&Metric| {
        matches!(metric.kind, MetricType::Resource | MetricType::ContainerResource)
    };
    let metrics: Vec<&Metric> = subject.hpa.metrics.iter().filter(measured).collect();
    if metrics.is_empty() {
        return Ok(None);
    }
    let Some(workload) = subject.target.clone()? else { return Ok(None) };
    let pods = subject.live_pods().unwrap_or_default();
    if workload.containers.is_empty() && pods.is_empty() {
        return Err("the target's containers are not known".to_owned());
    }
    let template = Sizes {
        containers: &workload.containers,
        requests: &workload.requests,
        limits: &workload.limits,
    };
    let made = pods.first().map(|pod| Sizes {
        containers: &pod.containers,
        requests: &pod.requests,
        limits: &pod.limits,
    });
    Ok(metrics.into_iter().find_map(|metric| {
        // A LimitRange or a webhook may have added to the pods what the template leaves open.
        let made = made.as_ref().filter(|_| !template.tells(metric));
        over_limit(metric, made.unwrap_or(&template))
    }))
}

impl<'a> Sizes<'a> {
    /// The requests and limits that a metric is about.
    fn of(&self, metric: &Metric) -> Option<(&'a Resources, &'a Resources)> {
        match &metric.container {
            Some(name) => {
                let container = self.containers.iter().find(|c| c.name == *name)?;
                Some((&container.requests, &container.limits))
            }
            None => Some((self.requests, self.limits)),
        }
    }

    /// Whether all is there that it is decided by.
    fn tells(&self, metric: &Metric) -> bool {
        self.of(metric).is_some_and(|(requests, limits)| {
            let is_relative = metric.target.kind == TargetType::Utilization;
            limits.contains_key(&metric.name)
                && (!is_relative || requests.contains_key(&metric.name))
        })
    }
}

fn over_limit(metric: &Metric, sizes: &Sizes<'_>) -> Option<Raise> {
    let (requests, limits) = sizes.of(metric)?;
    let limit = *limits.get(&metric.name)?;
    let target = metric.target.quantity()?;
    let (amount, request) = match metric.target.kind {
        TargetType::Utilization => {
            let request = *requests.get(&metric.name)?;
            (target.as_f64() / 100.0 * request.as_f64(), Some(request))
        }
        TargetType::AverageValue => (target.as_f64(), None),
        _ => return None,
    };
    // 130 % of 500m is 650m, whatever floating point makes of it.
    if amount < limit.as_f64() * (1.0 - 1e-9) {
        return None;
    }
    let how = match request {
        Some(request) => format!(
            "{target} % of the request of {} is {}",
            human(&metric.name, request),
            text(&metric.name, amount),
        ),
        None => format!("the target is {}", human(&metric.name, target)),
    };
    let message = format!(
        "{} reaches its limit before its target: {how} a pod, the limit is {}",
        metric.label(),
        human(&metric.name, limit),
    );
    let mut raise = Raise::new(Severity::Warning, message)
        .with("metric", metric.label())
        .with("target", metric.exact_target())
        .with("limit", limit.to_string());
    if let Some(request) = request {
        raise = raise.with("request", request.to_string());
    }
    Some(raise)
}

/// An amount of a resource for people.
fn human(resource: &str, amount: Quantity) -> String {
    match resource {
        "cpu" => amount.human_cpu(),
        "memory" | "ephemeral-storage" => amount.human_bytes(),
        _ => amount.to_string(),
    }
}

fn text(resource: &str, amount: f64) -> String {
    let exact =
        if resource == "cpu" { format!("{:.0}m", amount * 1e3) } else { format!("{amount:.0}") };
    exact.parse().map_or(exact, |quantity| human(resource, quantity))
}

#[cfg(test)]
mod tests;
