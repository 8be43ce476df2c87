//! The demo's clusters as a Prometheus would have scraped them in the last two hours.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Forwards, kubectl, kubectl_json};

/// How many minutes are scraped.
pub const MINUTES: i64 = 120;
/// What each container uses of its requests.
pub const LOAD: f64 = 0.5;

/// How a cluster is scraped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scrape {
    /// The label of the cluster.
    pub label: Option<(&'static str, &'static str)>,
    /// Whether the objects' own labels lose against those of the scrape's target.
    pub is_exported: bool,
    /// Whether two servers scrape, and differ by a label.
    pub is_pair: bool,
    /// Whether of HPAs only four series are kept, and nothing of usage.
    pub is_minimal: bool,
}

/// Replicas of `shop/catalog`, whose maximum is 6, so many minutes ago: first 3, then nothing is seen, then 6.
fn catalog(ago: i64) -> Option<i64> {
    match ago {
        60.. => Some(3),
        40..60 => None,
        _ => Some(6),
    }
}

struct Text {
    scrape: Scrape,
    now: i64,
    out: String,
}

impl Text {
    fn series(&mut self, name: &str, labels: &[(&str, &str)], value: impl Fn(i64) -> Option<f64>) {
        let copies: &[&str] = if self.scrape.is_pair { &["a", "b"] } else { &[""] };
        for copy in copies {
            let mut all: BTreeMap<String, &str> = BTreeMap::new();
            all.insert("job".to_owned(), "kube-state-metrics");
            all.insert("instance".to_owned(), "10.0.0.1:8080");
            for (label, value) in labels {
                let is_taken = self.scrape.is_exported
                    && !name.starts_with("container_")
                    && ["namespace", "pod", "container"].contains(label);
                if is_taken {
                    all.insert(format!("exported_{label}"), value);
                    all.insert((*label).to_owned(), "monitoring");
                } else {
                    all.insert((*label).to_owned(), value);
                }
            }
            if let Some((label, value)) = self.scrape.label {
                all.insert(label.to_owned(), value);
            }
            if !copy.is_empty() {
                all.insert("prometheus_replica".to_owned(), copy);
            }
            let labels: Vec<String> =
                all.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
            let labels = labels.join(",");
            for ago in (0..=MINUTES).rev() {
                if let Some(value) = value(ago) {
                    let at = self.now - 60 * ago;
                    writeln!(self.out, "{name}{{{labels}}} {value} {at}").unwrap();
                }
            }
        }
    }

    fn hpa(&mut self, hpa: &Value) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (namespace, name) =
            (text(&hpa["metadata"]["namespace"]), text(&hpa["metadata"]["name"]));
        let own = [("namespace", &*namespace), ("horizontalpodautoscaler", &*name)];
        let number = |value: &Value| value.as_f64();
        let min = number(&hpa["spec"]["minReplicas"]);
        let max = number(&hpa["spec"]["maxReplicas"]);
        let now = number(&hpa["status"]["currentReplicas"]);
        let series = |rest: &str| format!("kube_horizontalpodautoscaler_{rest}");
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let current = |ago: i64| match (&*namespace, &*name) {
            ("shop", "catalog") => catalog(ago).map(|it| it as f64),
            _ => now,
        };
        self.series(&series("spec_min_replicas"), &own, |_| min);
        self.series(&series("spec_max_replicas"), &own, |_| max);
        self.series(&series("status_current_replicas"), &own, current);
        self.series(&series("status_desired_replicas"), &own, current);
        if self.scrape.is_minimal {
            return;
        }
        let metric = |rest: &'static str| {
            [own[0], own[1], ("metric_name", "cpu"), ("metric_target_type", rest)]
        };
        self.series(&series("spec_target_metric"), &metric("utilization"), |_| Some(70.0));
        let status = series("status_target_metric");
        self.series(&status, &metric("utilization"), |ago| current(ago).map(|it| it * 10.0));
        self.series(&series("metadata_generation"), &own, |_| Some(1.0));
        let is_limited = |ago: i64| (&*namespace, &*name) == ("shop", "catalog") && ago < 40;
        for (condition, status) in [
            ("AbleToScale", "true"),
            ("ScalingActive", "true"),
            ("ScalingLimited", "true"),
            ("ScalingLimited", "false"),
        ] {
            let labels = [own[0], own[1], ("condition", condition), ("status", status)];
            let holds = |ago: i64| match (condition, status) {
                ("ScalingLimited", "true") => is_limited(ago),
                ("ScalingLimited", _) => !is_limited(ago),
                _ => true,
            };
            self.series(&series("status_condition"), &labels, |ago| {
                Some(f64::from(u8::from(holds(ago))))
            });
        }
    }

    fn pod(&mut self, pod: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (namespace, name) =
            (text(&pod["metadata"]["namespace"]), text(&pod["metadata"]["name"]));
        let uid = text(&pod["metadata"]["uid"]);
        let own = [("namespace", &*namespace), ("pod", &*name)];
        let one = |_| Some(1.0);
        self.series("kube_pod_info", &[own[0], own[1], ("uid", &uid)], one);
        let owner = &pod["metadata"]["ownerReferences"][0];
        let (kind, owner) = (text(&owner["kind"]), text(&owner["name"]));
        let by = [("owner_kind", &*kind), ("owner_name", &*owner), ("owner_is_controller", "true")];
        self.series("kube_pod_owner", &[own[0], own[1], by[0], by[1], by[2]], one);
        let phase = text(&pod["status"]["phase"]);
        self.series("kube_pod_status_phase", &[own[0], own[1], ("phase", &phase)], one);
        if self.scrape.is_minimal || phase != "Running" {
            return;
        }
        for container in pod["spec"]["containers"].as_array().unwrap() {
            let own = [own[0], own[1], ("container", container["name"].as_str().unwrap())];
            for (resource, of) in [("cpu", cores as fn(&str) -> f64), ("memory", bytes)] {
                let Some(request) = container["resources"]["requests"][resource].as_str() else {
                    continue;
                };
                let request = of(request);
                let labels = [own[0], own[1], own[2], ("resource", resource)];
                let series = "kube_pod_container_resource_requests";
                self.series(series, &labels, |_| Some(request));
                let used = request * LOAD;
                #[expect(clippy::cast_precision_loss, reason = "seconds")]
                match resource {
                    "cpu" => {
                        let counter = |ago: i64| Some(used * 60.0 * (MINUTES - ago) as f64);
                        self.series("container_cpu_usage_seconds_total", &own, counter);
                        let periods = |ago: i64| Some(600.0 * (MINUTES - ago) as f64);
                        let throttled = |ago: i64| Some(150.0 * (MINUTES - ago) as f64);
                        self.series("container_cpu_cfs_periods_total", &own, periods);
                        self.series("container_cpu_cfs_throttled_periods_total", &own, throttled);
                    }
                    _ => self.series("container_memory_working_set_bytes", &own, |_| Some(used)),
                }
            }
        }
    }

    fn set(&mut self, set: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (namespace, name) =
            (text(&set["metadata"]["namespace"]), text(&set["metadata"]["name"]));
        let owner = &set["metadata"]["ownerReferences"][0];
        let (kind, owner) = (text(&owner["kind"]), text(&owner["name"]));
        let labels = [
            ("namespace", &*namespace),
            ("replicaset", &name),
            ("owner_kind", &kind),
            ("owner_name", &owner),
            ("owner_is_controller", "true"),
        ];
        self.series("kube_replicaset_owner", &labels, |_| Some(1.0));
    }
}

fn cores(text: &str) -> f64 {
    match text.strip_suffix('m') {
        Some(milli) => milli.parse::<f64>().unwrap() / 1e3,
        None => text.parse().unwrap(),
    }
}

fn bytes(text: &str) -> f64 {
    let units = [("Ki", 1024.0), ("Mi", 1024.0 * 1024.0), ("Gi", 1024.0 * 1024.0 * 1024.0)];
    let unit = units.iter().find(|(unit, _)| text.ends_with(unit));
    unit.map_or_else(
        || text.parse().unwrap(),
        |(unit, factor)| text.trim_end_matches(unit).parse::<f64>().unwrap() * factor,
    )
}

/// What a Prometheus has of a cluster, as OpenMetrics text without its end.
pub fn scraped(forwards: &Forwards, context: &str, scrape: Scrape) -> String {
    let items = |kind: &str| {
        let args = ["--context", context, "get", kind, "-A", "-o", "json"];
        let list = kubectl_json(&forwards.clusters.sandbox, &kubectl(), &args);
        list["items"].as_array().unwrap().clone()
    };
    let mut text = Text { scrape, now: jiff::Timestamp::now().as_second(), out: String::new() };
    for hpa in &items("hpa") {
        text.hpa(hpa);
    }
    for pod in &items("pods") {
        text.pod(pod);
    }
    for set in &items("replicasets") {
        text.set(set);
    }
    text.out
}
