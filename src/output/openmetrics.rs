//! A snapshot for Prometheus, in the text format that OpenMetrics 1.0 and the older text format of
//! Prometheus (which node_exporter's textfile collector reads) have in common: gauges only, without
//! timestamps.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::text::sanitize;
use crate::history::{Recorded, Snapshot};
use crate::hpa::{Hpa, Quantity};

/// The exposition of a snapshot, `# EOF` at its end.
pub fn snapshot(snapshot: &Snapshot) -> String {
    let mut out = Exposition::default();
    out.family("watchdog_snapshot_timestamp_seconds", "When the snapshot was taken.");
    out.sample(&[], seconds(snapshot.taken_at));

    out.family("watchdog_cluster_up", "Whether all of the cluster could be read.");
    for cluster in &snapshot.clusters {
        let up = if cluster.error.is_none() { 1.0 } else { 0.0 };
        out.sample(&[("cluster", &cluster.name), ("context", &cluster.context)], up);
    }
    out.family("watchdog_cluster_error", "Why a cluster could not be read.");
    for cluster in &snapshot.clusters {
        if let Some((kind, _)) = &cluster.error {
            out.sample(&[("cluster", &cluster.name), ("kind", kind.as_str())], 1.0);
        }
    }
    out.family("watchdog_cluster_read_duration_seconds", "How long reading the cluster took.");
    for cluster in &snapshot.clusters {
        out.sample(&[("cluster", &cluster.name)], cluster.duration.as_secs_f64());
    }

    let hpas = &snapshot.hpas;
    let number = |number: i32| Some(f64::from(number));
    out.hpas("watchdog_hpa_min_replicas", "The fewest replicas it may set.", hpas, |it| {
        number(it.hpa.min_replicas)
    });
    out.hpas("watchdog_hpa_max_replicas", "The most replicas it may set.", hpas, |it| {
        number(it.hpa.max_replicas)
    });
    out.hpas(
        "watchdog_hpa_current_replicas",
        "The target's replicas, as the HPA saw them.",
        hpas,
        |it| number(it.hpa.current_replicas),
    );
    out.hpas("watchdog_hpa_desired_replicas", "The replicas that the HPA wants.", hpas, |it| {
        number(it.hpa.desired_replicas)
    });
    out.hpas("watchdog_hpa_target_replicas", "The target's spec.replicas.", hpas, |it| {
        it.workload.as_ref()?.replicas.map(f64::from)
    });
    out.hpas("watchdog_hpa_target_ready_replicas", "The target's ready pods.", hpas, |it| {
        it.workload.as_ref()?.ready.map(f64::from)
    });
    out.hpas("watchdog_hpa_last_scale_timestamp_seconds", "When it last scaled.", hpas, |it| {
        it.hpa.last_scale_time.map(seconds)
    });
    out.metrics("watchdog_hpa_metric_target", "What the metric should be.", hpas, |metric| {
        metric.target.quantity()
    });
    out.metrics(
        "watchdog_hpa_metric_current",
        "What the metric is; absent where unknown.",
        hpas,
        |metric| metric.current.as_ref()?.quantity(),
    );
    out.family("watchdog_hpa_condition", "1 for each condition, with its status and reason.");
    for Recorded { hpa, .. } in hpas {
        for condition in &hpa.conditions {
            let mut labels = identity(hpa);
            labels.extend([
                ("condition", condition.kind.as_str()),
                ("status", condition.status.as_str()),
                ("reason", condition.reason.as_str()),
            ]);
            out.sample(&labels, 1.0);
        }
    }
    out.0.push_str("# EOF\n");
    out.0
}

#[expect(clippy::cast_precision_loss, reason = "exact for some 285,000 years")]
fn seconds(time: Timestamp) -> f64 {
    time.as_millisecond() as f64 / 1e3
}

fn identity(hpa: &Hpa) -> Vec<(&str, &str)> {
    vec![("cluster", &hpa.cluster), ("namespace", &hpa.namespace), ("hpa", &hpa.name)]
}

#[derive(Default)]
struct Exposition(String, &'static str);

impl Exposition {
    fn family(&mut self, name: &'static str, help: &str) {
        let _ = writeln!(self.0, "# TYPE {name} gauge\n# HELP {name} {help}");
        self.1 = name;
    }

    fn sample(&mut self, labels: &[(&str, &str)], value: f64) {
        self.0.push_str(self.1);
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
        hpas: &[Recorded],
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
        hpas: &[Recorded],
        value: impl Fn(&crate::hpa::Metric) -> Option<Quantity>,
    ) {
        self.family(name, help);
        for Recorded { hpa, .. } in hpas {
            let mut seen: Vec<(String, &str)> = Vec::new();
            for metric in &hpa.metrics {
                let label = metric.label();
                let selector = metric.selector.as_deref().unwrap_or_default();
                // The same series twice would spoil the whole page.
                if seen.iter().any(|it| it.0 == label && it.1 == selector) {
                    continue;
                }
                if let Some(value) = value(metric) {
                    let mut labels = identity(hpa);
                    labels.extend([
                        ("metric", label.as_str()),
                        ("selector", selector),
                        ("source", metric.kind.as_str()),
                        ("type", metric.target.kind.as_str()),
                    ]);
                    self.sample(&labels, value.as_f64());
                }
                seen.push((label, selector));
            }
        }
    }
}
