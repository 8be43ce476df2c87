//! Rules about the measured containers and their limits.

use std::collections::BTreeSet;

use super::super::finding::{Severity, Violation};
use super::super::rule::{Need, Rule};
use super::super::subject::Subject;
use super::super::unknown::{Known, Unknown};
use super::named::{delete, described_some};
use super::requests::has_reading;
use super::{count, few, some};
use crate::hpa::{Metric, MetricType, TargetType, conditions, reasons};
use crate::kube::{Container, Pod, Quantity, Resources};

pub(in super::super) const CONTAINER_MISSING: Rule = Rule {
    id: "container-missing",
    severity: Severity::Error,
    title: "the metric's container does not exist",
    condition: "A ContainerResource metric without a reading names a container that no running pod of the target has (without pods: that its template does not have), or that one of the pods lacks which the controller measures.",
    action: "correct the container's name in the HPA's metric, or use a Resource metric",
    explain: "\
A ContainerResource metric follows one container in each pod. Where no pod has a container of that name \
the metric never has a reading: it was renamed, or mistyped, and the API server does not check it. To many controllers one pod \
without the container is enough: one of an old template, say, while the container is renamed.

It is raised where the target's running pods are known and none has the container; where there is no \
running pod, or pods cannot be read, the target's template decides. Where some have it, it is raised if the controller \
says that it lacks the container in a pod, or if this metric alone has no reading. Sidecars (restartable init \
containers) count, ordinary init containers do not.",
    needs: &[Need::Target],
    uses: &[Need::Pods],
    check: |subject| container_missing(subject).into(),
};

/// The containers named by metrics: those that do not exist, and all that do.
struct Named<'a> {
    missing: Vec<&'a str>,
    there: Vec<&'a str>,
}

/// Whether this metric is for a container that does not exist, or not in every pod.
pub(super) fn fails_by_container(subject: &Subject<'_>, metric: &Metric) -> bool {
    let Some(name) = metric.container.as_deref() else { return false };
    let is_missing = |named: Option<Named<'_>>| named.is_some_and(|it| it.missing.contains(&name));
    named_containers(subject).is_ok_and(is_missing)
        || partly_missing(subject).is_some_and(|it| it.container == name)
}

fn container_missing(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let Some(Named { missing, there }) = named_containers(subject)? else { return Ok(None) };
    if missing.is_empty() {
        return Ok(partly_missing(subject).map(|it| it.raise()));
    }
    let message = format!(
        "its metric is of container {}, which {} does not have; it has {}",
        some(&missing),
        subject.hpa.reference(),
        some(&there),
    );
    Ok(Some(
        Violation::new(Severity::Error, message).with("missing", missing).with("containers", there),
    ))
}

/// The metrics for containers that have no reading, and their containers.
fn unread_containers<'a>(subject: &Subject<'a>) -> impl Iterator<Item = (&'a Metric, &'a str)> {
    subject
        .hpa
        .metrics
        .iter()
        .filter(|metric| metric.kind == MetricType::ContainerResource)
        .filter(|metric| !has_reading(subject, metric))
        .filter_map(|metric| Some((metric, metric.container.as_deref()?)))
}

fn named_containers<'a>(subject: &Subject<'a>) -> Known<Option<Named<'a>>> {
    let names: BTreeSet<&str> = unread_containers(subject).map(|(_, name)| name).collect();
    if names.is_empty() {
        return Ok(None);
    }
    let Some(workload) = subject.target.clone()? else { return Ok(None) };
    let mut pods = subject.measured_pods().unwrap_or_default();
    pods.retain(|pod| is_live(pod) && subject.owns(pod));
    let of_pods: BTreeSet<&str> =
        pods.iter().flat_map(|pod| &pod.containers).map(|c| &*c.name).collect();
    let there = if of_pods.is_empty() {
        workload.containers.iter().map(|container| &*container.name).collect()
    } else {
        of_pods
    };
    if there.is_empty() {
        return Err(Unknown::Undetermined("the target's containers are not known".into()));
    }
    let missing = names.difference(&there).copied().collect();
    Ok(Some(Named { missing, there: there.into_iter().collect() }))
}

fn is_live(pod: &Pod) -> bool {
    pod.deleted_at.is_none() && !pod.is_finished()
}

/// A container that some pods lack, which makes its metric fail.
struct Partly<'a> {
    container: &'a str,
    pods: Vec<&'a Pod>,
    of: usize,
}

fn partly_missing<'a>(subject: &Subject<'a>) -> Option<Partly<'a>> {
    let said = subject
        .condition(conditions::SCALING_ACTIVE, false)
        .filter(|condition| condition.reason == reasons::FAILED_GET_CONTAINER_RESOURCE_METRIC)
        .map(|condition| condition.message.as_str());
    let container = if let Some(said) = said {
        let rest = said
            .split_once("not present in metrics for pod ")
            .or_else(|| said.split_once("not found in Pod "))?;
        let name = rest.0.trim_end().rsplit(' ').next()?;
        unread_containers(subject).map(|(_, container)| container).find(|it| *it == name)?
    } else {
        // If no metric has a reading, the cause is unknown.
        subject.condition(conditions::SCALING_ACTIVE, true)?;
        subject.hpa.metrics.iter().find(|metric| metric.current.is_some())?;
        unread_containers(subject).next()?.1
    };
    let is_named = |pod: &Pod| {
        let ends = |said: &str| {
            said.split_whitespace()
                .map(|word| word.trim_end_matches(['.', ',', ';']))
                .any(|word| word.rsplit('/').next() == Some(&pod.name))
        };
        said.is_some_and(ends)
    };
    let mut pods = subject.measured_pods().ok()?;
    // Finished pods have no metrics, but newer controllers read their requests all the same.
    pods.retain(|pod| is_live(pod) || is_named(pod));
    let of = pods.len();
    pods.retain(|pod| !pod.containers.iter().any(|it| it.name == container));
    pods.sort_by_key(|pod| !is_named(pod));
    (!pods.is_empty()).then_some(Partly { container, pods, of })
}

impl Partly<'_> {
    fn raise(&self) -> Violation {
        let Self { container, pods, of } = self;
        let does = if pods.len() == 1 { "does" } else { "do" };
        let message = format!(
            "its metric is of container {container}, which {} of {} {does} not have: {}",
            pods.len(),
            count(*of, "pod"),
            described_some(pods),
        );
        let names: Vec<&str> = pods.iter().map(|pod| &*pod.name).collect();
        Violation::new(Severity::Error, message)
            .action(format!(
                "delete the pods that an old template has left ({}), or use a Resource metric until every pod has the container",
                delete(pods),
            ))
            .with("missing", vec![*container])
            .with("podCount", names.len())
            .with("pods", few(names))
    }
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

/// The requests and limits of a pod, as far as they concern a metric.
struct Sizes<'a> {
    containers: &'a [Container],
    requests: &'a Resources,
    limits: &'a Resources,
}

fn target_over_limit(subject: &Subject<'_>) -> Known<Option<Violation>> {
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
        return Err(Unknown::Undetermined("the target's containers are not known".into()));
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
    /// The requests and limits that concern a metric.
    fn of(&self, metric: &Metric) -> Option<(&'a Resources, &'a Resources)> {
        match &metric.container {
            Some(name) => {
                let container = self.containers.iter().find(|c| c.name == *name)?;
                Some((&container.requests, &container.limits))
            }
            None => Some((self.requests, self.limits)),
        }
    }

    /// Whether all values needed for a decision are known.
    fn tells(&self, metric: &Metric) -> bool {
        self.of(metric).is_some_and(|(requests, limits)| {
            let is_relative = metric.target.kind == TargetType::Utilization;
            limits.contains_key(&metric.name)
                && (!is_relative || requests.contains_key(&metric.name))
        })
    }
}

fn over_limit(metric: &Metric, sizes: &Sizes<'_>) -> Option<Violation> {
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
    // 130 % of 500m is 650m, regardless of rounding errors.
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
    let mut raise = Violation::new(Severity::Warning, message)
        .with("metric", metric.label())
        .with("target", metric.exact_target())
        .with("limit", limit.to_string());
    if let Some(request) = request {
        raise = raise.with("request", request.to_string());
    }
    Some(raise)
}

/// Formats an amount of a resource for people.
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
