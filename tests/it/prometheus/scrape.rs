//! The world as it is scraped and kept: OpenMetrics text for `promtool tsdb create-blocks-from openmetrics`.

#![expect(clippy::cast_precision_loss, reason = "small counts, and seconds")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::world::{Cluster, END, Kind, MIB, Pod, START, STEP, Variant, Workload, clusters};

#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    KubeStateMetrics,
    Cadvisor,
    Rule,
}

type Labels = BTreeMap<String, String>;

/// Writes series in the variant's form.
struct Text<'a> {
    variant: &'a Variant,
    cluster: &'a Cluster,
    out: String,
}

/// The world as OpenMetrics text.
pub fn text(variant: &Variant) -> String {
    let mut out = String::new();
    for cluster in clusters(variant) {
        let mut text = Text { variant, cluster: &cluster, out: String::new() };
        for workload in &cluster.workloads {
            text.workload(workload);
        }
        out.push_str(&text.out);
    }
    out.push_str("# EOF\n");
    out
}

const KEPT: [&str; 16] = [
    "kube_horizontalpodautoscaler_spec_max_replicas",
    "kube_horizontalpodautoscaler_spec_min_replicas",
    "kube_horizontalpodautoscaler_status_current_replicas",
    "kube_horizontalpodautoscaler_status_desired_replicas",
    "kube_pod_info",
    "kube_pod_owner",
    "kube_replicaset_owner",
    "kube_pod_container_resource_requests",
    "kube_pod_container_resource_limits",
    "kube_pod_init_container_info",
    "kube_pod_init_container_resource_requests",
    "kube_pod_init_container_resource_limits",
    "kube_pod_status_phase",
    "kube_pod_start_time",
    "container_cpu_usage_seconds_total",
    "container_memory_working_set_bytes",
];

impl Text<'_> {
    fn workload(&mut self, workload: &Workload) {
        let mut sets: Vec<&str> = Vec::new();
        for pod in &workload.pods {
            if pod.owner.0 == "ReplicaSet" && !sets.contains(&&*pod.owner.1) {
                sets.push(&pod.owner.1);
                let (kind, name) = if workload.kind == "ReplicaSet" {
                    ("", "")
                } else {
                    (workload.kind, workload.name)
                };
                let controls = if kind.is_empty() { "" } else { "true" };
                let labels = [
                    ("namespace", pod.namespace),
                    ("replicaset", &pod.owner.1),
                    ("owner_kind", kind),
                    ("owner_name", name),
                    ("owner_is_controller", controls),
                ];
                // As where revisionHistoryLimit is 0: a set is gone with its last pod.
                let pods = workload.pods.iter().filter(|it| it.owner == pod.owner);
                let pods: Vec<&Pod> = pods.collect();
                let exists = |at| pods.iter().any(|pod| pod.exists(at)).then_some(1.0);
                self.object("kube_replicaset_owner", &labels, exists);
            }
            self.pod(pod);
            self.usage(pod);
        }
        if let Some(replicas) = workload.replicas {
            self.hpa(workload, replicas);
        }
    }

    fn hpa(&mut self, workload: &Workload, (min, max): (u32, u32)) {
        let own = [("namespace", workload.namespace), ("horizontalpodautoscaler", workload.name)];
        let name = |rest: &str| format!("kube_horizontalpodautoscaler_{rest}");
        let running = |at| Some(workload.running(at) as f64);
        self.object(&name("spec_min_replicas"), &own, |_| Some(f64::from(min)));
        self.object(&name("spec_max_replicas"), &own, |_| Some(f64::from(max)));
        self.object(&name("status_current_replicas"), &own, running);
        self.object(&name("status_desired_replicas"), &own, running);
        for (metric, kind, spec, status) in [
            ("cpu", "utilization", Some(70.0), 91.0),
            ("cpu", "average", None, 0.455),
            ("memory", "average", Some(200.0 * MIB), 100.0 * MIB),
        ] {
            let mut labels = own.to_vec();
            labels.extend([("metric_name", metric), ("metric_target_type", kind)]);
            if !self.variant.is_old {
                labels.push(("container", ""));
            }
            if let Some(spec) = spec {
                self.object(&name("spec_target_metric"), &labels, |_| Some(spec));
            }
            self.object(&name("status_target_metric"), &labels, |_| Some(status));
        }
        for (condition, status) in
            [("AbleToScale", "true"), ("ScalingActive", "true"), ("ScalingLimited", "false")]
        {
            for possible in ["true", "false", "unknown"] {
                let mut labels = own.to_vec();
                labels.extend([("condition", condition), ("status", possible)]);
                let value = f64::from(u8::from(possible == status));
                self.object(&name("status_condition"), &labels, |_| Some(value));
            }
        }
    }

    fn pod(&mut self, pod: &Pod) {
        let own = [("namespace", pod.namespace), ("pod", &pod.name), ("uid", &pod.uid)];
        let with = |more: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
            let own = own.iter().map(|(name, value)| (*name, (*value).to_owned()));
            own.chain(more.iter().map(|(name, value)| (*name, (*value).to_owned()))).collect()
        };
        let (kind, owner) = (pod.owner.0, &*pod.owner.1);
        let one = |at| pod.exists(at).then_some(1.0);
        let by = [("created_by_kind", kind), ("created_by_name", owner)];
        self.object(
            "kube_pod_info",
            &borrowed(&with(&[by[0], by[1], ("node", "node-1"), ("pod_ip", "10.1.2.3")])),
            one,
        );
        let by = [("owner_kind", kind), ("owner_name", owner), ("owner_is_controller", "true")];
        self.object("kube_pod_owner", &borrowed(&with(&by)), one);
        self.object("kube_pod_created", &borrowed(&with(&[])), |at| {
            pod.exists(at).then_some(pod.from as f64)
        });
        for phase in ["Running", "Failed", "Succeeded", "Pending", "Unknown"] {
            let labels = with(&[("phase", phase)]);
            self.object("kube_pod_status_phase", &borrowed(&labels), |at| {
                let is = if pod.runs(at) { "Running" } else { "Failed" };
                pod.exists(at).then(|| f64::from(u8::from(is == phase)))
            });
        }
        for container in &pod.containers {
            let init = if container.kind == Kind::Ordinary { "" } else { "init_" };
            if container.kind != Kind::Ordinary {
                let policy = if container.kind == Kind::Sidecar { "Always" } else { "" };
                let labels = with(&[("container", container.name), ("restart_policy", policy)]);
                self.object("kube_pod_init_container_info", &borrowed(&labels), one);
            }
            for (bound, (cores, mib)) in
                [("requests", container.request), ("limits", container.limit)]
            {
                let series = format!("kube_pod_{init}container_resource_{bound}");
                for (resource, unit, value) in
                    [("cpu", "core", cores), ("memory", "byte", mib * MIB)]
                {
                    if value > 0.0 {
                        let more =
                            [("container", container.name), ("resource", resource), ("unit", unit)];
                        self.object(&series, &borrowed(&with(&more)), |at| {
                            pod.exists(at).then_some(value)
                        });
                    }
                }
            }
        }
    }

    fn usage(&mut self, pod: &Pod) {
        let containers = pod.containers.iter().filter(|it| it.kind != Kind::Init);
        let (mut cores, mut bytes) = (0.0, 0.0);
        for container in containers {
            cores += container.cores;
            bytes += container.mib * MIB;
            if !self.variant.has_container {
                continue;
            }
            let restarted = pod.restarted.filter(|_| container.kind == Kind::Ordinary);
            let lives = match restarted {
                None => vec![("0", START, pod.until)],
                Some(at) => vec![("0", START, at), ("1", at, pod.until)],
            };
            for (life, from, until) in lives {
                let id = format!("/kubepods/pod{}/{}{life}", pod.uid, container.name);
                let labels = [("container", container.name), ("id", &id), ("image", "img:1")];
                let amounts = (container.cores, container.mib * MIB);
                self.cgroup(pod, &labels, amounts, (from, until));
            }
            let labels = [
                ("namespace", pod.namespace),
                ("pod", &pod.name),
                ("container", container.name),
                ("node", "node-1"),
            ];
            if self.variant.has_rules {
                let prefix = "node_namespace_pod_container:container_";
                let (cores, bytes) = (container.cores, container.mib * MIB);
                self.series(
                    From::Rule,
                    &format!("{prefix}cpu_usage_seconds_total:sum_rate5m"),
                    &labels,
                    |at| pod.runs(at).then_some(cores),
                );
                self.series(
                    From::Rule,
                    &format!("{prefix}memory_working_set_bytes"),
                    &labels,
                    |at| pod.runs(at).then_some(bytes),
                );
            }
        }
        let id = format!("/kubepods/pod{}", pod.uid);
        // The pause container comes on top in the pod's own cgroup.
        let amounts = (cores + 0.0001, bytes + 0.2 * MIB);
        self.cgroup(pod, &[("id", &id)], amounts, (START, pod.until));
        if self.variant.has_container {
            let id = format!("/kubepods/pod{}/pause", pod.uid);
            let labels = [("container", "POD"), ("id", &id), ("image", "pause:3")];
            self.cgroup(pod, &labels, (0.0001, 0.2 * MIB), (START, pod.until));
        }
    }

    fn cgroup(
        &mut self,
        pod: &Pod,
        more: &[(&str, &str)],
        (cores, bytes): (f64, f64),
        (from, until): (i64, i64),
    ) {
        let mut labels = vec![("namespace", pod.namespace), ("pod", &*pod.name)];
        labels.extend(more.iter().filter(|(name, _)| self.variant.has_id || *name != "id"));
        let from = from.max(pod.from);
        let there = move |at: i64| pod.runs(at) && (from..until).contains(&at);
        let cpus: &[&str] = if self.variant.is_per_core { &["cpu00", "cpu01"] } else { &["total"] };
        for cpu in cpus {
            let mut labels = labels.clone();
            labels.push(("cpu", cpu));
            let cores = cores / cpus.len() as f64;
            self.series(From::Cadvisor, "container_cpu_usage_seconds_total", &labels, |at| {
                there(at).then_some(cores * (at - from) as f64 + 7.0)
            });
        }
        self.series(From::Cadvisor, "container_memory_working_set_bytes", &labels, |at| {
            there(at).then_some(bytes)
        });
        for (name, each) in [("throttled_", 0.25), ("", 1.0)] {
            let name = format!("container_cpu_cfs_{name}periods_total");
            self.series(From::Cadvisor, &name, &labels, |at| {
                there(at).then_some(each * (at - from) as f64)
            });
        }
    }

    fn object(&mut self, name: &str, labels: &[(&str, &str)], value: impl Fn(i64) -> Option<f64>) {
        self.series(From::KubeStateMetrics, name, labels, value);
    }

    fn series(
        &mut self,
        from: From,
        name: &str,
        labels: &[(&str, &str)],
        value: impl Fn(i64) -> Option<f64>,
    ) {
        if self.variant.is_minimal && from != From::Rule && !KEPT.contains(&name) {
            return;
        }
        let replicas = if self.variant.copies.is_some() { 2 } else { 1 };
        let jobs = if self.variant.two_jobs && from == From::Cadvisor { 2 } else { 1 };
        for (replica, job) in (0..replicas).flat_map(|it| (0..jobs).map(move |job| (it, job))) {
            let labels = self.scraped(from, labels, replica, job);
            let text: Vec<_> =
                labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
            let text = text.join(",");
            // Two servers scrape at different times.
            let late = 7 * replica;
            let mut at = START;
            while at <= END {
                if let Some(value) = value(at + late) {
                    let _ = writeln!(self.out, "{name}{{{text}}} {value} {}", at + late);
                }
                at += STEP;
            }
        }
    }

    /// The labels as they are stored: an empty one is none.
    fn scraped(&self, from: From, own: &[(&str, &str)], replica: i64, job: i64) -> Labels {
        let number = self.cluster.number;
        let target: Vec<(&str, String)> = match from {
            From::KubeStateMetrics => vec![
                ("job", "kube-state-metrics".to_owned()),
                ("instance", format!("10.{number}.0.9:8080")),
                ("endpoint", "http".to_owned()),
                ("service", "kube-state-metrics".to_owned()),
                ("namespace", "monitoring".to_owned()),
                ("pod", "kube-state-metrics-0".to_owned()),
                ("container", "kube-state-metrics".to_owned()),
            ],
            From::Cadvisor => vec![
                ("job", ["kubelet", "cadvisor"][usize::from(job == 1)].to_owned()),
                ("metrics_path", "/metrics/cadvisor".to_owned()),
                ("instance", format!("10.{number}.0.1:10250")),
                ("namespace", "kube-system".to_owned()),
                ("service", "kubelet".to_owned()),
                ("node", "node-1".to_owned()),
            ],
            From::Rule => Vec::new(),
        };
        let mut labels = Labels::new();
        let own = own.iter().filter(|(_, value)| !value.is_empty());
        for (name, value) in own {
            let is_taken = target.iter().any(|(taken, _)| taken == name);
            let prefix = if is_taken && !self.variant.honor_labels { "exported_" } else { "" };
            labels.insert(format!("{prefix}{name}"), (*value).to_owned());
        }
        for (name, value) in target {
            labels.entry(name.to_owned()).or_insert(value);
        }
        let is_unlabelled = self.variant.is_usage_unlabelled && from == From::Cadvisor;
        if let Some(name) = self.variant.cluster_label.filter(|_| !is_unlabelled) {
            labels.insert(name.to_owned(), self.cluster.name.to_owned());
        }
        if let Some(name) = self.variant.copies {
            labels.insert("prometheus".to_owned(), "monitoring/k8s".to_owned());
            labels.insert(name.to_owned(), format!("prometheus-k8s-{replica}"));
        }
        labels
    }
}

fn borrowed<'a>(labels: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    labels.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
