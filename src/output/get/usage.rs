//! What the pods of an HPA's target use.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::pods::{MOST_PODS, pod_count};
use super::{Detailed, Page};
use crate::findings::{Known, Unknown};
use crate::kube::{Pod, PodMetrics, Quantity};
use crate::kubectl::{ErrorKind, Failure};
use crate::output::usage::{PodUsed, Used, percent};
use crate::term::table::{Cell, Column, Table};
use crate::usage::{MetricsByPod, PodUsage, ResourceUsage, TargetUsage};

/// The usage of a target and of each of its pods.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UsedByPods<'a> {
    #[serde(flatten)]
    used: Used,
    pod_usage: Vec<PodUsed<'a>>,
    #[serde(skip)]
    target: Known<TargetUsage<'a>>,
}

impl<'a> UsedByPods<'a> {
    pub(super) fn of(
        metrics: Result<&'a Vec<PodMetrics>, &'a Failure>,
        pods: &Known<Arc<[&'a Pod]>>,
        now: Timestamp,
    ) -> Self {
        let join = |metrics: &'a Vec<PodMetrics>| {
            let pods = pods.as_ref().map_err(Clone::clone)?;
            Ok(TargetUsage::of(pods, &MetricsByPod::new(metrics)))
        };
        let target = metrics.map_err(unknown).and_then(join);
        let by_pod = target.iter().flat_map(|target| &target.by_pod);
        Self {
            used: Used::of(&target, now),
            pod_usage: by_pod.map(|pod| PodUsed::of(*pod)).collect(),
            target,
        }
    }
}

impl<'a> UsedByPods<'a> {
    /// The usage of the target, or why it is not known.
    pub(super) fn target(&self) -> Result<&TargetUsage<'a>, &Unknown> {
        self.target.as_ref()
    }
}

fn unknown(failure: &Failure) -> Unknown {
    let why = failure.message.as_str().into();
    match failure.kind {
        ErrorKind::Forbidden => Unknown::Forbidden(why),
        ErrorKind::NotFound => Unknown::Undetermined(why),
        _ => Unknown::Failed(why),
    }
}

impl Page {
    pub(super) fn usage(&mut self, detail: &Detailed<'_>) {
        let Some(used) = &detail.used else { return };
        self.heading("Usage");
        let usage = match &used.target {
            Ok(usage) => usage,
            Err(why) => return self.indented(2, &format!("unknown: {why}")),
        };
        self.indented(2, &measured(usage, detail.now));
        if let Some(why) = usage.unmeasured() {
            self.indented(2, &format!("unknown: {why}"));
        }
        let resources = [
            ("cpu", &usage.cpu, Quantity::human_cpu as fn(Quantity) -> String),
            ("memory", &usage.memory, Quantity::human_bytes),
        ];
        for (name, resource, amount) in resources {
            if let Some(resource) = resource {
                self.field(name, &sums(resource, amount));
            }
        }
        if let Some(hidden) = hidden(usage) {
            self.indented(2, &hidden);
        }
        self.usage_table(&usage.by_pod);
    }

    /// Lists the pods that use most of their CPU request first, after those that were not measured.
    fn usage_table(&mut self, pods: &[PodUsage<'_>]) {
        if pods.is_empty() {
            return;
        }
        let mut table = Table::new(vec![
            Column::new("POD").name(),
            Column::new("CPU").right(),
            Column::new("REQUEST").right().optional(2),
            Column::new("OF REQUEST").right(),
            Column::new("MEMORY").right(),
            Column::new("REQUEST").right().optional(2),
            Column::new("OF REQUEST").right(),
            Column::new("LIMIT").right().optional(1),
        ]);
        let mut pods: Vec<&PodUsage<'_>> = pods.iter().collect();
        let share = |it: &&PodUsage<'_>| {
            let used = it.metrics?.cpu()?;
            used.ratio(*it.pod.requests.get("cpu")?)
        };
        pods.sort_by(|a, b| {
            let (a, b) = (share(a).unwrap_or(f64::MAX), share(b).unwrap_or(f64::MAX));
            b.total_cmp(&a)
        });
        for pod in pods.iter().take(MOST_PODS) {
            table.row(pod_row(pod));
        }
        self.table(&table);
        if pods.len() > MOST_PODS {
            let rest = pods.len() - MOST_PODS;
            self.indented(2, &format!("and {rest} more (-o json has them all)"));
        }
    }
}

/// `4 of 6 pods measured by metrics.k8s.io over 15s, 12s ago`
fn measured(usage: &TargetUsage<'_>, now: Timestamp) -> String {
    let mut line =
        format!("{} of {} measured by metrics.k8s.io", usage.with_metrics, pod_count(usage.pods));
    if let Some(window) = usage.window {
        line += &format!(" over {:.0}s", window.as_secs_f64());
    }
    if let Some(age) = usage.age(now) {
        line += &format!(", {}s ago", age.as_secs());
    }
    line
}

/// `1.11, 185% of the 600m that they request, 37% of their limits of 3`
fn sums(usage: &ResourceUsage, amount: fn(Quantity) -> String) -> String {
    let mut line = amount(usage.used);
    match (usage.requested, usage.of_requested()) {
        (Some(requested), Some(share)) => {
            line += &format!(", {} of the {} requested", percent(share), amount(requested));
        }
        _ if usage.without_request > 0 => {
            let (without, pods) = (usage.without_request, pod_count(usage.pods));
            line += &format!(", no share known: no request in {without} of {pods}");
        }
        _ => {}
    }
    if let (Some(limit), Some(share)) = (usage.limit, usage.of_limit()) {
        line += &format!(", {} of the limit of {}", percent(share), amount(limit));
    }
    line
}

/// What the controller does not see, or counts otherwise.
fn hidden(usage: &TargetUsage<'_>) -> Option<String> {
    let mut parts = Vec::new();
    // The controller looks at the phase first: a pending pod is unready and not missing.
    let is_missing = |it: &&PodUsage<'_>| !it.is_measured() && it.pod.phase != "Pending";
    let missing = usage.by_pod.iter().filter(is_missing).count();
    if missing > 0 {
        parts.push(format!(
            "{missing} without metrics (counted as idle when it scales up, as using all that they \
             request when it scales down)"
        ));
    }
    if usage.unready > 0 {
        parts.push(format!(
            "{} not ready (for CPU counted as idle when it scales up)",
            usage.unready
        ));
    }
    if usage.terminating > 0 {
        parts.push(format!("{} terminating (ignored)", usage.terminating));
    }
    let failed = usage.finished - usage.succeeded;
    if failed > 0 {
        parts.push(format!("{failed} failed (ignored)"));
    }
    if usage.succeeded > 0 {
        parts.push(format!("{} succeeded (counted as without metrics)", usage.succeeded));
    }
    (!parts.is_empty())
        .then(|| format!("the controller sees these otherwise: {}", parts.join(", ")))
}

fn pod_row(PodUsage { pod, metrics }: &PodUsage<'_>) -> Vec<Cell> {
    let dash = || "-".to_owned();
    let amount = |quantity: Option<Quantity>, text: fn(Quantity) -> String| {
        Cell::new(quantity.map_or_else(dash, text))
    };
    let share = |used: Option<Quantity>, of: Option<&Quantity>| {
        let share = used.and_then(|used| used.ratio(*of?));
        Cell::new(share.map_or_else(dash, percent))
    };
    let cpu = metrics.and_then(PodMetrics::cpu);
    let memory = metrics.and_then(PodMetrics::memory);
    let request = |resource: &str| {
        let request = pod.requests.get(resource);
        request.filter(|_| !pod.missing_requests.contains_key(resource))
    };
    vec![
        Cell::new(&pod.name),
        amount(cpu, Quantity::human_cpu),
        amount(request("cpu").copied(), Quantity::human_cpu),
        share(cpu, request("cpu")),
        amount(memory, Quantity::human_bytes),
        amount(request("memory").copied(), Quantity::human_bytes),
        share(memory, request("memory")),
        amount(pod.limits.get("memory").copied(), Quantity::human_bytes),
    ]
}
