//! A world that is known, as kube-state-metrics and cAdvisor would have shown it to a Prometheus:
//! OpenMetrics text for `promtool tsdb create-blocks-from openmetrics`, and what is true of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The first scrape.
pub const START: i64 = 1_764_547_200;
/// The last scrape; at it everything has been at rest for half an hour.
pub const END: i64 = START + 2 * 3600;
/// The time between two scrapes.
pub const STEP: i64 = 30;
/// When `shop/api` was rolled out: one pod of the ReplicaSet before was replaced.
pub const ROLLED_OUT: i64 = START + 3600;
/// When a container of `shop/api-gateway` was restarted.
pub const RESTARTED: i64 = START + 4800;
/// When a pod of `shop/api` was evicted; it is still an object of the API.
pub const EVICTED: i64 = START + 1800;

const MIB: f64 = 1024.0 * 1024.0;

/// How the world is scraped and kept.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Whether the objects' own labels win over those of the scrape's target.
    pub honor_labels: bool,
    /// The label by which two servers differ that scrape the same.
    pub copies: Option<&'static str>,
    /// Whether a second job scrapes cAdvisor too.
    pub two_jobs: bool,
    /// Which clusters there are, by the value of their label.
    pub clusters: &'static [&'static str],
    /// The label that tells clusters apart.
    pub cluster_label: Option<&'static str>,
    /// Whether cAdvisor's series lack that label.
    pub is_usage_unlabelled: bool,
    /// Whether cAdvisor's series have `container`; if not, there are pods alone.
    pub has_container: bool,
    /// Whether cAdvisor's series have `id`.
    pub has_id: bool,
    /// Whether the CPU of a container is a series for each core.
    pub is_per_core: bool,
    /// Whether the recording rules of kubernetes-mixin are evaluated.
    pub has_rules: bool,
    /// Whether kube-state-metrics is 2.18 or older: without `container` for metrics of HPAs.
    pub is_old: bool,
    /// Whether only four series of an HPA are kept, as by a managed service's minimal list.
    pub is_minimal: bool,
}

impl Default for Variant {
    fn default() -> Self {
        Self {
            honor_labels: true,
            copies: None,
            two_jobs: false,
            clusters: &["prod"],
            cluster_label: None,
            is_usage_unlabelled: false,
            has_container: true,
            has_id: true,
            is_per_core: false,
            has_rules: false,
            is_old: false,
            is_minimal: false,
        }
    }
}

/// A container with what it uses and requests; without a request where it is 0.
#[derive(Clone, Copy, Debug)]
pub struct Container {
    name: &'static str,
    cores: f64,
    mib: f64,
    request: (f64, f64),
    limit: (f64, f64),
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ordinary,
    /// An init container that goes on: a native sidecar.
    Sidecar,
    /// An init container that ended when the pod began.
    Init,
}

/// A pod from `from` until `until`; one that has `finished` is still there as an object.
#[derive(Clone, Debug)]
pub struct Pod {
    /// Its name.
    pub name: String,
    /// Its uid, which is that of no pod in another cluster.
    pub uid: String,
    /// Its namespace.
    pub namespace: &'static str,
    owner: (&'static str, String),
    from: i64,
    until: i64,
    finished: Option<i64>,
    restarted: Option<i64>,
    containers: Vec<Container>,
}

/// A workload.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its namespace.
    pub namespace: &'static str,
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: &'static str,
    /// All pods that it had.
    pub pods: Vec<Pod>,
    replicas: Option<(u32, u32)>,
}

/// What is true of a workload at a time: cores, bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Truth {
    /// What its running containers use.
    pub used: (f64, f64),
    /// What the HPA counts as requested.
    pub requested: (f64, f64),
    /// The sum of limits.
    pub limit: (f64, f64),
}

/// One cluster.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// The value of its label.
    pub name: &'static str,
    /// Its workloads.
    pub workloads: Vec<Workload>,
    number: usize,
}

fn ordinary(name: &'static str, cores: f64, mib: f64, request: (f64, f64)) -> Container {
    let limit = (request.0 * 2.0, request.1 * 2.0);
    Container { name, cores, mib, request, limit, kind: Kind::Ordinary }
}

/// The clusters of a variant.
pub fn clusters(variant: &Variant) -> Vec<Cluster> {
    let one = |(number, name): (usize, &&'static str)| Cluster::new(name, number);
    variant.clusters.iter().enumerate().map(one).collect()
}

impl Cluster {
    /// The cluster of this name: the second one has the same objects with other values.
    pub fn new(name: &'static str, number: usize) -> Self {
        let times = if number == 0 { 1.0 } else { 3.0 };
        let app = |cores: f64, mib: f64| ordinary("app", cores * times, mib * times, (0.5, 256.0));
        let sidecar = Container {
            kind: Kind::Sidecar,
            ..ordinary("proxy", 0.05 * times, 40.0 * times, (0.1, 64.0))
        };
        let init = Container { kind: Kind::Init, ..ordinary("migrate", 0.0, 0.0, (4.0, 4096.0)) };
        let bare = ordinary("exporter", 0.02 * times, 16.0 * times, (0.0, 0.0));
        let mut make = Maker { number, pods: 0 };
        let mut workloads = Vec::new();
        for namespace in ["shop", "ops"] {
            let rs = |hash: &str| ("ReplicaSet", format!("api-{hash}"));
            let web = |cores, mib| vec![app(cores, mib), sidecar, init];
            let mut api = vec![
                make.pod(namespace, rs("7d9f5c"), "x2x4z", web(0.40, 180.0)),
                make.pod(namespace, rs("7d9f5c"), "k8s9q", web(0.20, 160.0)),
                make.pod(namespace, rs("7d9f5c"), "mm4rt", web(0.30, 170.0)),
                make.pod(namespace, rs("5c4b88"), "old77", web(0.90, 300.0)),
                make.pod(namespace, rs("7d9f5c"), "evic7", web(0.80, 400.0)),
            ];
            api[2].from = ROLLED_OUT;
            api[3].until = ROLLED_OUT;
            api[4].finished = Some(EVICTED);
            workloads.push(workload(namespace, "Deployment", "api", api, Some((3, 6))));
            let rs = ("ReplicaSet", "api-gateway-66b7d".to_owned());
            let mut gateway = vec![
                make.pod(namespace, rs.clone(), "aa111", vec![app(0.70, 100.0)]),
                make.pod(namespace, rs, "bb222", vec![app(0.10, 90.0), bare]),
            ];
            gateway[0].restarted = Some(RESTARTED);
            workloads.push(workload(namespace, "Deployment", "api-gateway", gateway, Some((2, 2))));
            let db = (0..2).map(|index| {
                let owner = ("StatefulSet", "db".to_owned());
                make.pod(namespace, owner, &index.to_string(), vec![app(0.15, 600.0)])
            });
            workloads.push(workload(namespace, "StatefulSet", "db", db.collect(), Some((2, 4))));
            let rs = ("ReplicaSet", "checkout-85f6".to_owned());
            let checkout = ["cc333", "dd444"]
                .map(|suffix| make.pod(namespace, rs.clone(), suffix, vec![app(0.25, 128.0)]));
            workloads.push(workload(
                namespace,
                "Rollout",
                "checkout",
                checkout.into(),
                Some((2, 5)),
            ));
            let rs = ("ReplicaSet", "worker-f00d".to_owned());
            let worker = make.pod(namespace, rs, "ee555", vec![bare]);
            workloads.push(workload(namespace, "Deployment", "worker", vec![worker], None));
            let rs = ("ReplicaSet", "alone".to_owned());
            let alone = make.pod(namespace, rs, "gg777", vec![app(0.11, 33.0)]);
            workloads.push(workload(namespace, "ReplicaSet", "alone", vec![alone], None));
            let job = ("Job", "api-migrate".to_owned());
            let mut job = make.pod(namespace, job, "ff666", vec![app(1.0, 512.0)]);
            job.finished = Some(EVICTED);
            workloads.push(workload(namespace, "Job", "api-migrate", vec![job], None));
        }
        Self { name, workloads, number }
    }

    /// The workload.
    pub fn workload(&self, namespace: &str, kind: &str, name: &str) -> &Workload {
        let is = |it: &&Workload| (it.namespace, it.kind, it.name) == (namespace, kind, name);
        self.workloads.iter().find(is).expect("it is in the world")
    }
}

fn workload(
    namespace: &'static str,
    kind: &'static str,
    name: &'static str,
    pods: Vec<Pod>,
    replicas: Option<(u32, u32)>,
) -> Workload {
    Workload { namespace, kind, name, pods, replicas }
}

struct Maker {
    number: usize,
    pods: usize,
}

impl Maker {
    fn pod(
        &mut self,
        namespace: &'static str,
        owner: (&'static str, String),
        suffix: &str,
        containers: Vec<Container>,
    ) -> Pod {
        self.pods += 1;
        Pod {
            name: format!("{}-{suffix}", owner.1),
            uid: format!("0b6f{:04}-0000-4000-8000-{:012}", self.number, self.pods),
            namespace,
            owner,
            from: START,
            until: END + STEP,
            finished: None,
            restarted: None,
            containers,
        }
    }
}

impl Pod {
    fn exists(&self, at: i64) -> bool {
        (self.from..self.until).contains(&at)
    }

    fn runs(&self, at: i64) -> bool {
        self.exists(at) && self.finished.is_none_or(|finished| at < finished)
    }
}

impl Workload {
    /// What is true of it at a time.
    pub fn truth(&self, at: i64) -> Truth {
        let mut truth = Truth::default();
        for pod in self.pods.iter().filter(|pod| pod.runs(at)) {
            for container in pod.containers.iter().filter(|it| it.kind != Kind::Init) {
                truth.used.0 += container.cores;
                truth.used.1 += container.mib * MIB;
                truth.requested.0 += container.request.0;
                truth.requested.1 += container.request.1 * MIB;
                truth.limit.0 += container.limit.0;
                truth.limit.1 += container.limit.1 * MIB;
            }
        }
        truth
    }

    /// The number of pods that run.
    pub fn running(&self, at: i64) -> usize {
        self.pods.iter().filter(|pod| pod.runs(at)).count()
    }

    /// minReplicas and maxReplicas of its HPA, which has the workload's name.
    pub fn replicas(&self) -> Option<(u32, u32)> {
        self.replicas
    }
}

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
                self.object("kube_replicaset_owner", &labels, |_| Some(1.0));
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
