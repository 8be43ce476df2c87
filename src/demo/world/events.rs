//! Events about recent activity and problems.

use serde_json::{Value, json};

use super::{
    World,
    controller::{judge, words},
    names::{MINUTE, hash, resource_version, time, uid},
    pod::{self, NODES},
    spec::{Hpa, Outcome, Pods, Workload},
};

/// An event about an object, before it has a name.
struct Happening<'a> {
    /// API version, kind, namespace and name of the object.
    about: (&'a str, &'a str, &'a str, &'a str),
    source: &'a str,
    warning: bool,
    reason: &'a str,
    message: String,
    count: i64,
    first: i64,
    last: i64,
}

/// All events.
pub(super) fn events(world: &World) -> Vec<Value> {
    let mut events = Vec::new();
    for hpa in &world.hpas {
        of_hpa(world, hpa, &mut events);
    }
    for workload in &world.workloads {
        of_pods(world, workload, &mut events);
    }
    events
}

fn of_hpa(world: &World, hpa: &Hpa, events: &mut Vec<Value>) {
    let target = world.target(hpa);
    let verdict = judge(hpa, target);
    let mut push = |warning: bool, reason: &str, message: String| {
        // Repeated every 15 seconds while a problem lasts; the server keeps events for an hour.
        let (count, first, last) = if warning {
            let first = hpa.since.min(60 * MINUTE);
            (hpa.since / 15 + 1, first, 9)
        } else {
            (1, hpa.since, hpa.since)
        };
        let about = ("autoscaling/v2", "HorizontalPodAutoscaler", &*hpa.namespace, &*hpa.name);
        let source = "horizontal-pod-autoscaler";
        events.push(event(
            world,
            &Happening { about, source, warning, reason, message, count, first, last },
        ));
    };
    if let (Some(_), Some(metric)) = (hpa.rescaled_from, hpa.metrics.first()) {
        let way = if Some(verdict.desired) > verdict.current {
            format!("{} above target", words(metric))
        } else {
            "All metrics below target".to_owned()
        };
        let message = format!("New size: {}; reason: {way}", verdict.desired);
        push(false, "SuccessfulRescale", message);
    }
    match &hpa.outcome {
        Outcome::Failed { reason, error, .. } => {
            push(true, reason, error.clone());
            let total = hpa.metrics.len();
            let message = format!(
                "invalid metrics ({total} invalid out of {total}), first error is: {error}"
            );
            push(true, "FailedComputeMetricsReplicas", message);
        }
        Outcome::WriteRefused(error) => {
            push(true, "FailedRescale", format!("New size: {}; error: {error}", hpa.max));
        }
        Outcome::Evaluated if target.is_none() => {
            let message = format!("deployments.apps \"{}\" not found", hpa.target.1);
            push(true, "FailedGetScale", message);
        }
        Outcome::Evaluated => {
            for metric in hpa.metrics.iter().filter(|metric| metric.reading.is_none()) {
                if target.is_some_and(|target| target.replicas > 0) {
                    let message = format!(
                        "unable to get metric for {}: unable to fetch metrics from custom metrics \
                         API: no custom metrics API (custom.metrics.k8s.io) registered",
                        words(metric)
                    );
                    push(true, "FailedGetPodsMetric", message);
                }
            }
        }
        _ => {}
    }
}

fn of_pods(world: &World, workload: &Workload, events: &mut Vec<Value>) {
    let (indexes, source, reason, message) = match workload.pods {
        Pods::Crashing => {
            let message = "Back-off restarting failed container app in pod";
            (0..workload.replicas, "kubelet", "BackOff", message.to_owned())
        }
        Pods::Unschedulable(number) => (
            workload.replicas - number..workload.replicas,
            "default-scheduler",
            "FailedScheduling",
            format!("0/{NODES} nodes are available: {NODES} Insufficient cpu."),
        ),
        _ => return,
    };
    for index in indexes {
        let name = pod::name(workload, index);
        events.push(event(
            world,
            &Happening {
                about: ("v1", "Pod", &workload.namespace, &name),
                source,
                warning: true,
                reason,
                message: message.clone(),
                count: 20,
                first: 25 * MINUTE,
                last: 40,
            },
        ));
    }
}

fn event(world: &World, happening: &Happening<'_>) -> Value {
    let (version, kind, namespace, object) = happening.about;
    let parts = [&world.cluster, kind, namespace, object];
    let name = format!("{object}.{:016x}", hash(&[&parts[..], &[happening.reason]].concat()));
    let event_parts = [&world.cluster, "Event", namespace, &name];
    json!({
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": uid(&event_parts),
            "resourceVersion": resource_version(&event_parts),
            "creationTimestamp": time(world.now - happening.first),
        },
        "involvedObject": {
            "kind": kind,
            "namespace": namespace,
            "name": object,
            "uid": uid(&parts),
            "apiVersion": version,
            "resourceVersion": resource_version(&parts),
        },
        "reason": happening.reason,
        "message": happening.message,
        "source": {"component": happening.source},
        "firstTimestamp": time(world.now - happening.first),
        "lastTimestamp": time(world.now - happening.last),
        "count": happening.count,
        "type": if happening.warning { "Warning" } else { "Normal" },
        "eventTime": null,
        "reportingComponent": happening.source,
        "reportingInstance": "",
    })
}
