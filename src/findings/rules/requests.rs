//! Rules about the base of percentages: the requests of the measured pods.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::super::finding::{Severity, Violation};
use super::super::rule::{Need, Rule};
use super::super::subject::Subject;
use super::super::unknown::Known;
use super::named::{delete, described_some, them};
use super::{count, few, some};
use crate::hpa::{Metric, MetricType, TargetType, conditions};
use crate::kube::{Container, Pod, Quantity};

pub(in super::super) const MISSING_REQUESTS: Rule = Rule {
    id: "missing-requests",
    severity: Severity::Error,
    title: "a container lacks the request that a metric needs",
    condition: "A metric is in percent of requests and has no reading, and a pod that the target's selector matches does not request that resource in all its containers, or all request 0; a warning for manifests, to which a LimitRange in the cluster may add requests.",
    action: "set the request in every container of the pods (sidecars too), or scale by averageValue, or by a ContainerResource metric of the main container",
    explain: "\
Utilization is usage in percent of the requests, summed over all containers of all pods. One container \
of one pod without the request is enough to fail the whole metric: a sidecar that was injected, or \
a pod of an older template. The controller asks every pod that the target's selector matches, those that have \
finished, failed or are terminating included: an evicted pod of an old template has to be deleted. \
Requests of 0 throughout make the percentage one of nothing.

It is decided as the controller decides it: all containers, restartable init \
containers included, must request the resource, and a limit counts as a request. Where the pod requests anything as a whole, \
one request is enough, of the pod or any of its containers (from Kubernetes 1.34; the controllers before it \
take no notice of requests of a pod as a whole, and say so in their message). The pods decide, not the template: a \
LimitRange may fill requests in, and a webhook may add containers. For manifests (hpa check -f) the template \
decides, with the LimitRanges among them; a request that is missing all the same is a warning, since the cluster may have others.

Where ScalingActive is True and the metric has a reading no request is missing, and nothing is raised. It is raised as \
well where the controller says so in its message, whether or not pods can be read.",
    needs: &[Need::Target, Need::Pods],
    uses: &[],
    check: |subject| missing_requests(subject).into(),
};

/// Whether the metric is measured in percent of requests.
pub(super) fn is_utilization(metric: &Metric) -> bool {
    matches!(metric.kind, MetricType::Resource | MetricType::ContainerResource)
        && metric.target.kind == TargetType::Utilization
}

/// Whether the controller has a reading now. Then no request that it needs is missing.
pub(super) fn has_reading(subject: &Subject<'_>, metric: &Metric) -> bool {
    subject.condition(conditions::SCALING_ACTIVE, true).is_some()
        && metric.current.as_ref().is_some_and(|current| current.value.is_some())
}

/// The controller's message about a missing request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Said<'a> {
    /// The text from the resource on: `cpu in container app of Pod web-1`.
    text: &'a str,
    resource: &'a str,
    container: Option<&'a str>,
    pod: Option<&'a str>,
    /// Whether it is about a pod-level request.
    pod_level: bool,
}

impl<'a> Said<'a> {
    fn of(subject: &Subject<'a>) -> Option<Self> {
        Self::parse(&subject.condition(conditions::SCALING_ACTIVE, false)?.message)
    }

    /// The controller writes only `missing request for cpu` before 1.25, container and pod since
    /// then, and `missing pod-level request for cpu in Pod web-1` since 1.34.
    fn parse(message: &'a str) -> Option<Self> {
        let pod_level = message.split_once("missing pod-level request for ");
        let (_, text) = pod_level.or_else(|| message.split_once("missing request for "))?;
        let mut words = text.split_whitespace();
        let resource = words.next()?.trim_end_matches([',', ';', '.']);
        let after = |key: &str| {
            let (_, rest) = text.split_once(key)?;
            let word = rest.split_whitespace().next()?;
            Some(word.trim_end_matches([',', ';', '.', ')', ']']))
        };
        let (container, pod) = (after(" in container "), after(" Pod "));
        Some(Self { text, resource, container, pod, pod_level: pod_level.is_some() })
    }
}

/// A pod that makes a metric fail.
struct Lacking<'a> {
    pod: &'a Pod,
    /// The containers without the request, by resource.
    missing: BTreeMap<&'a str, Vec<&'a str>>,
    /// Whether only the controller considers the request missing, because it ignores pod-level
    /// requests.
    unheeded: bool,
}

/// The pods that make metrics fail, among those that the controller reads.
struct Requests<'a> {
    said: Option<Said<'a>>,
    pods: Vec<&'a Pod>,
    lacking: Vec<Lacking<'a>>,
}

impl<'a> Requests<'a> {
    fn of(subject: &Subject<'a>, metrics: &[&'a Metric]) -> Known<Self> {
        let said = Said::of(subject);
        let mut pods = subject.measured_pods()?;
        pods.retain(|pod| !pod.is_deployer() || said.is_some_and(|it| it.pod == Some(&pod.name)));
        // A controller before 1.34 fails because of a container although its pod has pod-level
        // requests.
        let unheeded = said.filter(|said| {
            let is_named = |pod: &&Pod| said.pod == Some(&pod.name) && pod.pod_level_requests;
            !said.pod_level && pods.iter().any(is_named)
        });
        let lacks = |pod: &&'a Pod| Lacking::of(pod, metrics, unheeded);
        let mut lacking: Vec<Lacking<'_>> = pods.iter().filter_map(lacks).collect();
        // The pod that the controller names comes first.
        lacking.sort_by_key(|it| said.is_none_or(|said| said.pod != Some(&it.pod.name)));
        Ok(Self { said, pods, lacking })
    }

    /// A metric for which all pods request 0.
    fn zero(&self, metrics: &[&'a Metric]) -> Option<Zero<'a>> {
        if !self.lacking.is_empty() {
            return None;
        }
        let running: Vec<&Pod> = self.pods.iter().copied().filter(|pod| is_running(pod)).collect();
        let is_zero = |metric: &&'a Metric| {
            let mut sum = None;
            for pod in &running {
                sum = Some(sum.unwrap_or(Quantity::ZERO) + request(pod, metric)?);
            }
            sum.filter(|sum| sum.is_zero()).map(|_| *metric)
        };
        let metric = metrics.iter().find_map(is_zero)?;
        Some(Zero { metric, pods: running })
    }
}

fn is_running(pod: &Pod) -> bool {
    pod.deleted_at.is_none() && pod.phase == "Running"
}

/// The pod's request for the metric.
fn request(pod: &Pod, metric: &Metric) -> Option<Quantity> {
    let requests = match &metric.container {
        Some(name) => &pod.containers.iter().find(|it| it.name == *name)?.requests,
        None => &pod.requests,
    };
    requests.get(&metric.name).copied()
}

struct Zero<'a> {
    metric: &'a Metric,
    pods: Vec<&'a Pod>,
}

impl Zero<'_> {
    fn raise(&self) -> Violation {
        let resource = &self.metric.name;
        let pods = count(self.pods.len(), "pod");
        let s = if self.pods.len() == 1 { "s" } else { "" };
        let who = match &self.metric.container {
            Some(container) => format!("container {container} of the {pods} requests"),
            None => format!("the {pods} request{s}"),
        };
        let names: Vec<&str> = self.pods.iter().map(|pod| &*pod.name).collect();
        let message =
            format!("utilization cannot be computed: {who} 0 {resource}: a percentage of nothing");
        Violation::new(Severity::Error, message)
            .action(format!(
                "request more than 0 {resource}, or scale by averageValue, which needs no request"
            ))
            .with("podCount", names.len())
            .with("pods", few(names))
            .with("zeroRequest", resource.as_str())
    }
}

impl<'a> Lacking<'a> {
    fn of(pod: &'a Pod, metrics: &[&'a Metric], unheeded: Option<Said<'a>>) -> Option<Self> {
        let mut missing: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for metric in metrics {
            let containers = without_request(pod, metric);
            if !containers.is_empty() {
                missing.insert(&metric.name, containers);
            }
        }
        let unheeded = unheeded.filter(|said| {
            let lacks = |it: &Container| {
                Some(&*it.name) == said.container && !it.requests.contains_key(said.resource)
            };
            let is_named = said.pod == Some(&pod.name);
            missing.is_empty()
                && pod.pod_level_requests
                && (is_named || pod.containers.iter().any(lacks))
        });
        if let Some(Said { resource, container: Some(container), .. }) = unheeded {
            missing.insert(resource, vec![container]);
        }
        let unheeded = unheeded.is_some();
        (!missing.is_empty()).then_some(Self { pod, missing, unheeded })
    }

    /// Whether the pod has to be deleted, or will go by itself.
    fn is_gone(&self) -> bool {
        self.pod.deleted_at.is_some() || self.pod.is_finished()
    }
}

/// The containers of a pod that lack the request for the metric.
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

/// The metrics that may fail because of a missing request.
fn open<'a>(subject: &Subject<'a>) -> Vec<&'a Metric> {
    let metrics = subject.hpa.metrics.iter().filter(|metric| is_utilization(metric));
    metrics.filter(|metric| !has_reading(subject, metric)).collect()
}

fn missing_requests(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let metrics = open(subject);
    if metrics.is_empty() {
        return Ok(None);
    }
    let requests = match (Requests::of(subject, &metrics), Said::of(subject)) {
        (Ok(requests), _) => requests,
        (Err(_), Some(said)) => return Ok(Some(by_word(said))),
        (Err(why), None) => return Err(why),
    };
    Ok(match (requests.lacking.as_slice(), requests.said) {
        ([], Some(said)) => Some(by_word(said)),
        ([], None) => requests.zero(&metrics).map(|zero| zero.raise()),
        (lacking, _) => Some(by_pods(subject, &requests, lacking)),
    })
}

/// Without a pod that lacks the request, the controller's message is the only evidence.
fn by_word(said: Said<'_>) -> Violation {
    let text = said.text.trim_end().trim_end_matches('.');
    let message = if said.pod_level {
        format!("there is no pod-level request for {text}, nor one of its containers")
    } else {
        format!("there is no request for {text}")
    };
    let raise =
        Violation::new(Severity::Error, format!("utilization cannot be computed: {message}"))
            .with("podCount", 0)
            .with("pods", Vec::<String>::new());
    if said.pod_level { raise.action(POD_LEVEL) } else { raise }
}

const POD_LEVEL: &str =
    "set the request for the pod as a whole or in a container of it, or scale by averageValue";

/// What the pods of a manifest's template lack.
fn by_template(
    subject: &Subject<'_>,
    parts: &[String],
    of_pod: bool,
    containers: BTreeMap<&str, BTreeSet<&str>>,
) -> Violation {
    let message = format!(
        "utilization cannot be computed: {} of {}, unless a LimitRange in the cluster adds it",
        parts.join(", "),
        subject.hpa.reference()
    );
    let mut raise = Violation::new(Severity::Warning, message);
    for (resource, names) in containers {
        raise = raise.with(resource, names.into_iter().collect::<Vec<_>>());
    }
    let action = if of_pod { POD_LEVEL } else { MISSING_REQUESTS.action };
    raise.action(format!(
        "{action}; where a LimitRange of the namespace adds it, check that manifest too (-f)"
    ))
}

fn by_pods(subject: &Subject<'_>, requests: &Requests<'_>, lacking: &[Lacking<'_>]) -> Violation {
    let mut containers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (resource, missing) in lacking.iter().flat_map(|it| &it.missing) {
        containers.entry(resource).or_default().extend(missing);
    }
    let of_pod = lacking.iter().all(|it| it.pod.pod_level_requests && !it.unheeded);
    let part = |(resource, names): (&&str, &BTreeSet<&str>)| {
        if of_pod {
            return format!("no {resource} request in the pod as a whole or any container");
        }
        let names: Vec<&str> = names.iter().copied().collect();
        let plural = if names.len() == 1 { "" } else { "s" };
        format!("no {resource} request in container{plural} {}", some(&names))
    };
    let parts: Vec<String> = containers.iter().map(part).collect();
    if subject.world.of_manifests {
        return by_template(subject, &parts, of_pod, containers);
    }
    let is_cause = |it: &&Lacking<'_>| !it.is_gone() && subject.owns(it.pod);
    let running = lacking.iter().find(is_cause);
    let gone: Vec<&Pod> = lacking.iter().filter(|it| it.is_gone()).map(|it| it.pod).collect();
    let all: Vec<&Pod> = lacking.iter().map(|it| it.pod).collect();
    let who = match running {
        Some(running) => format!(", such as {}", running.pod.name),
        None => format!(": {}", described_some(&all)),
    };
    let mut message = format!(
        "utilization cannot be computed: {} of {} of {}{who}",
        parts.join(", "),
        lacking.len(),
        count(requests.pods.len(), "pod"),
    );
    let unheeded = lacking.iter().any(|it| it.unheeded);
    if unheeded {
        message += "; the controller ignores pod-level requests (before Kubernetes 1.34)";
    }
    let names: Vec<&str> = all.iter().map(|pod| &*pod.name).collect();
    let mut raise = Violation::new(Severity::Error, message)
        .with("podCount", names.len())
        .with("pods", few(names));
    for (resource, names) in containers {
        raise = raise.with(resource, names.into_iter().collect::<Vec<_>>());
    }
    let finished: Vec<&Pod> = gone.into_iter().filter(|pod| pod.deleted_at.is_none()).collect();
    if running.is_none() {
        raise.action(cure(&all))
    } else if unheeded {
        raise.action("set the request in each container too, or scale by averageValue")
    } else if !finished.is_empty() {
        raise.action(format!(
            "{}; delete the finished pods ({})",
            if of_pod { POD_LEVEL } else { MISSING_REQUESTS.action },
            delete(&finished),
        ))
    } else if of_pod {
        raise.action(POD_LEVEL)
    } else {
        raise
    }
}

/// What to do about pods that make a metric fail and are not working replicas.
pub(super) fn cure(pods: &[&Pod]) -> Cow<'static, str> {
    let is_terminating = |pod: &&&Pod| pod.deleted_at.is_some();
    let rest: Vec<&Pod> = pods.iter().filter(|pod| !is_terminating(pod)).copied().collect();
    let is_job = |pod: &&Pod| pod.owner.as_ref().is_none_or(|owner| owner.kind == "Job");
    let (finished, running): (Vec<&Pod>, Vec<&Pod>) =
        rest.iter().partition(|pod| pod.is_finished());
    if rest.is_empty() {
        return "the metric comes back when the terminating pods are gone; if they remain, check what blocks their deletion \
                (kubectl describe pod: finalizers, an unreachable node)"
            .into();
    }
    let labels = if rest.iter().any(is_job) {
        ", and give jobs, and pods made by hand, labels of their own"
    } else {
        ""
    };
    if running.is_empty() {
        return format!("delete {} ({}){labels}", them(&finished), delete(&finished)).into();
    }
    let running = format!(
        "set the request in the pods that are named, or give them labels that the target's selector does not match{labels}"
    );
    match finished.as_slice() {
        [] if labels.is_empty() => running.into(),
        [] => format!("delete {} ({}){labels}", them(&rest), delete(&rest)).into(),
        finished => format!("{running}; delete the finished ones ({})", delete(finished)).into(),
    }
}

/// Whether a metric has no reading because of a request.
pub(super) fn fails_by_request(subject: &Subject<'_>, metric: &Metric) -> bool {
    let metrics = open(subject);
    let metrics: Vec<&Metric> =
        metrics.into_iter().filter(|open| std::ptr::eq(*open, metric)).collect();
    !metrics.is_empty()
        && Requests::of(subject, &metrics)
            .is_ok_and(|it| !it.lacking.is_empty() || it.zero(&metrics).is_some())
}

/// Whether the controller's message is about a request: a missing one, or only zeros.
pub(super) fn is_said(subject: &Subject<'_>) -> bool {
    let Some(condition) = subject.condition(conditions::SCALING_ACTIVE, false) else {
        return false;
    };
    let of_zero = || {
        let metrics = open(subject);
        condition.message.contains("no metrics returned matched known pods")
            && Requests::of(subject, &metrics).is_ok_and(|it| it.zero(&metrics).is_some())
    };
    // The controller reads usage first: if that fails there is another cause as well.
    Said::parse(&condition.message).is_some() || of_zero()
}

/// The pods that lack a request for a metric.
pub(super) fn lacking<'a>(subject: &Subject<'a>) -> Vec<&'a Pod> {
    let metrics = open(subject);
    let requests = Requests::of(subject, &metrics).ok();
    requests.into_iter().flat_map(|it| it.lacking).map(|it| it.pod).collect()
}

/// Whether pods lack a request, and none of them belongs to the target.
pub(in super::super) fn only_strangers_lack_requests(subject: &Subject<'_>) -> bool {
    let lacking = lacking(subject);
    !lacking.is_empty() && !lacking.iter().any(|pod| subject.owns(pod))
}

#[cfg(test)]
mod tests;
