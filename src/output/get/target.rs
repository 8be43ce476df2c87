//! The scale target of an HPA: its replicas, conditions, and what its pods request.

use std::collections::BTreeMap;

use super::{Detailed, Page};
use crate::hpa::{Hpa, Metric, TargetType};
use crate::kube::{Condition, Quantity, Replicas, Resources, Workload};
use crate::term::table::{Cell, Column, Table};
use crate::term::text::sanitize;

impl Page {
    pub(super) fn target(&mut self, detail: &Detailed<'_>) {
        self.heading("Target");
        let Some(workload) = detail.workload else {
            let why = detail.workload_error.map_or("", |failure| failure.message.as_str());
            let reference = detail.hpa.reference();
            let line = self.style.error(&sanitize(&format!("{reference}: {why}")));
            self.text += &format!("  {line}\n");
            return;
        };
        let mut name = format!("{}/{}", workload.kind, workload.name);
        if workload.paused {
            name += " (its rollout is paused)";
        }
        self.text += &format!("  {}\n", sanitize(&name));
        self.field("replicas", &counts(&workload.replicas));
        for condition in workload.conditions.iter().filter(|condition| is_wrong(condition)) {
            let reason = &condition.reason;
            self.field(&condition.kind, &format!("{reason}: {}", condition.message));
        }
        if workload.containers.is_empty() {
            self.field("a pod requests", "not known: the target has no pod template");
        } else {
            self.field("a pod requests", &amounts(&workload.requests));
            self.field("a pod's limits", &amounts(&workload.limits));
        }
        for (resource, containers) in relevant(detail.hpa, &workload.missing_requests) {
            let containers = containers.join(", ");
            self.field("missing", &format!("no {resource} request in container {containers}"));
        }
        if workload.containers.len() > 1 {
            self.containers(workload);
        }
    }

    fn containers(&mut self, workload: &Workload) {
        let mut table = Table::new(vec![
            Column::new("CONTAINER").flexible(),
            Column::new("REQUESTS").flexible(),
            Column::new("LIMITS").flexible(),
        ]);
        for container in &workload.containers {
            let sidecar = if container.sidecar { " (sidecar)" } else { "" };
            table.row(vec![
                Cell::new(format!("{}{sidecar}", container.name)),
                Cell::new(amounts(&container.requests)),
                Cell::new(amounts(&container.limits)),
            ]);
        }
        self.table(&table);
    }
}

/// The replicas of a target, in kubectl's words.
fn counts(replicas: &Replicas) -> String {
    let Replicas { spec, status, updated, ready, available, .. } = replicas;
    if let Some(all) = spec
        && [status, updated, ready, available].iter().all(|count| *count == spec)
    {
        return format!("{all}, all up to date, ready and available");
    }
    let counts = [
        (spec, "in the spec"),
        (status, "existing"),
        (updated, "up to date"),
        (ready, "ready"),
        (available, "available"),
    ];
    let counts = counts.iter().filter_map(|(count, what)| count.map(|it| format!("{it} {what}")));
    counts.collect::<Vec<_>>().join(", ")
}

/// The missing requests that make one of the HPA's metrics fail.
pub(super) fn relevant<'m>(
    hpa: &Hpa,
    missing: &'m BTreeMap<String, Vec<String>>,
) -> Vec<(&'m String, &'m Vec<String>)> {
    missing.iter().filter(|(resource, _)| is_in_percent(hpa, resource)).collect()
}

/// Whether the HPA scales by the usage of a resource in percent of its request.
pub(super) fn is_in_percent(hpa: &Hpa, resource: &str) -> bool {
    let is =
        |metric: &Metric| metric.name == resource && metric.target.kind == TargetType::Utilization;
    hpa.metrics.iter().any(is)
}

/// Whether a workload's condition reports a problem.
fn is_wrong(condition: &Condition) -> bool {
    match condition.kind.as_str() {
        "ReplicaFailure" => condition.is_true() == Some(true),
        "Available" | "Progressing" => condition.is_true() == Some(false),
        _ => false,
    }
}

/// `cpu 100m, memory 128Mi`, or `none`.
fn amounts(resources: &Resources) -> String {
    if resources.is_empty() {
        return "none".to_owned();
    }
    let amount = |(name, quantity): (&String, &Quantity)| format!("{name} {quantity}");
    resources.iter().map(amount).collect::<Vec<_>>().join(", ")
}
