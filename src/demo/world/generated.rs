//! Plausible services for large demos: mostly healthy, some at their limit, some with problems.

use super::{
    Pair,
    names::{hash, spread},
    pod,
    spec::{Goal, Hpa, Metric, Source, Workload},
};

/// Generated service number `number` of `total`, counted from 1.
pub(super) fn pair(cluster: &str, number: usize, total: usize) -> Pair {
    let teams = (total / 25 + 1).min(40) as u64;
    let name = format!("svc-{number:04}");
    let hash = hash(&[cluster, &name]);
    let namespace = format!("team-{:02}", hash % teams);
    let replicas = spread(hash >> 8, 2, 5);
    let workload = Workload::new(&namespace, &name, replicas);
    // Within the tolerance of 10 % around 70: nothing to do.
    let usage = spread(hash >> 16, 64, 76);
    let hpa = Hpa::new(&namespace, &name, 10);
    let hpa = match hash >> 24 & 63 {
        0..=3 => {
            let mut hpa = hpa.cpu(spread(hash >> 32, 95, 300));
            hpa.max = replicas;
            hpa
        }
        4 => hpa.cpu(0).failed(
            true,
            "failed to get cpu utilization: unable to get metrics for resource cpu: no metrics \
             returned from resource metrics API",
        ),
        5 => {
            let workload = workload.without_cpu_request();
            let error = format!(
                "failed to get cpu utilization: missing request for cpu in container app of Pod {}",
                pod::name(&workload, 0)
            );
            let mut hpa = hpa.cpu(0).failed(false, &error);
            hpa.metrics = hpa.metrics.into_iter().map(Metric::failed).collect();
            return (hpa, Some(workload));
        }
        6..=13 => hpa.cpu(usage).metric(Metric::memory(80, 100)),
        14..=17 => hpa.metric(Metric::new(
            Source::External { metric: "queue_depth", selector: None },
            Goal::Average(50_000),
            Some(47_000),
        )),
        18..=25 => {
            // Idle at its minimum.
            let mut hpa = hpa.cpu(spread(hash >> 32, 3, 30));
            hpa.min = replicas;
            hpa
        }
        _ => hpa.cpu(usage),
    };
    (hpa, Some(workload))
}
