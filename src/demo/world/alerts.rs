//! The alerts of a world, as the rules of kubernetes-mixin would raise them.

use std::collections::BTreeMap;

use super::{
    World,
    controller::judge,
    names::{DAY, HOUR, MINUTE, hash},
    pod,
    spec::{Hpa, Outcome, Pods, Workload},
};

/// What Alertmanager does with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Handling {
    Active,
    Silenced,
    Inhibited,
}

/// An alert that fires or is pending.
#[derive(Debug, Clone)]
pub(in crate::demo) struct Alert {
    pub(in crate::demo) labels: BTreeMap<String, String>,
    pub(in crate::demo) annotations: BTreeMap<String, String>,
    /// When its condition began to hold, in seconds since 1970.
    pub(in crate::demo) active_at: i64,
    /// For how many seconds it has to hold before the alert fires.
    pub(in crate::demo) after: i64,
    pub(in crate::demo) handling: Handling,
}

impl Alert {
    fn new(name: &str, severity: &str, labels: &[(&str, &str)], summary: &str) -> Alert {
        let own = [("alertname", name), ("severity", severity), ("prometheus", "monitoring/k8s")];
        let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let runbook = name.to_lowercase();
        let runbook = format!("https://runbooks.example.com/kubernetes/{runbook}");
        let annotations = [("summary", summary), ("runbook_url", &runbook)];
        Alert {
            labels: own.iter().chain(labels).map(text).collect(),
            annotations: annotations.iter().map(text).collect(),
            active_at: 0,
            after: 15 * MINUTE,
            handling: Handling::Active,
        }
    }

    fn since(mut self, at: i64) -> Alert {
        self.active_at = at;
        self
    }

    fn after(mut self, seconds: i64) -> Alert {
        self.after = seconds;
        self
    }

    fn handled(mut self, handling: Handling) -> Alert {
        self.handling = handling;
        self
    }

    /// When it began to fire.
    pub(in crate::demo) fn fires_at(&self) -> i64 {
        self.active_at + self.after
    }

    /// Its identity.
    pub(in crate::demo) fn fingerprint(&self) -> String {
        fingerprint(&self.labels)
    }
}

/// The identity of an alert with these labels.
pub(in crate::demo) fn fingerprint(labels: &BTreeMap<String, String>) -> String {
    let parts: Vec<&str> =
        labels.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect();
    format!("{:016x}", hash(&parts))
}

const EXPORTER: [(&str, &str); 2] =
    [("job", "kube-state-metrics"), ("instance", "kube-state-metrics:8080")];

impl World {
    /// All alerts.
    pub(in crate::demo) fn alerts(&self) -> Vec<Alert> {
        let mut alerts = vec![
            Alert::new("Watchdog", "none", &[], "An alert that should always be firing.")
                .since(self.now - 30 * DAY)
                .after(0),
        ];
        for hpa in &self.hpas {
            alerts.extend(self.of_hpa(hpa));
        }
        for workload in &self.workloads {
            self.of_workload(workload, &mut alerts);
        }
        if self.workloads.iter().any(|workload| workload.namespace == "search") {
            let labels =
                [("namespace", "search"), ("resource", "requests.cpu"), EXPORTER[0], EXPORTER[1]];
            alerts.push(
                Alert::new(
                    "KubeQuotaAlmostFull",
                    "info",
                    &labels,
                    "Namespace quota is going to be full.",
                )
                .since(self.now - 9 * HOUR),
            );
        }
        let node = [("node", "node-2"), ("condition", "MemoryPressure"), EXPORTER[0], EXPORTER[1]];
        alerts.push(
            Alert::new("KubeNodePressure", "info", &node, "Node has an active condition.")
                .since(self.now - 50 * MINUTE)
                .after(10 * MINUTE),
        );
        alerts
    }

    fn of_hpa(&self, hpa: &Hpa) -> Option<Alert> {
        let verdict = judge(hpa, self.target(hpa));
        let own = [
            ("namespace", &*hpa.namespace),
            ("horizontalpodautoscaler", &*hpa.name),
            EXPORTER[0],
            EXPORTER[1],
        ];
        let since = self.now - hpa.since;
        if matches!(hpa.outcome, Outcome::WriteRefused(_)) {
            let summary = "HPA has not matched desired number of replicas.";
            return Some(
                Alert::new("KubeHpaReplicasMismatch", "warning", &own, summary).since(since),
            );
        }
        let is_at_max = verdict.current == Some(hpa.max) && hpa.min != hpa.max;
        let summary = "HPA is running at max replicas";
        is_at_max.then(|| Alert::new("KubeHpaMaxedOut", "warning", &own, summary).since(since))
    }

    fn of_workload(&self, workload: &Workload, alerts: &mut Vec<Alert>) {
        let namespace = ("namespace", &*workload.namespace);
        let deployment = [namespace, ("deployment", &*workload.name), EXPORTER[0], EXPORTER[1]];
        match workload.pods {
            Pods::Crashing => {
                for index in 0..pod::count(workload) {
                    let identity = pod::identity(self, workload, index);
                    let labels = [
                        namespace,
                        ("pod", &*identity.name),
                        ("uid", &*identity.uid),
                        ("container", "app"),
                        ("reason", "CrashLoopBackOff"),
                        EXPORTER[0],
                        EXPORTER[1],
                    ];
                    let summary = "Pod is crash looping.";
                    alerts.push(
                        Alert::new("KubePodCrashLooping", "warning", &labels, summary)
                            .since(self.now - 6 * HOUR),
                    );
                }
            }
            Pods::Unschedulable(_) if workload.namespace != "default" => {
                let summary = "Deployment has not matched the expected number of replicas";
                alerts.push(
                    Alert::new("KubeDeploymentReplicasMismatch", "warning", &deployment, summary)
                        .since(self.now - 25 * MINUTE),
                );
            }
            Pods::Starting(last) => {
                let index = workload.replicas - last;
                let identity = pod::identity(self, workload, index);
                let labels = [namespace, ("pod", &*identity.name)];
                let summary = "Pod has been in a non-ready state for more than 15 minutes.";
                alerts.push(
                    Alert::new("KubePodNotReady", "warning", &labels, summary).since(pod::created(
                        self,
                        workload,
                        index,
                        &[],
                    )),
                );
            }
            _ => {}
        }
        if workload.stuck {
            let summary = "Deployment rollout is not progressing.";
            alerts.push(
                Alert::new("KubeDeploymentRolloutStuck", "warning", &deployment, summary)
                    .since(self.now - 25 * MINUTE)
                    .handled(Handling::Silenced),
            );
        }
        match (workload.namespace.as_str(), workload.name.as_str()) {
            ("shop", "catalog") if workload.replicas == 6 => {
                let identity = pod::identity(self, workload, 0);
                let labels = [
                    namespace,
                    ("pod", &*identity.name),
                    ("container", "app"),
                    ("job", "kubelet"),
                    ("node", &*identity.node),
                ];
                let summary = "Processes experience elevated CPU throttling.";
                alerts.push(
                    Alert::new("CPUThrottlingHigh", "info", &labels, summary)
                        .since(self.now - 45 * MINUTE)
                        .handled(Handling::Inhibited),
                );
            }
            ("media", "live-edge") => {
                let labels = [namespace, ("service", &*workload.name), ("job", "ingress")];
                let summary = "The 99th percentile of latency is above 500 ms.";
                alerts.push(
                    Alert::new("ServiceLatencyHigh", "warning", &labels, summary)
                        .since(self.now - 40 * MINUTE)
                        .after(5 * MINUTE),
                );
            }
            _ => {}
        }
    }
}
