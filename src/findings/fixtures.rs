//! Subjects for this room's tests: a healthy HPA with its Deployment, to be made ill.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{
    Evidence, Finding, Known, Past, PastTarget, Reading, Selection, Severity, Stretch, Subject,
    Unknown, Verdict, Violation, World, evaluate, find,
};
use crate::hpa::{Hpa, parse_one};
use crate::kube::{Condition, Pod, Workload};

pub(super) const NOW: &str = "2026-11-23T12:00:00Z";
pub(super) const MINUTE_AGO: &str = "2026-11-23T11:59:00Z";
pub(super) const HOUR_AGO: &str = "2026-11-23T11:00:00Z";

pub(super) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub(super) fn finding(id: &'static str, (cluster, namespace, hpa): (&str, &str, &str)) -> Finding {
    Finding {
        id,
        severity: Severity::Warning,
        cluster: Arc::from(cluster),
        namespace: namespace.to_owned(),
        hpa: hpa.to_owned(),
        message: "so it is".to_owned(),
        action: "do something".into(),
        evidence: Evidence::new(),
        location: None,
    }
}

/// One HPA, `shop/web`, and its surroundings.
#[derive(Clone)]
pub(super) struct Case {
    hpa: Hpa,
    target: Option<Workload>,
    world: World,
    past: Known<Past>,
}

pub(super) fn hpa() -> Hpa {
    let condition = |kind: &str, status: &str, reason: &str| json!({"type": kind, "status": status, "reason": reason, "message": "", "lastTransitionTime": HOUR_AGO});
    let json = json!({
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": "shop", "uid": "1", "creationTimestamp": "2026-11-20T00:00:00Z"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 2, "maxReplicas": 10,
        },
        "status": {
            "currentReplicas": 4, "desiredReplicas": 4,
            "conditions": [
                condition("AbleToScale", "True", "ReadyForNewScale"),
                condition("ScalingActive", "True", "ValidMetricFound"),
                condition("ScalingLimited", "False", "DesiredWithinRange"),
            ],
        },
    });
    let (cluster, context) = (Arc::from("prod"), Arc::from("prod-admin"));
    parse_one(&cluster, &context, json.to_string().as_bytes()).unwrap()
}

fn deployment() -> Workload {
    let json = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop", "uid": "2", "creationTimestamp": "2026-11-20T00:00:00Z"},
        "spec": {
            "replicas": 4, "selector": {"matchLabels": {"app": "web"}},
            "template": {"spec": {"containers": [{"name": "app", "resources": {
                "requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "512Mi"},
            }}]}},
        },
        "status": {"replicas": 4, "readyReplicas": 4, "availableReplicas": 4, "updatedReplicas": 4},
    });
    Workload::parse(json.to_string().as_bytes()).unwrap()
}

/// A healthy pod of `web`.
pub(super) fn pod(number: usize) -> Pod {
    let json = json!({"apiVersion": "v1", "kind": "PodList", "items": [{
        "metadata": {
            "name": format!("web-5d4b9d8b47-{number}"), "namespace": "shop", "creationTimestamp": HOUR_AGO,
            "labels": {"app": "web", "pod-template-hash": "5d4b9d8b47"},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-5d4b9d8b47", "uid": "3", "controller": true}],
        },
        "spec": {"containers": [{"name": "app", "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "512Mi"},
        }}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    }]});
    Pod::parse_list(json.to_string().as_bytes()).unwrap().0.remove(0)
}

impl Case {
    /// All is well. There are no pods, and there is no history.
    pub(super) fn new() -> Self {
        Self {
            hpa: hpa(),
            target: Some(deployment()),
            world: World {
                hpas: Vec::new(),
                workloads: Vec::new(),
                unread: BTreeMap::new(),
                pods: Ok(Vec::new()),
                budgets: Ok(Vec::new()),
                quotas: Ok(Vec::new()),
                vertical: Ok(Vec::new()),
                scaled_objects: Ok(Vec::new()),
                of_manifests: false,
            },
            past: Err(Unknown::NoHistory),
        }
        .cpu(70, Some(68))
    }

    /// The HPA as it is.
    pub(super) fn present(&self) -> Hpa {
        self.hpa.clone()
    }

    pub(super) fn hpa(mut self, change: impl FnOnce(&mut Hpa)) -> Self {
        change(&mut self.hpa);
        self
    }

    pub(super) fn target(mut self, change: impl FnOnce(&mut Workload)) -> Self {
        change(self.target.as_mut().unwrap());
        self
    }

    pub(super) fn no_target(mut self) -> Self {
        self.target = None;
        self
    }

    pub(super) fn world(mut self, change: impl FnOnce(&mut World)) -> Self {
        change(&mut self.world);
        self
    }

    pub(super) fn created(self, at: &str) -> Self {
        self.hpa(|hpa| hpa.created_at = at.parse().ok())
    }

    pub(super) fn replicas(self, min: i32, current: i32, max: i32) -> Self {
        self.hpa(|hpa| {
            hpa.min_replicas = min;
            hpa.max_replicas = max;
            hpa.current_replicas = current;
            hpa.desired_replicas = current;
        })
        .target(|target| {
            target.replicas.spec = Some(current);
            target.replicas.status = Some(current);
            target.replicas.ready = Some(current);
        })
    }

    /// Sets a condition of the HPA, an hour old.
    pub(super) fn condition(self, kind: &str, status: &str, reason: &str, message: &str) -> Self {
        self.hpa(|hpa| {
            hpa.conditions.retain(|condition| condition.kind != kind);
            hpa.conditions.push(condition(kind, status, reason, message, HOUR_AGO));
            let is = |kind: &str| hpa.condition(kind).and_then(Condition::is_true);
            (hpa.able_to_scale, hpa.scaling_active) = (is("AbleToScale"), is("ScalingActive"));
        })
    }

    /// Makes CPU utilization the only metric.
    pub(super) fn cpu(self, target: i32, current: Option<i32>) -> Self {
        self.metrics(
            &json!([{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": target}}}]),
            &current.map_or(json!(null), |current| {
                json!([{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": current}}}])
            }),
        )
    }

    /// Sets the metrics as the API has them: spec and status.
    pub(super) fn metrics(self, spec: &serde_json::Value, status: &serde_json::Value) -> Self {
        let json = json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "x"},
            "spec": {"metrics": spec}, "status": {"currentMetrics": status},
        });
        let names = Arc::from("");
        let parsed = parse_one(&names, &names, json.to_string().as_bytes()).unwrap();
        self.hpa(|hpa| hpa.metrics = parsed.metrics)
    }

    /// Adds an external metric with a target per pod.
    pub(super) fn external(self, name: &str, target: &str, current: Option<&str>) -> Self {
        let before = self.hpa.metrics.clone();
        let metric = json!({"name": name});
        self.metrics(
            &json!([{"type": "External", "external": {"metric": metric, "target": {"type": "AverageValue", "averageValue": target}}}]),
            &current.map_or(json!(null), |current| {
                json!([{"type": "External", "external": {"metric": metric, "current": {"averageValue": current}}}])
            }),
        )
        .hpa(|hpa| hpa.metrics.splice(0..0, before).for_each(drop))
    }

    /// Adds that many pods of the target, each changed. The target's counts are those of its pods.
    pub(super) fn pods(mut self, count: usize, change: impl Fn(&mut Pod)) -> Self {
        let pods = self.world.pods.as_mut().unwrap();
        for _ in 0..count {
            let mut pod = pod(pods.len());
            change(&mut pod);
            pods.push(pod);
        }
        let all = i32::try_from(pods.len()).unwrap();
        let ready = i32::try_from(pods.iter().filter(|pod| pod.ready).count()).unwrap();
        let (min, max) = (self.hpa.min_replicas, self.hpa.max_replicas);
        self.replicas(min, all, max).target(|target| target.replicas.ready = Some(ready))
    }

    /// There is a history without readings.
    pub(super) fn history(mut self) -> Self {
        self.past = Ok(Past::default());
        self
    }

    /// Adds an earlier reading: the present HPA, changed. Oldest first.
    pub(super) fn before(mut self, ago: SignedDuration, change: impl FnOnce(&mut Hpa)) -> Self {
        let mut hpa = self.hpa.clone();
        change(&mut hpa);
        let target = self.target.as_ref().map(|target| PastTarget {
            replicas: target.replicas.spec,
            ready: target.replicas.ready,
            requests: target.requests.clone(),
            limits: target.limits.clone(),
        });
        let mut past = self.past.unwrap_or_default();
        let at = now() - ago;
        past.specs.push(Stretch::new(at, Arc::new(hpa.clone())));
        past.targets.extend(target.clone().map(|target| Stretch::new(at, target)));
        past.readings.push(Reading::new(at, Arc::new((hpa, target))));
        self.past = Ok(past);
        self
    }

    /// The readings are Prometheus': without the reasons of conditions, and here without those of `gone`.
    pub(super) fn observed(mut self, gone: &[&str]) -> Self {
        let past = self.past.as_mut().unwrap();
        for reading in &mut past.readings {
            let mut hpa = reading.hpa();
            hpa.conditions.retain(|condition| !gone.contains(&condition.kind.as_str()));
            for condition in &mut hpa.conditions {
                condition.reason = "".into();
            }
            *reading = Reading::new(reading.at, Arc::new((hpa, None))).observed();
        }
        self
    }

    /// No earlier reading has anything of the target.
    pub(super) fn kept_no_target(mut self) -> Self {
        self.past.as_mut().unwrap().targets.clear();
        self
    }

    /// The same reading at each of these minutes ago, descending.
    pub(super) fn minutes(self, ago: impl IntoIterator<Item = i64>) -> Self {
        ago.into_iter().fold(self, |case, ago| case.before(SignedDuration::from_mins(ago), |_| {}))
    }

    pub(super) fn unread() -> Unknown {
        Unknown::Forbidden("forbidden".into())
    }

    fn judge<T>(&self, judge: impl FnOnce(&Subject<'_>) -> T) -> T {
        let mut world = self.world.clone();
        world.hpas.insert(0, self.hpa.clone());
        world.workloads.extend(self.target.clone());
        let past = self.past.clone();
        let subjects = world.subjects(now(), &|_| past.as_ref().map_err(Clone::clone));
        judge(&subjects[0])
    }

    /// The rule's verdict alone, whatever else is wrong.
    pub(super) fn verdict(&self, id: &str) -> Verdict {
        self.judge(|subject| (find(id).unwrap().check)(subject))
    }

    pub(super) fn raised(&self, id: &str) -> Violation {
        match self.verdict(id) {
            Verdict::Raised(raise) => raise,
            other => panic!("{id}: {other:?}"),
        }
    }

    pub(super) fn severity(&self, id: &str) -> Severity {
        self.raised(id).severity
    }

    pub(super) fn message(&self, id: &str) -> String {
        self.raised(id).message
    }

    pub(super) fn clear(&self, id: &str) {
        assert_eq!(self.verdict(id), Verdict::Clear, "{id}");
    }

    pub(super) fn unknown(&self, id: &str) -> String {
        self.why_unknown(id).to_string()
    }

    pub(super) fn why_unknown(&self, id: &str) -> Unknown {
        match self.verdict(id) {
            Verdict::NotEvaluated(why) => why,
            other => panic!("{id}: {other:?}"),
        }
    }

    /// What is reported, and the rules that could not be decided.
    pub(super) fn reported(&self) -> (Vec<Finding>, Vec<&'static str>) {
        self.judge(|subject| {
            let evaluation = evaluate([subject], &Selection::all());
            let undecided = evaluation.not_evaluated().iter().map(|it| it.id).collect();
            (evaluation.findings().cloned().collect(), undecided)
        })
    }

    /// What is reported in the end.
    pub(super) fn ids(&self) -> Vec<&'static str> {
        self.judged_by(&Selection::all())
    }

    /// The same, of what is selected.
    pub(super) fn judged_by(&self, selection: &Selection) -> Vec<&'static str> {
        self.judge(|subject| evaluate([subject], selection).findings().map(|it| it.id).collect())
    }
}

pub(super) fn condition(
    kind: &str,
    status: &str,
    reason: &str,
    message: &str,
    since: &str,
) -> Condition {
    Condition {
        kind: kind.into(),
        status: status.into(),
        reason: reason.into(),
        message: message.into(),
        last_transition_time: since.parse().ok(),
    }
}
