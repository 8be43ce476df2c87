//! The series of kube-state-metrics.

use std::sync::Arc;

use super::{
    super::{
        World,
        names::{DAY, MINUTE},
        spec::{Goal, Hpa, Kind, Metric, Outcome, Pods, Source, Workload},
        workload::{pod_owner, template_hash},
    },
    Found, Pod, Subject,
    course::{self, number},
};

const MIB: f64 = 1024.0 * 1024.0;
const PHASES: [&str; 5] = ["Pending", "Succeeded", "Failed", "Unknown", "Running"];

/// Whether any of these series is asked for.
pub(super) fn asked(found: &Found<'_, '_>) -> bool {
    found.matchers.iter().all(|matcher| {
        matcher.name != crate::demo::promql::NAME
            || matcher.op != crate::demo::promql::MatchOp::Equal
            || matcher.value.starts_with("kube_")
    })
}

/// Adds the series of a workload, its HPAs and its pods.
pub(super) fn add<'a>(
    world: &'a World,
    found: &mut Found<'a, '_>,
    subject: &Subject<'a>,
    pods: &[Arc<Pod>],
) {
    target(found);
    workload_series(world, found, subject);
    for pod in pods {
        pod_series(found, subject.workload, pod);
    }
    for hpa in &subject.hpas {
        add_hpa(world, found, hpa, Some(subject));
    }
}

fn target(found: &mut Found<'_, '_>) {
    let labels = [("job", "kube-state-metrics"), ("instance", "kube-state-metrics:8080")];
    found.target = labels.map(|(name, value)| (name, value.to_owned())).to_vec();
}

fn workload_series<'a>(world: &World, found: &mut Found<'a, '_>, subject: &Subject<'a>) {
    let workload = subject.workload;
    let (kind, labels) = match workload.kind {
        Kind::Deployment => ("kube_deployment", "deployment"),
        Kind::StatefulSet => ("kube_statefulset", "statefulset"),
        _ => ("", ""),
    };
    let began = world.now - workload.age;
    let made = workload.pods != Pods::NeverMade;
    let replicas = |missing: i64| {
        let known = subject.known.clone();
        let now = world.now;
        move |at: i64| {
            // Pods that are not ready are so since lately.
            let missing = if at >= now - 20 { missing } else { 0 };
            (at >= began).then(|| number((known.course.replicas(at) - missing).max(0)))
        }
    };
    let unready = workload.replicas - workload.ready();
    let always = move |value: f64| move |at: i64| (at >= began).then_some(value);
    if !kind.is_empty() {
        let own = [("namespace", workload.namespace.as_str()), (labels, workload.name.as_str())];
        let spec = if kind == "kube_deployment" { "_spec_replicas" } else { "_replicas" };
        found.add(&format!("{kind}{spec}"), &own, replicas(0));
        found.add(&format!("{kind}_created"), &own, always(number(began)));
        if made {
            found.add(&format!("{kind}_status_replicas"), &own, replicas(0));
            found.add(&format!("{kind}_status_replicas_ready"), &own, replicas(unready));
            found.add(&format!("{kind}_status_replicas_available"), &own, replicas(unready));
        }
    }
    if matches!(workload.kind, Kind::Deployment | Kind::Rollout) && made {
        let set = format!("{}-{}", workload.name, template_hash(workload));
        let own = [("namespace", workload.namespace.as_str()), ("replicaset", set.as_str())];
        let owner = [
            ("owner_kind", workload.kind.name()),
            ("owner_name", workload.name.as_str()),
            ("owner_is_controller", "true"),
        ];
        found.add("kube_replicaset_owner", &[&own[..], &owner].concat(), always(1.0));
        found.add("kube_replicaset_spec_replicas", &own, replicas(0));
        found.add("kube_replicaset_status_ready_replicas", &own, replicas(unready));
    }
}

fn pod_series<'a>(found: &mut Found<'a, '_>, workload: &'a Workload, pod: &Arc<Pod>) {
    let own = [("namespace", &*workload.namespace), ("pod", &*pod.name), ("uid", &*pod.uid)];
    let with = |more: &[(&'static str, &'a str)]| [&own[..], more].concat();
    let lives = |value: f64| {
        let pod = Arc::clone(pod);
        move |at: i64| pod.exists(at).then_some(value)
    };
    let (owner_kind, owner) = pod_owner(workload);
    let is_last = |number: i64| pod.is_present() && pod.index >= workload.replicas - number;
    let is_pending = match workload.pods {
        Pods::Unschedulable(number) => is_last(number),
        _ => false,
    };
    let is_starting = matches!(workload.pods, Pods::Starting(number) if is_last(number));
    let is_crashing = workload.pods == Pods::Crashing;
    let info = [
        ("created_by_kind", owner_kind.name()),
        ("created_by_name", owner.as_str()),
        ("node", if is_pending { "" } else { pod.node.as_str() }),
        ("host_network", "false"),
    ];
    found.add("kube_pod_info", &[&own[..], &info].concat(), lives(1.0));
    let by = [
        ("owner_kind", owner_kind.name()),
        ("owner_name", owner.as_str()),
        ("owner_is_controller", "true"),
    ];
    found.add("kube_pod_owner", &[&own[..], &by].concat(), lives(1.0));
    found.add("kube_pod_created", &own, lives(number(pod.created)));
    if !is_pending {
        found.add("kube_pod_start_time", &own, lives(number(pod.created)));
    }
    let is_ready = !(is_pending || is_starting || is_crashing);
    // Ready eight seconds after it was created.
    let ready = pod.created + 8;
    if is_ready {
        let pod = Arc::clone(pod);
        found.add("kube_pod_status_ready_time", &own, move |at| {
            (pod.exists(at) && at >= ready).then(|| number(ready))
        });
    }
    for condition in ["true", "false", "unknown"] {
        let pod = Arc::clone(pod);
        found.add("kube_pod_status_ready", &with(&[("condition", condition)]), move |at| {
            let is = if is_ready && at >= ready { "true" } else { "false" };
            pod.exists(at).then(|| f64::from(u8::from(is == condition)))
        });
    }
    for phase in PHASES {
        let pod = Arc::clone(pod);
        found.add("kube_pod_status_phase", &with(&[("phase", phase)]), move |at| {
            let runs = !is_pending && !is_starting && at >= pod.created + 3;
            let is = if runs { "Running" } else { "Pending" };
            pod.exists(at).then(|| f64::from(u8::from(is == phase)))
        });
    }
    for container in &workload.containers {
        let of = |resource, unit| {
            [("container", &*container.name), ("resource", resource), ("unit", unit)]
        };
        for (bound, cpu, memory) in [
            ("requests", container.cpu, container.memory),
            ("limits", container.cpu_limit, container.memory_limit),
        ] {
            let name = format!("kube_pod_container_resource_{bound}");
            let node = [("node", if is_pending { "" } else { pod.node.as_str() })];
            for (amount, unit, labels) in
                [(cpu, 0.001, of("cpu", "core")), (memory, MIB, of("memory", "byte"))]
            {
                if let Some(amount) = amount {
                    let labels = [&own[..], &labels, &node].concat();
                    found.add(&name, &labels, lives(number(amount) * unit));
                }
            }
        }
        let of = [("container", &*container.name)];
        let crashes = is_crashing && container.name == "app";
        let restarts = if crashes { 61.0 } else { 0.0 };
        found.add("kube_pod_container_status_restarts_total", &with(&of), lives(restarts));
        if crashes {
            let waiting = with(&[of[0], ("reason", "CrashLoopBackOff")]);
            found.add("kube_pod_container_status_waiting_reason", &waiting, lives(1.0));
            let ended = with(&[of[0], ("reason", "OOMKilled")]);
            found.add("kube_pod_container_status_last_terminated_reason", &ended, lives(1.0));
        }
    }
}

/// When a HPA's maximum was raised, and from what.
fn change(world: &World, hpa: &Hpa) -> Option<(i64, i64)> {
    let is_it = (hpa.namespace.as_str(), hpa.name.as_str()) == ("payments", "payments-api");
    (is_it && hpa.max > 10).then_some((world.now - 6 * DAY, 10))
}

/// Adds the series of an HPA.
pub(super) fn add_hpa<'a>(
    world: &'a World,
    found: &mut Found<'a, '_>,
    hpa: &'a Hpa,
    subject: Option<&Subject<'a>>,
) {
    target(found);
    let own = [("namespace", &*hpa.namespace), ("horizontalpodautoscaler", &*hpa.name)];
    let began = world.now - hpa.age;
    let name = |rest: &str| format!("kube_horizontalpodautoscaler_{rest}");
    let always = move |value: f64| move |at: i64| (at >= began).then_some(value);
    let change = change(world, hpa);
    let changed = move |before: f64, after: f64| {
        move |at: i64| {
            let is_before = change.is_some_and(|(when, _)| at < when);
            (at >= began).then_some(if is_before { before } else { after })
        }
    };
    let reference = [
        ("scaletargetref_api_version", hpa.target.0.api_version()),
        ("scaletargetref_kind", hpa.target.0.name()),
        ("scaletargetref_name", &*hpa.target.1),
    ];
    found.add(&name("info"), &[&own[..], &reference].concat(), always(1.0));
    found.add(&name("created"), &own, always(number(began)));
    let last = if change.is_some() { 2.0 } else { 1.0 };
    found.add(&name("metadata_generation"), &own, changed(1.0, last));
    found.add(&name("spec_min_replicas"), &own, always(number(hpa.min)));
    let before = number(change.map_or(hpa.max, |(_, before)| before));
    found.add(&name("spec_max_replicas"), &own, changed(before, number(hpa.max)));
    let (current, desired) = course::status(hpa, subject.map(|it| it.workload));
    for (which, present) in [("current", current.unwrap_or(0)), ("desired", desired)] {
        let known = subject.map(|subject| subject.known.clone());
        let now = world.now;
        found.add(&name(&format!("status_{which}_replicas")), &own, move |at| {
            let past = known.as_ref().filter(|_| at < now);
            let replicas = past.map_or(present, |known| known.course.replicas(at));
            // An HPA that never had a status has zeros.
            let replicas = if present == 0 { 0 } else { replicas };
            (at >= began).then(|| number(replicas))
        });
    }
    conditions(world, found, hpa, subject, &own);
    for metric in &hpa.metrics {
        metric_series(world, found, hpa, metric, subject, &own);
    }
}

fn conditions<'a>(
    world: &World,
    found: &mut Found<'a, '_>,
    hpa: &'a Hpa,
    subject: Option<&Subject<'a>>,
    own: &[(&str, &str)],
) {
    let series = "kube_horizontalpodautoscaler_status_condition";
    if !found.asks_for(series) {
        return;
    }
    let verdict = super::super::controller::judge(hpa, subject.map(|it| it.workload));
    let (now, began) = (world.now, world.now - hpa.age);
    let since = now - hpa.since;
    for (condition, holds, ..) in verdict.conditions {
        for status in ["true", "false", "unknown"] {
            let labels = [own, &[("condition", condition), ("status", status)]].concat();
            let known = subject.map(|subject| subject.known.clone());
            let (min, max) = (hpa.min, hpa.max);
            found.add(series, &labels, move |at| {
                let is_trouble = if condition == "ScalingLimited" { holds } else { !holds };
                let was = match &known {
                    _ if at >= since && is_trouble || at >= now => holds,
                    Some(known) if condition == "ScalingLimited" => {
                        let replicas = known.course.replicas(at);
                        replicas == max || replicas == min && known.course.usage(at) < 0.8
                    }
                    _ if condition == "ScalingLimited" => holds,
                    _ => true,
                };
                let is = if was { "true" } else { "false" };
                (at >= began + 15).then(|| f64::from(u8::from(is == status)))
            });
        }
    }
}

/// The name of a metric as kube-state-metrics has it, and its container.
fn metric_name(metric: &Metric) -> (&'static str, &'static str) {
    match &metric.source {
        Source::Resource(name) | Source::Pods(name) => (name, ""),
        Source::Container { resource, container } => (resource, container),
        Source::Object { metric, .. } | Source::External { metric, .. } => (metric, ""),
    }
}

fn metric_series<'a>(
    world: &World,
    found: &mut Found<'a, '_>,
    hpa: &'a Hpa,
    metric: &'a Metric,
    subject: Option<&Subject<'a>>,
    own: &[(&str, &str)],
) {
    let (metric_name, container) = metric_name(metric);
    let is_memory = metric_name == "memory";
    // Readings of CPU and everything else are in thousandths, of memory in MiB.
    let unit = if is_memory { MIB } else { 0.001 };
    let labels = |kind| {
        let metric =
            [("metric_name", metric_name), ("metric_target_type", kind), ("container", container)];
        [own, &metric].concat()
    };
    let (kind, target) = match metric.goal {
        Goal::Utilization(percent) => ("utilization", number(percent)),
        Goal::Average(goal) => ("average", number(goal) * unit),
        Goal::Value(goal) => ("value", number(goal) * unit),
    };
    let (now, began) = (world.now, world.now - hpa.age);
    found.add("kube_horizontalpodautoscaler_spec_target_metric", &labels(kind), move |at| {
        (at >= began).then_some(target)
    });
    let series = "kube_horizontalpodautoscaler_status_target_metric";
    // What cannot be read now has been read before, if it ever worked.
    let (readable_until, reading) = match (&hpa.outcome, metric.reading) {
        (Outcome::Failed { worked: true, .. }, Some(_)) => (now - hpa.since, None),
        (Outcome::Failed { .. } | Outcome::NeverReconciled | Outcome::Ambiguous(_), _)
        | (_, None) => return,
        (_, Some(reading)) => (i64::MAX, Some(reading)),
    };
    let Some(subject) = subject.filter(|subject| subject.workload.replicas > 0) else { return };
    let request = request(subject.workload, metric);
    // Something usual for the time at which it worked.
    let reading = reading.map_or(request * 0.7, number);
    let value = |percent: bool| {
        let known = subject.known.clone();
        move |at: i64| {
            let value = match metric.goal {
                _ if is_memory => reading * memory(known.course.usage(at)),
                Goal::Value(_) => reading * known.course.level(at),
                _ => reading * known.course.usage(at),
            };
            let value = if percent { (100.0 * value / request).floor() } else { value * unit };
            (at >= began + MINUTE && at < readable_until).then_some(value)
        }
    };
    if kind == "utilization" {
        if request > 0.0 {
            found.add(series, &labels("utilization"), value(true));
        }
        found.add(series, &labels("average"), value(false));
    } else {
        found.add(series, &labels(kind), value(false));
    }
}

/// How memory goes with the usage of CPU: most of it stays.
pub(super) fn memory(usage: f64) -> f64 {
    0.9 + 0.1 * usage.min(2.0)
}

fn request(workload: &Workload, metric: &Metric) -> f64 {
    let (resource, name) = metric_name(metric);
    let of = |container: &&super::super::spec::Container| name.is_empty() || container.name == name;
    let all = workload.containers.iter().filter(of);
    let requests = all.filter_map(|it| if resource == "memory" { it.memory } else { it.cpu });
    number(requests.sum())
}
