//! Rules about other objects that limit or change an HPA's target: budgets, quotas, vertical
//! autoscalers.

use super::super::finding::{Severity, Violation};
use super::super::index::Covering;
use super::super::rule::{Need, Rule};
use super::super::subject::Subject;
use super::super::unknown::{Known, Unknown};
use super::{count, few, replicas_of, some, whole};
use crate::hpa::{Metric, MetricType};
use crate::kube::{Amount, DisruptionBudget, Pod, Quota, Resources, VerticalAutoscaler, Workload};
use std::collections::BTreeSet;

pub(in super::super) const PDB_BLOCKS: Rule = Rule {
    id: "pdb-blocks",
    severity: Severity::Warning,
    title: "no pod may be evicted",
    condition: "A PodDisruptionBudget over the target's pods has maxUnavailable 0, or a minAvailable that minReplicas does not exceed; or two budgets or more cover the same pod.",
    action: "raise minReplicas above the budget's minAvailable, or use maxUnavailable: 1",
    explain: "\
At the HPA's minimum no pod may go: a node drain, and with it an upgrade of the cluster, hangs until \
somebody deletes the pod by hand or load scales the target up.

It is raised where a budget selects the target's running pods and has maxUnavailable 0, or minAvailable \
at or above minReplicas; other pods that the budget covers count as well. Percentages are rounded up, as Kubernetes \
does. It is also raised where a pod is covered by more than one budget, whatever they allow: the eviction API refuses \
to evict such a pod.",
    needs: &[Need::Target, Need::Pods, Need::Budgets],
    uses: &[],
    check: |subject| pdb_blocks(subject).into(),
};

fn pdb_blocks(subject: &Subject<'_>) -> Known<Option<Violation>> {
    subject.world.budgets.as_ref().map_err(Clone::clone)?;
    let pods = subject.live_pods()?;
    let budgets = subject.index.budgets(&subject.hpa.namespace);
    let covering = |pod: &Pod| -> Vec<&Covering<'_>> {
        budgets.iter().filter(|budget| budget.covers(pod)).collect()
    };
    if let Some(several) = pods.iter().map(|pod| covering(pod)).find(|covering| covering.len() > 1)
    {
        return Ok(Some(several_budgets(&several)));
    }
    // All pods of a target have the labels of its template, so one is enough.
    let Some(pod) = pods.first() else { return Ok(None) };
    let min = subject.hpa.min_replicas;
    let raise = |covering: &Covering<'_>| {
        let budget = covering.budget;
        let own = pods.iter().filter(|pod| covering.covers(pod)).count();
        let others = subject.index.covered(covering).saturating_sub(own);
        let reason = blocks(budget, min, others)?;
        let beside = match others {
            0 => String::new(),
            others => format!(" (and {} of others under it)", count(others, "pod")),
        };
        let message = format!(
            "the disruption budget {} lets no pod go while there {} {}{beside}: {reason}",
            budget.name,
            if min == 1 { "is" } else { "are" },
            replicas_of(min),
        );
        let raise = Violation::new(Severity::Warning, message)
            .with("budget", budget.name.as_str())
            .with("minReplicas", min);
        Some(match budget.disruptions_allowed {
            Some(allowed) => raise.with("disruptionsAllowed", allowed),
            None => raise,
        })
    };
    Ok(covering(pod).into_iter().find_map(raise))
}

fn several_budgets(covering: &[&Covering<'_>]) -> Violation {
    let mut names: Vec<&str> = covering.iter().map(|it| &*it.budget.name).collect();
    names.sort_unstable();
    let number = if let [_, _] = names[..] { "two".to_owned() } else { names.len().to_string() };
    let message = format!(
        "{number} PodDisruptionBudgets ({}) cover its pods: the eviction API refuses any eviction, whatever \
         they allow",
        some(&names),
    );
    Violation::new(Severity::Warning, message)
        .with("budgets", few(names))
        .action("leave one of these budgets, or give them selectors that share no pod")
}

/// Why a budget allows none of a target's `min` pods to be evicted, with `others` further pods
/// under it.
fn blocks(budget: &DisruptionBudget, min: i32, others: usize) -> Option<String> {
    let others = i64::try_from(others).unwrap_or(i64::MAX);
    let all = i64::from(min.max(1)).saturating_add(others);
    let of_all = |amount| match amount {
        Amount::Count(count) => (i64::from(count), count.to_string()),
        // Percentages are rounded up.
        Amount::Percent(percent) => {
            let share = i64::from(percent).saturating_mul(all).saturating_add(99).div_euclid(100);
            (share, format!("{percent}%"))
        }
    };
    if let Some((0, text)) = budget.max_unavailable.map(of_all) {
        return Some(format!("its maxUnavailable is {text}"));
    }
    let (available, text) = budget.min_available.map(of_all)?;
    (available >= all).then(|| format!("its minAvailable is {text}"))
}

pub(in super::super) const BURST_OVER_QUOTA: Rule = Rule {
    id: "burst-over-quota",
    severity: Severity::Warning,
    title: "the quota is too small for maxReplicas",
    condition: "(maxReplicas − pods that exist) × what a pod requests is more than a ResourceQuota of the namespace has left.",
    action: "raise the quota, or lower maxReplicas or the requests",
    explain: "\
The HPA may go up to maxReplicas, but the namespace's quota refuses the pods long before: under load the \
replicas are asked for and never come.

What is left of each limit (requests.cpu, cpu, limits.memory, pods, …) is compared with what the pods up to \
maxReplicas would take that do not exist yet: each as much as the target's template says, or, where that is silent, \
a pod that exists. Where the template is kept elsewhere (a Rollout's workloadRef) and there is no pod, it is not \
evaluated. It is left out where the quota refuses pods already (unschedulable). Quotas with scopes are left out: whether they cover these pods cannot \
be determined. Other targets of the namespace may want the same rest, and are not counted.",
    needs: &[Need::Target, Need::Quotas],
    uses: &[Need::Pods],
    check: |subject| burst_over_quota(subject).into(),
};

fn burst_over_quota(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let hpa = subject.hpa;
    let Some(workload) = subject.target.clone()? else { return Ok(None) };
    subject.world.quotas.as_ref().map_err(Clone::clone)?;
    let pods = subject.live_pods().ok();
    let live = || i32::try_from(pods.as_ref()?.len()).ok();
    // The existing pods, not the requested ones: pods that the quota has refused are still to be
    // created.
    let current = (workload.replicas.status.or_else(live))
        .or(workload.replicas.spec)
        .unwrap_or(hpa.current_replicas);
    let more = hpa.max_replicas.saturating_sub(current);
    if more <= 0 {
        return Ok(None);
    }
    let quotas = subject.index.quotas(&hpa.namespace).filter(|quota| !quota.scoped);
    let example = pods.as_ref().and_then(|pods| pods.first().copied());
    let demand = Demand { workload, example };
    let quotas: Vec<&Quota> = quotas.collect();
    let bounds_what_pods_request =
        || quotas.iter().flat_map(|quota| quota.hard.keys()).any(|name| amount_of(name).is_some());
    if workload.containers.is_empty() && example.is_none() && bounds_what_pods_request() {
        return Err(Unknown::Undetermined("what a pod of the target requests is not known".into()));
    }
    let tightest = quotas
        .into_iter()
        .flat_map(|quota| rooms(quota, demand))
        .filter(|room| room.pods < i64::from(more))
        .min_by_key(|room| room.pods);
    let raise = |room: Room<'_>| {
        let message = format!(
            "can reach {} of its maximum of {}: quota {} has {} of {} left, enough for {} of {more} more pod{}",
            i64::from(current).saturating_add(room.pods),
            replicas_of(hpa.max_replicas),
            room.quota.name,
            room.left,
            room.resource,
            room.pods,
            if more == 1 { "" } else { "s" },
        );
        Violation::new(Severity::Warning, message)
            .with("quota", room.quota.name.as_str())
            .with("resource", room.resource)
            .with("left", room.left)
            .with("podsThatFit", room.pods)
            .with("currentReplicas", current)
            .with("maxReplicas", hpa.max_replicas)
    };
    Ok(tightest.map(raise))
}

/// How many more pods fit under one limit of a quota.
struct Room<'a> {
    quota: &'a Quota,
    resource: &'a str,
    left: String,
    pods: i64,
}

/// The resources of one more pod.
#[derive(Clone, Copy)]
struct Demand<'a> {
    workload: &'a Workload,
    /// An existing pod: fields missing in its template were filled in when it was created.
    example: Option<&'a Pod>,
}

/// The resource of a pod that a quota's limit counts, and whether it counts limits rather than
/// requests. `None` for quotas of other things, such as `pods` and `configmaps`.
fn amount_of(limit: &str) -> Option<(&str, bool)> {
    match limit.split_once('.') {
        Some(("limits", name)) => Some((name, true)),
        Some(("requests", name)) => Some((name, false)),
        _ => matches!(limit, "cpu" | "memory" | "ephemeral-storage").then_some((limit, false)),
    }
}

impl Demand<'_> {
    fn of(self, limit: &str) -> Option<f64> {
        if matches!(limit, "pods" | "count/pods") {
            return Some(1.0);
        }
        let (name, is_limit) = amount_of(limit)?;
        let of = |requests: &Resources, limits: &Resources| {
            let amounts = if is_limit { limits } else { requests };
            amounts.get(name).map(|amount| amount.as_f64())
        };
        let by_template = of(&self.workload.requests, &self.workload.limits);
        by_template.or_else(|| self.example.and_then(|pod| of(&pod.requests, &pod.limits)))
    }
}

fn rooms<'a>(quota: &'a Quota, demand: Demand<'a>) -> impl Iterator<Item = Room<'a>> {
    quota.hard.iter().filter_map(move |(resource, hard)| {
        let of_pod = demand.of(resource)?;
        let used = quota.used.get(resource).map_or(0.0, |used| used.as_f64());
        let left = (hard.as_f64() - used).max(0.0);
        // The small addend compensates rounding errors for an exact fit.
        let pods = (of_pod > 0.0).then(|| whole((left / of_pod + 1e-9).floor()))?;
        Some(Room { quota, resource, left: amount(resource, left), pods })
    })
}

fn amount(resource: &str, left: f64) -> String {
    let text = if resource.ends_with("cpu") {
        format!("{:.0}m", left * 1e3)
    } else {
        format!("{left:.0}")
    };
    match text.parse::<crate::kube::Quantity>() {
        Ok(quantity) if resource.ends_with("memory") => quantity.human_bytes(),
        Ok(quantity) if resource.ends_with("cpu") => quantity.human_cpu(),
        _ => text,
    }
}

pub(in super::super) const VPA_CONFLICT: Rule = Rule {
    id: "vpa-conflict",
    severity: Severity::Warning,
    title: "a vertical autoscaler acts on the same resource",
    condition: "A VerticalPodAutoscaler whose mode is not Off has the same target and sets a resource that the HPA scales by.",
    action: "set the VPA's mode to Off, take the resource out of its controlledResources, or scale by another metric",
    explain: "\
Both follow the same reading and each undoes the other's premise: the VPA changes the requests by \
usage, which moves the utilization the HPA scales by, which changes the usage of each pod. The result swings, \
or creeps to one extreme.

It is raised where a VPA names the same target, its mode is other than Off, and cpu or memory is both among the \
resources it controls and among the HPA's Resource or ContainerResource metrics. What its resourcePolicy does not \
name it sets: a policy for a sidecar alone leaves the other containers to it. Where the cluster has no such \
API there is nothing to raise.",
    needs: &[Need::Vertical],
    uses: &[Need::Target],
    check: |subject| vpa_conflict(subject).into(),
};

fn vpa_conflict(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let hpa = subject.hpa;
    subject.world.vertical.as_ref().map_err(Clone::clone)?;
    let containers = subject.workload().map_or(&[][..], |workload| &workload.containers);
    let sets = |vertical: &VerticalAutoscaler, metric: &Metric| match &metric.container {
        Some(container) => vertical.sets(container, &metric.name),
        None if containers.is_empty() => vertical.sets_any(&metric.name),
        None => containers.iter().any(|it| vertical.sets(&it.name, &metric.name)),
    };
    Ok(subject.index.vertical(hpa).into_iter().filter(|vertical| vertical.mode != "Off").find_map(
        |vertical| {
            let of_pods = |metric: &&Metric| {
                matches!(metric.kind, MetricType::Resource | MetricType::ContainerResource)
            };
            let both = hpa.metrics.iter().filter(of_pods).filter(|metric| sets(vertical, metric));
            let both: BTreeSet<&str> = both.map(|metric| &*metric.name).collect();
            let both: Vec<&str> = both.into_iter().collect();
            if both.is_empty() {
                return None;
            }
            let message = format!(
                "the VerticalPodAutoscaler {} (mode {}) sets {} of {}, which this HPA scales by",
                vertical.name,
                vertical.mode,
                both.join(" and "),
                hpa.reference(),
            );
            Some(
                Violation::new(Severity::Warning, message)
                    .with("verticalPodAutoscaler", vertical.name.as_str())
                    .with("mode", vertical.mode.as_str())
                    .with("resources", both),
            )
        },
    ))
}

#[cfg(test)]
mod tests;
