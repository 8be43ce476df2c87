//! The series of cAdvisor.

use std::sync::Arc;

use super::{
    super::{
        spec::{Container, Pods},
        usage::{average_usage, deviation},
    },
    Found, Pod, Subject,
    course::number,
    objects,
};

/// Scheduling periods in a second.
const PERIODS: f64 = 10.0;

/// Whether any of these series is asked for.
pub(super) fn asked(found: &Found<'_, '_>) -> bool {
    found.matchers.iter().all(|matcher| {
        matcher.name != crate::demo::promql::NAME
            || matcher.op != crate::demo::promql::MatchOp::Equal
            || matcher.value.starts_with("container_")
    })
}

/// Adds what the containers of a workload use.
pub(super) fn add<'a>(found: &mut Found<'a, '_>, subject: &Subject<'a>, pods: &[Arc<Pod>]) {
    let workload = subject.workload;
    let averages: Vec<(&Container, f64, f64)> = workload
        .containers
        .iter()
        .map(|container| {
            let average =
                |resource| number(average_usage(workload, &subject.hpas, resource, container));
            (container, average("cpu") / 1e9, average("memory"))
        })
        .collect();
    for pod in pods {
        let is_last = |number: i64| pod.is_present() && pod.index >= workload.replicas - number;
        let runs = match workload.pods {
            Pods::Unschedulable(number) | Pods::Starting(number) => !is_last(number),
            Pods::Crashing | Pods::NeverMade => false,
            Pods::Ready => true,
        };
        if !runs {
            continue;
        }
        found.target = vec![
            ("job", "kubelet".to_owned()),
            ("metrics_path", "/metrics/cadvisor".to_owned()),
            ("instance", format!("10.0.0.{}:10250", pod.node.trim_start_matches("node-"))),
            ("node", pod.node.clone()),
        ];
        let factor = 1.0 + number(deviation(workload, &subject.hpas, pod.index)) / 100.0;
        let (mut all_cores, mut all_bytes) = (0.0, 0.0);
        for (container, cores, bytes) in &averages {
            all_cores += cores;
            all_bytes += bytes;
            let id = format!("/kubepods/burstable/pod{}/{}", pod.uid, container.name);
            let labels =
                [("container", &*container.name), ("image", &*container.image), ("id", &id)];
            // Throttled where it uses most of its limit.
            let limit = container.cpu_limit.map(|limit| number(limit) / 1000.0);
            cgroup(found, subject, pod, &labels, (cores * factor, bytes * factor, limit));
        }
        let id = format!("/kubepods/burstable/pod{}", pod.uid);
        // The pause container comes on top in the pod's own cgroup.
        let amounts = (all_cores * factor + 0.0001, all_bytes * factor + 200_000.0, None);
        cgroup(found, subject, pod, &[("id", &id)], amounts);
    }
}

fn cgroup<'a>(
    found: &mut Found<'a, '_>,
    subject: &Subject<'a>,
    pod: &Arc<Pod>,
    labels: &[(&str, &str)],
    (cores, bytes, limit): (f64, f64, Option<f64>),
) {
    let workload = subject.workload;
    let own = [("namespace", &*workload.namespace), ("pod", &*pod.name)];
    let labels = [&own[..], labels].concat();
    // Containers run three seconds after the pod was created.
    let (pod, from) = (Arc::clone(pod), pod.from + 3);
    let runs = move |at: i64| pod.exists(at) && at >= from;
    let since = subject.known.course.used(from);
    let counter = |each: f64| {
        let (known, runs) = (subject.known.clone(), runs.clone());
        move |at: i64| runs(at).then(|| each * (known.course.used(at) - since).max(0.0))
    };
    let cpu = [&labels[..], &[("cpu", "total")]].concat();
    found.add("container_cpu_usage_seconds_total", &cpu, counter(cores));
    let known = subject.known.clone();
    let is_running = runs.clone();
    found.add("container_memory_working_set_bytes", &labels, move |at| {
        let bytes = bytes * objects::memory(known.course.usage(at));
        is_running(at).then(|| (bytes / 4096.0).round() * 4096.0)
    });
    let Some(limit) = limit else { return };
    let share = (cores / limit - 0.5).clamp(0.0, 0.9);
    let is_running = runs.clone();
    found.add("container_cpu_cfs_periods_total", &labels, move |at| {
        is_running(at).then(|| (number(at - from) * PERIODS).floor())
    });
    let throttled = counter(share * PERIODS);
    found.add("container_cpu_cfs_throttled_periods_total", &labels, move |at| {
        let all = (number(at - from) * PERIODS).floor();
        throttled(at).map(|throttled| throttled.floor().min(all))
    });
}
