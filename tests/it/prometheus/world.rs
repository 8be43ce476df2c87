//! A world that is known: clusters with workloads whose usage and requests are true at each time, and the variants in which
//! they are scraped.

/// The first scrape.
pub const START: i64 = 1_764_547_200;
/// The last scrape; at it everything has been at rest for half an hour.
pub const END: i64 = START + 2 * 3600;
/// The time between two scrapes.
pub const STEP: i64 = 30;
/// When `shop/api` and `shop/api-gateway` were rolled out: one pod of the ReplicaSet before was replaced.
pub const ROLLED_OUT: i64 = START + 3600;
/// When a container of `shop/api-gateway` was restarted.
pub const RESTARTED: i64 = START + 4800;
/// When a pod of `shop/api` was evicted; it is still an object of the API.
pub const EVICTED: i64 = START + 1800;

pub(super) const MIB: f64 = 1024.0 * 1024.0;

/// How the world is scraped and kept.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a habit of some installation")]
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
    pub(super) name: &'static str,
    pub(super) cores: f64,
    pub(super) mib: f64,
    pub(super) request: (f64, f64),
    pub(super) limit: (f64, f64),
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
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
    pub(super) owner: (&'static str, String),
    pub(super) from: i64,
    pub(super) until: i64,
    pub(super) finished: Option<i64>,
    pub(super) restarted: Option<i64>,
    pub(super) containers: Vec<Container>,
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
    pub(super) replicas: Option<(u32, u32)>,
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
    pub(super) number: usize,
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
                // Gone by now with its ReplicaSet; by its name it could be of `api`.
                make.pod(
                    namespace,
                    ("ReplicaSet", "api-gateway-5c4b88".to_owned()),
                    "old88",
                    vec![app(0.60, 200.0)],
                ),
            ];
            gateway[0].restarted = Some(RESTARTED);
            gateway[2].until = ROLLED_OUT;
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
    pub(super) fn exists(&self, at: i64) -> bool {
        (self.from..self.until).contains(&at)
    }

    pub(super) fn runs(&self, at: i64) -> bool {
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
