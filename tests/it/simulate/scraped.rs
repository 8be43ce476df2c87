//! A world of the real controller's decisions as a Prometheus would have scraped it: kube-state-metrics shows the status that
//! the last sync has written, cAdvisor the counters of each pod.
//!
//! `promtool` cannot write the markers by which a scrape says that a series has ended. What was not readable at a sync is
//! NaN, and a pod that is gone is there for another six minutes as one that has finished.

#![expect(clippy::cast_precision_loss, reason = "small counts, and seconds")]

use std::fmt::Write as _;

use serde_json::{Value, json};

/// The time between two syncs in seconds.
const SYNC: i64 = 15;
/// A scrape comes so long after a sync.
const AFTER_SYNC: i64 = 5;
/// For how long Prometheus goes on with a value.
const LINGERS: i64 = 360;
/// A Pod that is there all the time, with its uid.
const ANCHOR: (&str, &str) = ("anchor-5d8f7-x2x4z", "7b1de0b4-0000-4000-8000-000000000001");

/// A world between two times.
pub struct Scraped<'a> {
    pub world: &'a Value,
    /// The first sync.
    pub start: i64,
    /// The time between two scrapes in seconds.
    pub every: i64,
}

/// A Pod from the sync after which it was made until the one that removed it.
struct Pod {
    from: usize,
    until: usize,
}

fn integer(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

impl Scraped<'_> {
    /// The namespace of the world alone, so that each is asked about alone.
    pub fn namespace(&self) -> String {
        format!("world-{}", self.world["name"].as_str().unwrap())
    }

    pub fn syncs(&self) -> usize {
        self.world["decisions"]["current"].as_array().unwrap().len()
    }

    /// Its HPA and its Deployment.
    pub fn objects(&self) -> [Value; 2] {
        let (namespace, requests) = (self.namespace(), &self.world["requests"]);
        let labels = json!({"app": "d"});
        let requests = json!({"cpu": format!("{}m", requests["cpu"]), "memory": format!("{}m", requests["memory"])});
        [
            json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": "d", "namespace": namespace}, "spec": self.world["spec"],
                "status": {"currentReplicas": 1, "desiredReplicas": 1}}),
            json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": namespace},
                "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels},
                    "spec": {"containers": [{"name": "app", "resources": {"requests": requests}}]}}},
                "status": {"replicas": 1}}),
        ]
    }

    fn decided(&self, what: &str, sync: usize) -> f64 {
        integer(&self.world["decisions"][what][sync]) as f64
    }

    /// A reading in base units.
    fn reading(&self, name: &str, sync: usize) -> Option<f64> {
        Some(self.world["readings"][name].get(sync)?.as_i64()? as f64 / 1000.0)
    }

    /// A value for each scrape between two syncs, of the last sync and its time.
    fn series(
        &self,
        out: &mut String,
        name: &str,
        labels: &str,
        range: (usize, usize),
        value: impl Fn(usize) -> Option<f64>,
    ) {
        let stride = usize::try_from(self.every / SYNC).unwrap();
        for sync in (range.0..range.1).filter(|sync| sync.is_multiple_of(stride)) {
            if let Some(value) = value(sync) {
                let at = self.start + i64::try_from(sync).unwrap() * SYNC + AFTER_SYNC;
                writeln!(out, "{name}{{{labels}}} {value} {at}").unwrap();
            }
        }
    }

    /// All of its series.
    pub fn write(&self, out: &mut String) {
        let own = format!(
            "namespace=\"{}\",job=\"kube-state-metrics\",instance=\"10.0.0.1:8080\"",
            self.namespace()
        );
        let hpa = format!("{own},horizontalpodautoscaler=\"d\"");
        let all = (0, self.syncs());
        let spec = &self.world["spec"];
        let bound = |name: &str| spec[name].as_i64().map_or(1.0, |it| it as f64);
        let mut replicas = |name: &str, value: &dyn Fn(usize) -> f64| {
            let name = format!("kube_horizontalpodautoscaler_{name}_replicas");
            self.series(out, &name, &hpa, all, |sync| Some(value(sync)));
        };
        replicas("spec_min", &|_| bound("minReplicas"));
        replicas("spec_max", &|_| bound("maxReplicas"));
        replicas("status_current", &|sync| self.decided("current", sync));
        replicas("status_desired", &|sync| self.decided("desired", sync));
        let metrics = spec["metrics"].as_array().unwrap();
        for metric in metrics {
            self.metric(out, &hpa, metric);
        }
        if metrics.iter().any(|metric| metric["type"] == "Resource") {
            let set = format!(
                "{own},replicaset=\"d-1\",owner_kind=\"Deployment\",owner_name=\"d\",owner_is_controller=\"true\""
            );
            self.series(out, "kube_replicaset_owner", &set, all, |_| Some(1.0));
            for (number, pod) in self.pods().iter().enumerate() {
                self.pod(out, &own, number, pod);
            }
        }
    }

    /// What the controller has written to the HPA's status.
    fn metric(&self, out: &mut String, hpa: &str, metric: &Value) {
        let kind = metric["type"].as_str().unwrap();
        let own = &metric[kind.to_lowercase()];
        let name = own["name"].as_str().or_else(|| own["metric"]["name"].as_str()).unwrap();
        let milli = |value: f64| value * 1000.0;
        let mut series = |target: &str, value: &dyn Fn(f64, usize) -> f64| {
            let labels = format!("{hpa},metric_name=\"{name}\",metric_target_type=\"{target}\"");
            let name = "kube_horizontalpodautoscaler_status_target_metric";
            self.series(out, name, &labels, (0, self.syncs()), |sync| {
                let value = self.reading(name_of(own), sync).map(|it| value(it, sync));
                Some(value.filter(|it| it.is_finite()).unwrap_or(f64::NAN))
            });
        };
        let ready = |sync: usize| self.decided("ready", sync);
        match (kind, own["target"]["type"].as_str().unwrap()) {
            (_, "Value") => series("value", &|value, _| value),
            ("Object" | "External", _) => series("average", &|value, sync| {
                (milli(value) / self.decided("current", sync)).ceil() / 1000.0
            }),
            (_, target) => {
                let average = |value: f64, sync: usize| (milli(value) / ready(sync)).floor();
                series("average", &|value, sync| average(value, sync) / 1000.0);
                if target == "Utilization" {
                    let request = integer(&self.world["requests"][name]) as f64;
                    series("utilization", &|value, sync| {
                        (milli(value) * 100.0 / (request * ready(sync))).floor()
                    });
                }
            }
        }
    }

    /// The pods, of which the newest are removed first.
    fn pods(&self) -> Vec<Pod> {
        let (mut gone, mut alive) = (Vec::new(), Vec::<Pod>::new());
        for sync in 0..self.syncs() {
            // What a scrape after this sync sees.
            let there =
                usize::try_from(integer(&self.world["decisions"]["desired"][sync])).unwrap();
            while alive.len() > there {
                gone.extend(alive.pop().map(|pod| Pod { until: sync, ..pod }));
            }
            while alive.len() < there {
                alive.push(Pod { from: sync, until: self.syncs() });
            }
        }
        gone.extend(alive);
        gone
    }

    /// What each pod uses at a sync.
    fn each(&self, name: &str, sync: usize) -> f64 {
        let sync = sync.min(self.syncs() - 1);
        let ready = self.decided("ready", sync);
        let each = self.reading(name, sync).map(|total| total / ready);
        each.filter(|it| it.is_finite()).unwrap_or(0.0)
    }

    fn pod(&self, out: &mut String, own: &str, number: usize, pod: &Pod) {
        let own = format!("{own},pod=\"d-1-{number}\"");
        let lives = (pod.from, pod.until);
        let owner = "owner_kind=\"ReplicaSet\",owner_name=\"d-1\",owner_is_controller=\"true\"";
        let lingers = usize::try_from(LINGERS / SYNC).unwrap();
        let ended = (pod.until, (pod.until + lingers).min(self.syncs()));
        self.series(out, "kube_pod_owner", &format!("{own},{owner}"), lives, |_| Some(1.0));
        let phase = format!("{own},phase=\"Succeeded\"");
        self.series(out, "kube_pod_status_phase", &phase, ended, |_| Some(1.0));
        let own = format!("{own},container=\"app\"");
        for resource in ["cpu", "memory"] {
            if self.world["readings"].get(resource).is_none() {
                continue;
            }
            let request = integer(&self.world["requests"][resource]) as f64 / 1000.0;
            let labels = format!("{own},resource=\"{resource}\"");
            let name = "kube_pod_container_resource_requests";
            self.series(out, name, &labels, lives, |_| Some(request));
            if resource == "memory" {
                // What the next sync reads.
                let used = |sync| Some(self.each("memory", sync).round());
                self.series(out, "container_memory_working_set_bytes", &own, lives, used);
                continue;
            }
            // What a sync reads was used since the sync before.
            let mut sums = vec![0.0];
            for sync in pod.from + 1..=pod.until {
                sums.push(sums[sums.len() - 1] + self.each("cpu", sync) * SYNC as f64);
            }
            let counter = |sync: usize| {
                let place = sync - pod.from;
                let since = self.each("cpu", sync + 1) * AFTER_SYNC as f64;
                Some(sums[place] + since)
            };
            self.series(out, "container_cpu_usage_seconds_total", &own, lives, counter);
        }
    }
}

fn name_of(own: &Value) -> &str {
    own["name"].as_str().or_else(|| own["metric"]["name"].as_str()).unwrap()
}

/// The Pod from which it is learnt how series are labelled.
pub fn anchor() -> Value {
    json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": ANCHOR.0, "namespace": "default", "uid": ANCHOR.1},
        "spec": {"containers": [{"name": "app"}]},
        "status": {"phase": "Running", "containerStatuses": [{"name": "app", "ready": true}],
            "conditions": [{"type": "Ready", "status": "True"}]}})
}

/// Its series.
pub fn write_anchor(out: &mut String, (start, end): (i64, i64), every: i64) {
    let (name, uid) = ANCHOR;
    let own = format!("namespace=\"default\",pod=\"{name}\"");
    let server = "job=\"kube-state-metrics\",instance=\"10.0.0.1:8080\"";
    for (name, labels) in [
        ("kube_pod_info", format!("{own},uid=\"{uid}\",{server}")),
        ("container_memory_working_set_bytes", format!("{own},container=\"app\"")),
        ("container_cpu_usage_seconds_total", format!("{own},container=\"app\"")),
    ] {
        let mut at = start + AFTER_SYNC;
        while at < end {
            writeln!(out, "{name}{{{labels}}} 1 {at}").unwrap();
            at += every;
        }
    }
}
