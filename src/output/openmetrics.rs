//! Snapshots and sessions as OpenMetrics 1.0 text without timestamps, restricted to what
//! Prometheus's older text format also allows, which node_exporter's textfile collector reads.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use jiff::Timestamp;

use crate::history::{Recorded, Snapshot};
use crate::hpa::Hpa;
use crate::kube::Quantity;
use crate::kubectl::{ErrorKind, Outcome};
use crate::process::Usage;
use crate::session::{NotifyCounts, State};
use crate::term::text::sanitize;

/// The metrics of a snapshot, with `# EOF` at the end.
pub fn snapshot(snapshot: &Snapshot) -> String {
    let mut out = Exposition::default();
    let clusters: Vec<_> = snapshot.clusters.iter().collect();
    let hpas: Vec<_> = snapshot.hpas.iter().collect();
    out.snapshot(snapshot.taken_at, &clusters, &hpas, |cluster| {
        cluster.error.as_ref().map(|failure| failure.kind.as_str())
    });
    out.0.push_str("# EOF\n");
    out.0
}

/// The metrics of a session: the last scan of each cluster, the present findings, and the counts
/// of scans. `None` before the first scan is complete.
pub fn session(state: &State) -> Option<String> {
    let State { clusters, findings, counts, .. } = state;
    let mut out = Exposition::default();
    let outcomes: Vec<_> = clusters.values().map(|cluster| &cluster.outcome).collect();
    let hpas: Vec<_> = state.hpas().map(|hpa| &hpa.recorded).collect();
    out.snapshot(state.scanned_at?, &outcomes, &hpas, |cluster| {
        let kind = cluster.error.as_ref()?.kind;
        // An open breaker is not a cause: the last real failure is.
        let last = counts.get(&cluster.name).and_then(|counts| counts.last);
        Some(if kind == ErrorKind::BreakerOpen {
            last.unwrap_or(kind.as_str())
        } else {
            kind.as_str()
        })
    });
    out.family("watchdog_finding", "1 for each finding that is present, by its severity.");
    for finding in findings {
        let labels = [
            ("cluster", &*finding.cluster),
            ("namespace", &finding.namespace),
            ("hpa", &finding.hpa),
            ("id", finding.id),
            ("severity", finding.severity.as_str()),
        ];
        out.sample(&labels, 1.0);
    }
    out.counter("watchdog_cluster_scans", "Scans of the cluster since the start.");
    for (cluster, counts) in counts {
        out.sample(&[("cluster", cluster)], exact(counts.scans));
    }
    out.counter("watchdog_cluster_scan_failures", "Scans that failed, wholly or in part.");
    for (cluster, counts) in counts {
        for (kind, count) in &counts.failed {
            out.sample(&[("cluster", cluster), ("kind", kind)], exact(*count));
        }
    }
    out.0.push_str("# EOF\n");
    Some(out.0)
}

/// The metrics of watchdog's own processes, of each part by itself: `session` (this process and the
/// kubectls that it runs now) and `forwards` (the supervisor, its guard and its kubectls). Without
/// the end of a page.
pub fn processes(parts: &[(&'static str, Usage)], largest_child_bytes: u64) -> String {
    let mut out = Exposition::default();
    out.family("watchdog_processes", "Processes of this part of watchdog, kubectls included.");
    for (part, usage) in parts {
        out.sample(&[("part", part)], exact(usage.processes));
    }
    out.family("watchdog_resident_memory_bytes", "Resident memory of these processes.");
    for (part, usage) in parts {
        out.sample(&[("part", part)], exact(usage.resident_bytes));
    }
    let help = "The most memory that a kubectl of the session has taken.";
    out.family("watchdog_largest_child_memory_bytes", help);
    out.sample(&[], exact(largest_child_bytes));
    out.0
}

/// The metrics of events that were sent to a command or a webhook, without the end of a page.
pub fn sent(counts: &[(&'static str, Arc<NotifyCounts>)]) -> String {
    let mut out = Exposition::default();
    if counts.is_empty() {
        return out.0;
    }
    out.counter("watchdog_notifications", "Events sent to a command or a webhook.");
    for (receiver, counts) in counts {
        let NotifyCounts { sent, failed, merged, .. } = &**counts;
        let dropped = counts.dropped().values().sum();
        let [sent, failed, merged] = [sent, failed, merged].map(|count| count.load(Relaxed));
        let counts = [("sent", sent), ("failed", failed), ("merged", merged), ("dropped", dropped)];
        for (outcome, count) in counts {
            let labels = [("to", *receiver), ("outcome", outcome)];
            out.sample(&labels, exact(count));
        }
    }
    out.counter("watchdog_notifications_dropped", "Events that were never sent, by their kind.");
    for (receiver, counts) in counts {
        for (kind, count) in counts.dropped() {
            out.sample(&[("to", *receiver), ("event", kind)], exact(count));
        }
    }
    out.0
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2 to the 53rd")]
fn exact(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "exact for some 285,000 years")]
fn seconds(time: Timestamp) -> f64 {
    time.as_millisecond() as f64 / 1e3
}

fn identity(hpa: &Hpa) -> Vec<(&str, &str)> {
    vec![("cluster", &hpa.cluster), ("namespace", &hpa.namespace), ("hpa", &hpa.name)]
}

#[derive(Default)]
struct Exposition(String, &'static str, &'static str);

impl Exposition {
    fn snapshot(
        &mut self,
        taken_at: Timestamp,
        clusters: &[&Outcome],
        hpas: &[&Recorded],
        why: impl Fn(&Outcome) -> Option<&'static str>,
    ) {
        self.family("watchdog_snapshot_timestamp_seconds", "When the snapshot was taken.");
        self.sample(&[], seconds(taken_at));

        self.family("watchdog_cluster_up", "Whether all of the cluster could be read.");
        for cluster in clusters {
            let up = if cluster.error.is_none() { 1.0 } else { 0.0 };
            self.sample(&[("cluster", &cluster.name), ("context", &cluster.context)], up);
        }
        self.family("watchdog_cluster_error", "Why a cluster could not be read.");
        for cluster in clusters {
            if let Some(kind) = why(cluster) {
                self.sample(&[("cluster", &cluster.name), ("kind", kind)], 1.0);
            }
        }
        self.family("watchdog_cluster_read_duration_seconds", "How long reading the cluster took.");
        for cluster in clusters {
            self.sample(&[("cluster", &cluster.name)], cluster.duration.as_secs_f64());
        }

        let number = |number: i32| Some(f64::from(number));
        self.hpas("watchdog_hpa_min_replicas", "The fewest replicas it may set.", hpas, |it| {
            number(it.hpa.min_replicas)
        });
        self.hpas("watchdog_hpa_max_replicas", "The most replicas it may set.", hpas, |it| {
            number(it.hpa.max_replicas)
        });
        self.hpas(
            "watchdog_hpa_current_replicas",
            "The target's replicas, as the HPA saw them.",
            hpas,
            |it| number(it.hpa.current_replicas),
        );
        self.hpas(
            "watchdog_hpa_desired_replicas",
            "The replicas that the HPA wants.",
            hpas,
            |it| number(it.hpa.desired_replicas),
        );
        self.hpas("watchdog_hpa_target_replicas", "The target's spec.replicas.", hpas, |it| {
            it.workload.as_ref()?.replicas.map(f64::from)
        });
        self.hpas("watchdog_hpa_target_ready_replicas", "The target's ready pods.", hpas, |it| {
            it.workload.as_ref()?.ready.map(f64::from)
        });
        self.hpas(
            "watchdog_hpa_last_scale_timestamp_seconds",
            "When it last scaled.",
            hpas,
            |it| it.hpa.last_scale_time.map(seconds),
        );
        self.metrics("watchdog_hpa_metric_target", "What the metric should be.", hpas, |metric| {
            metric.target.quantity()
        });
        self.metrics(
            "watchdog_hpa_metric_current",
            "What the metric is; absent where unknown.",
            hpas,
            |metric| metric.current.as_ref()?.quantity(),
        );
        self.family("watchdog_hpa_condition", "1 for each condition, with its status and reason.");
        for Recorded { hpa, .. } in hpas {
            for condition in &hpa.conditions {
                let mut labels = identity(hpa);
                labels.extend([
                    ("condition", condition.kind.as_str()),
                    ("status", condition.status.as_str()),
                    ("reason", condition.reason.as_str()),
                ]);
                self.sample(&labels, 1.0);
            }
        }
    }

    fn counter(&mut self, name: &'static str, help: &str) {
        let _ = writeln!(self.0, "# TYPE {name} counter\n# HELP {name} {help}");
        self.1 = name;
        self.2 = "_total";
    }

    fn family(&mut self, name: &'static str, help: &str) {
        let _ = writeln!(self.0, "# TYPE {name} gauge\n# HELP {name} {help}");
        self.1 = name;
        self.2 = "";
    }

    fn sample(&mut self, labels: &[(&str, &str)], value: f64) {
        self.0.push_str(self.1);
        self.0.push_str(self.2);
        for (index, (name, value)) in labels.iter().enumerate() {
            let value = sanitize(value).replace('\\', r"\\").replace('"', "\\\"");
            let open = if index == 0 { '{' } else { ',' };
            let _ = write!(self.0, "{open}{name}=\"{value}\"");
        }
        let close = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{close} {value}");
    }

    fn hpas(
        &mut self,
        name: &'static str,
        help: &str,
        hpas: &[&Recorded],
        value: impl Fn(&Recorded) -> Option<f64>,
    ) {
        self.family(name, help);
        for recorded in hpas {
            if let Some(value) = value(recorded) {
                self.sample(&identity(&recorded.hpa), value);
            }
        }
    }

    fn metrics(
        &mut self,
        name: &'static str,
        help: &str,
        hpas: &[&Recorded],
        value: impl Fn(&crate::hpa::Metric) -> Option<Quantity>,
    ) {
        self.family(name, help);
        for Recorded { hpa, .. } in hpas {
            let mut seen: Vec<[String; 4]> = Vec::new();
            for metric in &hpa.metrics {
                let labels = [
                    metric.label(),
                    metric.selector.clone().unwrap_or_default(),
                    metric.kind.as_str().to_owned(),
                    metric.target.kind.as_str().to_owned(),
                ];
                // A duplicate series would invalidate the whole page.
                let before = seen.iter().filter(|it| **it == labels).count();
                seen.push(labels.clone());
                let [mut label, selector, source, kind] = labels;
                if before > 0 {
                    label += &format!("#{}", before + 1);
                }
                if let Some(value) = value(metric) {
                    let mut labels = identity(hpa);
                    labels.extend([
                        ("metric", label.as_str()),
                        ("selector", &selector),
                        ("source", &source),
                        ("type", &kind),
                    ]);
                    self.sample(&labels, value.as_f64());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hpa::{MetricType, TargetType};

    const SHOP: &[u8] =
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/hpas-shop.json"));

    /// Every metric has a series of its own.
    #[test]
    fn every_metric_is_a_series_of_its_own() {
        let prod: Arc<str> = Arc::from("prod");
        let hpas = crate::hpa::parse_list(&prod, &prod, SHOP).unwrap().hpas;
        let mut hpa = hpas.into_iter().find(|hpa| hpa.name == "healthy").unwrap();
        let cpu = hpa.metrics[0].clone();
        let mut pods = cpu.clone();
        pods.kind = MetricType::Pods;
        let mut average = cpu.clone();
        average.target.kind = TargetType::AverageValue;
        average.target.value = Some("250m".into());
        hpa.metrics = vec![cpu.clone(), pods, average, cpu.clone(), cpu];
        let snapshot = Snapshot {
            taken_at: Timestamp::UNIX_EPOCH,
            scope: crate::config::Scope::default(),
            clusters: Vec::new(),
            hpas: vec![Recorded::new(hpa, None)],
        };
        let text = super::snapshot(&snapshot);
        let series: std::collections::BTreeSet<&str> =
            text.lines().filter(|it| it.starts_with("watchdog_hpa_metric_target{")).collect();
        assert_eq!(series.len(), 5, "{series:#?}");
        for part in [
            r#"metric="cpu",selector="",source="Resource",type="Utilization""#,
            r#"metric="cpu",selector="",source="Pods",type="Utilization""#,
            r#"metric="cpu",selector="",source="Resource",type="AverageValue""#,
            r#"metric="cpu#2",selector="",source="Resource",type="Utilization""#,
            r#"metric="cpu#3",selector="",source="Resource",type="Utilization""#,
        ] {
            assert!(series.iter().any(|line| line.contains(part)), "{part}: {series:#?}");
        }
    }
}
