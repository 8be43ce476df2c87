//! The compact descriptions from which objects are built.

use std::collections::HashMap;

use serde_json::Value;

use super::names::{DAY, HOUR, MINUTE, hash, spread};

/// The kind of a scale target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Deployment,
    StatefulSet,
    ReplicaSet,
    ReplicationController,
    Rollout,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Deployment => "Deployment",
            Kind::StatefulSet => "StatefulSet",
            Kind::ReplicaSet => "ReplicaSet",
            Kind::ReplicationController => "ReplicationController",
            Kind::Rollout => "Rollout",
        }
    }

    pub(super) fn api_version(self) -> &'static str {
        match self {
            Kind::ReplicationController => "v1",
            Kind::Rollout => "argoproj.io/v1alpha1",
            _ => "apps/v1",
        }
    }
}

/// A container of a workload; CPU in thousandths of a core, memory in MiB.
#[derive(Debug, Clone)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) image: String,
    pub(super) cpu: Option<i64>,
    pub(super) memory: Option<i64>,
    pub(super) cpu_limit: Option<i64>,
    pub(super) memory_limit: Option<i64>,
    pub(super) port: Option<(&'static str, u16)>,
    /// Further ports: name, port of the Service, port of the container.
    pub(super) more_ports: Vec<(&'static str, u16, u16)>,
}

/// The state of a workload's pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pods {
    Ready,
    /// All pods are in `CrashLoopBackOff` after running out of memory.
    Crashing,
    /// This many pods find no node.
    Unschedulable(i64),
    /// This many pods were just created.
    Starting(i64),
    /// No pod was ever created: the rollout was paused before.
    NeverMade,
}

/// An object with pods, and possibly an HPA.
#[derive(Debug, Clone)]
pub(super) struct Workload {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) replicas: i64,
    pub(super) containers: Vec<Container>,
    pub(super) selector: Vec<(String, String)>,
    pub(super) pods: Pods,
    /// The port of its Service, which leads to the first container's port.
    pub(super) service_port: u16,
    /// Its age in seconds.
    pub(super) age: i64,
    pub(super) paused: bool,
    /// Whether its newest template made no progress before the deadline; the pods have the previous
    /// one.
    pub(super) stuck: bool,
    /// Whether `kubectl apply` owns `spec.replicas`, in conflict with the HPA.
    pub(super) replicas_applied: bool,
    /// Replacements of deleted pods, by index: the number of earlier pods, and when the present one
    /// was created, in seconds since 1970.
    pub(super) replaced: HashMap<i64, (u32, i64)>,
}

impl Workload {
    /// A Deployment with one container `app` that requests 100m and 128Mi, limited to 500m and
    /// 512Mi.
    pub(super) fn new(namespace: &str, name: &str, replicas: i64) -> Workload {
        let app = Container {
            name: "app".to_owned(),
            image: format!("registry.example.com/{namespace}/{name}:1.{}", hash(&[name]) % 40),
            cpu: Some(100),
            memory: Some(128),
            cpu_limit: Some(500),
            memory_limit: Some(512),
            port: Some(("http", 8080)),
            more_ports: Vec::new(),
        };
        Workload {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            kind: Kind::Deployment,
            replicas,
            containers: vec![app],
            selector: vec![("app".to_owned(), name.to_owned())],
            pods: Pods::Ready,
            service_port: 80,
            age: natural_age(namespace, name) + 10 * MINUTE,
            paused: false,
            stuck: false,
            replicas_applied: false,
            replaced: HashMap::new(),
        }
    }

    pub(super) fn kind(mut self, kind: Kind) -> Workload {
        self.kind = kind;
        self
    }

    pub(super) fn pods(mut self, pods: Pods) -> Workload {
        self.pods = pods;
        self
    }

    pub(super) fn selector(mut self, labels: &[(&str, &str)]) -> Workload {
        self.selector = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        self
    }

    /// A rollout that makes no progress.
    pub(super) fn stuck(mut self) -> Workload {
        self.stuck = true;
        self
    }

    /// Changes the first container.
    pub(super) fn app(mut self, change: impl FnOnce(&mut Container)) -> Workload {
        if let Some(app) = self.containers.first_mut() {
            change(app);
        }
        self
    }

    /// Sets the requests and limits of the first container: CPU in thousandths, memory in MiB.
    pub(super) fn resources(self, cpu: i64, memory: i64) -> Workload {
        self.app(|app| {
            app.cpu = Some(cpu);
            app.memory = Some(memory);
            app.cpu_limit = Some(cpu * 4);
            app.memory_limit = Some(memory * 2);
        })
    }

    /// Removes the CPU request of the first container, and its limit, from which the server would
    /// otherwise fill in the request.
    pub(super) fn without_cpu_request(self) -> Workload {
        self.app(|app| (app.cpu, app.cpu_limit) = (None, None))
    }

    /// Adds a service mesh's sidecar, with or without requests.
    pub(super) fn sidecar(mut self, requests: Option<(i64, i64)>) -> Workload {
        self.containers.push(Container {
            name: "istio-proxy".to_owned(),
            image: "docker.io/istio/proxyv2:1.27.3".to_owned(),
            cpu: requests.map(|(cpu, _)| cpu),
            memory: requests.map(|(_, memory)| memory),
            // With a limit alone, the server would fill in the request.
            cpu_limit: requests.map(|_| 2000),
            memory_limit: requests.map(|_| 1024),
            port: None,
            more_ports: Vec::new(),
        });
        self
    }

    /// For how many seconds the number of ready pods has been unchanged, if some are not ready.
    pub(super) fn unready_since(&self) -> Option<i64> {
        match self.pods {
            Pods::Ready => None,
            Pods::Crashing => Some(6 * HOUR),
            Pods::Unschedulable(_) => Some(25 * MINUTE),
            Pods::Starting(_) => Some(20),
            Pods::NeverMade => Some(self.age),
        }
    }

    /// The number of its ready pods.
    pub(super) fn ready(&self) -> i64 {
        match self.pods {
            Pods::Ready => self.replicas,
            Pods::Crashing | Pods::NeverMade => 0,
            Pods::Unschedulable(number) | Pods::Starting(number) => (self.replicas - number).max(0),
        }
    }

    /// Its selector as `key=value,…`.
    pub(super) fn selector_text(&self) -> String {
        let pairs: Vec<String> = self.selector.iter().map(|(k, v)| format!("{k}={v}")).collect();
        pairs.join(",")
    }
}

/// The source of a metric.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Resource(&'static str),
    Container { resource: &'static str, container: &'static str },
    Pods(&'static str),
    Object { metric: &'static str, ingress: &'static str },
    External { metric: &'static str, selector: Option<(&'static str, &'static str)> },
}

/// A metric's target: a percentage, or a quantity (memory in MiB, everything else in thousandths).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    Utilization(i64),
    Average(i64),
    Value(i64),
}

/// A metric of an HPA with its reading: the average per pod (the total for an Object or External
/// metric with a `Value` goal), in the unit of [`Goal`]; `None` if it is not available.
#[derive(Debug, Clone)]
pub(super) struct Metric {
    pub(super) source: Source,
    pub(super) goal: Goal,
    pub(super) reading: Option<i64>,
}

impl Metric {
    pub(super) fn new(source: Source, goal: Goal, reading: Option<i64>) -> Metric {
        Metric { source, goal, reading }
    }

    /// CPU utilization, with a pod's usage in thousandths of a core.
    pub(super) fn cpu(percent: i64, usage: i64) -> Metric {
        Metric::new(Source::Resource("cpu"), Goal::Utilization(percent), Some(usage))
    }

    /// Memory utilization, with a pod's usage in MiB.
    pub(super) fn memory(percent: i64, usage: i64) -> Metric {
        Metric::new(Source::Resource("memory"), Goal::Utilization(percent), Some(usage))
    }

    /// Requests per second and pod, from the custom metrics API.
    pub(super) fn requests_per_second(target: i64, reading: Option<i64>) -> Metric {
        let source = Source::Pods("http_requests_per_second");
        Metric::new(source, Goal::Average(target), reading)
    }

    pub(super) fn failed(mut self) -> Metric {
        self.reading = None;
        self
    }
}

/// The controller's result for an HPA, if it does not follow from the readings.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// Determined by the metrics.
    Evaluated,
    /// Usage fell, and the scale-down window keeps the replicas.
    Stabilized,
    /// The write to the scale subresource failed, with this error.
    WriteRefused(String),
    /// No replica count: the reason, the error, and whether it ever worked.
    Failed { reason: &'static str, error: String, worked: bool },
    /// Another HPA with this name selects the same pods.
    Ambiguous(&'static str),
    /// The controller never saw it.
    NeverReconciled,
}

/// An HPA.
#[derive(Debug, Clone)]
pub(super) struct Hpa {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) target: (Kind, String),
    pub(super) min: i64,
    pub(super) max: i64,
    pub(super) metrics: Vec<Metric>,
    pub(super) behavior: Option<Value>,
    pub(super) outcome: Outcome,
    /// Its age in seconds.
    pub(super) age: i64,
    /// The seconds since its present state began.
    pub(super) since: i64,
    /// The replicas before a scaling that has just happened.
    pub(super) rescaled_from: Option<i64>,
    /// The seconds since it last scaled.
    pub(super) last_scale: Option<i64>,
    pub(super) labels: Vec<(String, String)>,
    /// The name of the KEDA `ScaledObject` that owns it.
    pub(super) scaled_object: Option<String>,
}

impl Hpa {
    /// An HPA with 2 to `max` replicas for the Deployment of the same name, without metrics.
    pub(super) fn new(namespace: &str, name: &str, max: i64) -> Hpa {
        let age = natural_age(namespace, name);
        let owned = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        Hpa {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            target: (Kind::Deployment, name.to_owned()),
            min: 2,
            max,
            metrics: Vec::new(),
            behavior: None,
            outcome: Outcome::Evaluated,
            age,
            since: (age - 15).clamp(1, 6 * HOUR),
            rescaled_from: None,
            last_scale: Some(spread(hash(&["scale", namespace, name]), 20 * MINUTE, 30 * HOUR))
                .filter(|last| *last < age),
            labels: vec![
                owned("app", name),
                owned("app.kubernetes.io/managed-by", "Helm"),
                owned("team", namespace),
            ],
            scaled_object: None,
        }
    }

    pub(super) fn on(mut self, kind: Kind, name: &str) -> Hpa {
        self.target = (kind, name.to_owned());
        self
    }

    pub(super) fn min(mut self, min: i64) -> Hpa {
        self.min = min;
        self
    }

    pub(super) fn metric(mut self, metric: Metric) -> Hpa {
        self.metrics.push(metric);
        self
    }

    /// A target of 70 % CPU, with a pod's usage in thousandths of a core.
    pub(super) fn cpu(self, usage: i64) -> Hpa {
        self.metric(Metric::cpu(70, usage))
    }

    pub(super) fn behavior(mut self, behavior: Value) -> Hpa {
        self.behavior = Some(behavior);
        self
    }

    pub(super) fn since(mut self, seconds: i64) -> Hpa {
        self.since = seconds;
        self
    }

    pub(super) fn outcome(mut self, outcome: Outcome) -> Hpa {
        self.outcome = outcome;
        self
    }

    /// A resource metric that cannot be computed.
    pub(super) fn failed(self, worked: bool, error: &str) -> Hpa {
        let (reason, error) = ("FailedGetResourceMetric", error.to_owned());
        self.outcome(Outcome::Failed { reason, error, worked })
    }

    /// An HPA that has just scaled.
    pub(super) fn rescaled(mut self, from: i64, seconds_ago: i64) -> Hpa {
        self.rescaled_from = Some(from);
        self.last_scale = Some(seconds_ago);
        self.since = seconds_ago;
        self
    }

    pub(super) fn aged(mut self, seconds: i64) -> Hpa {
        self.age = seconds;
        self.since = self.since.min(seconds);
        self.last_scale = self.last_scale.filter(|last| *last < seconds);
        self
    }
}

/// An age between some hours and some weeks.
fn natural_age(namespace: &str, name: &str) -> i64 {
    let hash = hash(&["age", namespace, name]);
    if hash.is_multiple_of(4) {
        spread(hash, 3 * HOUR, 2 * DAY)
    } else {
        spread(hash, 2 * DAY, 90 * DAY)
    }
}
