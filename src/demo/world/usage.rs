//! What pods use, as metrics-server measures it. It agrees with what the HPA controller reads: the
//! average over a target's running pods is the reading of each resource metric.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    World,
    names::{hash, spread, time},
    pod,
    spec::{Container, Goal, Hpa, Outcome, Source, Workload},
    workload::pod_labels,
};

/// metrics-server reads the kubelets this often, in seconds.
const RESOLUTION: i64 = 15;
/// A pod younger than this has not been measured twice, in seconds.
const FIRST_MEASURED: i64 = 2 * RESOLUTION;
const MIB: i64 = 1 << 20;

/// The usage of all running pods at `now`, in seconds since 1970.
pub(super) fn pod_metrics(world: &World, now: i64) -> Vec<Value> {
    let mut scalers: HashMap<(&str, &str, &str), Vec<&Hpa>> = HashMap::new();
    for hpa in &world.hpas {
        let (kind, name) = &hpa.target;
        scalers.entry((&hpa.namespace, kind.name(), name)).or_default().push(hpa);
    }
    let none = Vec::new();
    let of = |workload: &Workload| {
        let key = (&*workload.namespace, workload.kind.name(), &*workload.name);
        let hpas = scalers.get(&key).unwrap_or(&none);
        if hpas.iter().any(|hpa| is_unmeasured(hpa)) {
            return Vec::new();
        }
        of_workload(workload, hpas, now)
    };
    world.workloads.iter().flat_map(of).collect()
}

/// Whether the controller gets no metrics of the target's pods.
fn is_unmeasured(hpa: &Hpa) -> bool {
    matches!(&hpa.outcome, Outcome::Failed { error, .. }
        if error.contains("no metrics returned") || error.contains("did not receive metrics"))
}

fn of_workload(workload: &Workload, hpas: &[&Hpa], now: i64) -> Vec<Value> {
    let is_measured = |index: &i64| {
        let age = pod::replaced_at(workload, *index).map_or(FIRST_MEASURED, |at| now - at);
        pod::running(workload, *index) && age >= FIRST_MEASURED
    };
    let measured: Vec<i64> = (0..pod::count(workload)).filter(is_measured).collect();
    let averages: Vec<(&Container, i64, i64)> = workload
        .containers
        .iter()
        .map(|container| {
            let cpu = average_usage(workload, hpas, "cpu", container);
            let memory = average_usage(workload, hpas, "memory", container);
            (container, cpu, memory)
        })
        .collect();
    let with_partner = i64::try_from(measured.len() & !1).unwrap_or(0);
    let of_pod = |(place, index): (usize, &i64)| {
        let name = pod::name(workload, *index);
        let place = i64::try_from(place).unwrap_or(0);
        let deviation = if place < with_partner { deviation(workload, hpas, place) } else { 0 };
        let used = |average: i64| average + average / 100 * deviation;
        let containers: Vec<Value> = averages
            .iter()
            .map(|(container, cpu, memory)| {
                let usage = json!({
                    "cpu": format!("{}n", used(*cpu)),
                    "memory": format!("{}Ki", used(*memory) / 1024),
                });
                json!({"name": container.name, "usage": usage})
            })
            .collect();
        // Each node is read at its own moment.
        let behind = spread(hash(&["measured", &name]), 2, RESOLUTION);
        json!({
            "metadata": {
                "name": name,
                "namespace": workload.namespace,
                "creationTimestamp": time(now),
                "labels": pod_labels(workload),
            },
            "timestamp": time(now - behind),
            "window": format!("15.{:03}s", spread(hash(&["window", &name]), 1, 999)),
            "containers": containers,
        })
    };
    measured.iter().enumerate().map(of_pod).collect()
}

/// By how many percent a pod's usage differs from the average: two pods by the same amount in opposite
/// directions, if both are always there.
pub(super) fn deviation(workload: &Workload, hpas: &[&Hpa], index: i64) -> i64 {
    let least = hpas.iter().map(|hpa| hpa.min).min().unwrap_or(workload.replicas);
    if index >= least.min(workload.replicas) & !1 {
        return 0;
    }
    let pair = hash(&["usage", &workload.namespace, &workload.name, &(index / 2).to_string()]);
    let percent = spread(pair, 1, 18);
    if index % 2 == 0 { percent } else { -percent }
}

/// What a container uses on average over the pods, in nanocores or bytes.
pub(super) fn average_usage(
    workload: &Workload,
    hpas: &[&Hpa],
    resource: &str,
    container: &Container,
) -> i64 {
    let unit = if resource == "cpu" { 1_000_000 } else { MIB };
    average(workload, hpas, resource, container, unit)
}

/// What a container uses on average over the pods, in nanocores or bytes; `unit` is how many of them
/// are the unit of readings.
fn average(
    workload: &Workload,
    hpas: &[&Hpa],
    resource: &str,
    container: &Container,
    unit: i64,
) -> i64 {
    let request = |container: &Container| match resource {
        "cpu" => container.cpu,
        _ => container.memory,
    };
    let is_only = workload.containers.len() == 1;
    for metric in hpas.iter().filter(|hpa| has_readings(hpa)).flat_map(|hpa| &hpa.metrics) {
        let Some(reading) = metric.reading else { continue };
        match &metric.source {
            Source::Container { resource: of, container: name }
                if *of == resource && *name == container.name =>
            {
                return reading * unit;
            }
            Source::Resource(of) if *of == resource && is_only => return reading * unit,
            Source::Resource(of) if *of == resource => {
                // The parts add up to the reading: an eighth for each sidecar.
                let sidecars = i64::try_from(workload.containers.len()).unwrap_or(1) - 1;
                let sidecar = reading * unit / 8;
                let is_first =
                    workload.containers.first().is_some_and(|it| it.name == container.name);
                return if is_first { reading * unit - sidecar * sidecars } else { sidecar };
            }
            _ => {}
        }
    }
    // Nobody scales by it: what was usual when somebody did, or some part of the request.
    let did = |hpa: &&&Hpa| matches!(hpa.outcome, Outcome::Failed { worked: true, .. });
    let usual = hpas.iter().filter(did).flat_map(|hpa| &hpa.metrics).find_map(|metric| {
        match (&metric.source, metric.goal) {
            (Source::Resource(of), Goal::Utilization(percent)) if *of == resource => Some(percent),
            _ => None,
        }
    });
    let share = usual.unwrap_or_else(|| {
        spread(hash(&["share", resource, &workload.namespace, &workload.name]), 35, 75)
    });
    let is_first = workload.containers.first().is_some_and(|it| it.name == container.name);
    // A sidecar that requests nothing is small.
    let unrequested = if is_first { 100 } else { 3 };
    request(container).unwrap_or(unrequested) * unit / 100 * share
}

/// Whether the metrics of the description are what the controller reads.
fn has_readings(hpa: &Hpa) -> bool {
    !matches!(hpa.outcome, Outcome::Failed { .. } | Outcome::NeverReconciled)
}

#[cfg(test)]
mod tests {
    use super::super::{World, spec::Metric};
    use super::*;

    const NOW: i64 = 1_795_000_000;

    fn nanocores(pod: &Value) -> i64 {
        let containers = pod["containers"].as_array().unwrap().iter();
        let cpu = containers.map(|it| it["usage"]["cpu"].as_str().unwrap().trim_end_matches('n'));
        cpu.map(|it| it.parse::<i64>().unwrap()).sum()
    }

    /// The controller's reading is the average of what is measured here, within 1 %.
    #[test]
    fn usage_agrees_with_the_controllers_readings() {
        let world = World::production("production", NOW, Some(300));
        let all = pod_metrics(&world, NOW);
        let mut compared = 0;
        for hpa in world.hpas.iter().filter(|hpa| has_readings(hpa)) {
            let Some(workload) = world.target(hpa).filter(|it| it.replicas > 0) else { continue };
            let reading = hpa.metrics.iter().find_map(|metric: &Metric| {
                matches!(metric.source, Source::Resource("cpu")).then_some(metric.reading?)
            });
            let Some(reading) = reading else { continue };
            let own: Vec<String> =
                (0..workload.replicas).map(|index| pod::name(workload, index)).collect();
            let is_own = |pod: &&Value| {
                pod["metadata"]["namespace"] == *workload.namespace
                    && own.iter().any(|name| pod["metadata"]["name"] == **name)
            };
            let used: Vec<i64> = all.iter().filter(is_own).map(nanocores).collect();
            assert_eq!(i64::try_from(used.len()).unwrap(), workload.ready(), "{}", hpa.name);
            let average = used.iter().sum::<i64>() / i64::try_from(used.len()).unwrap();
            let expected = reading * 1_000_000;
            assert!((average - expected).abs() * 100 <= expected, "{}: {average}", hpa.name);
            compared += 1;
        }
        assert!(compared > 200, "{compared}");
    }

    #[test]
    fn pods_that_do_not_run_or_are_new_have_no_usage() {
        let mut world = World::production("production", NOW, None);
        let count = |world: &World, app: &str, now: i64| {
            let all = pod_metrics(world, now);
            all.iter().filter(|pod| pod["metadata"]["labels"]["app"] == app).count()
        };
        for (app, measured) in
            [("recommendations", 0), ("settlement", 0), ("webhooks", 0), ("invoices", 0)]
        {
            assert_eq!(count(&world, app, NOW), measured, "{app}");
        }
        assert_eq!(count(&world, "fraud-scoring", NOW), 4);
        assert_eq!(count(&world, "catalog", NOW), 6);
        let catalog = world.workloads.iter().find(|it| it.name == "catalog").unwrap();
        let name = pod::name(catalog, 0);
        assert!(world.delete_pod("shop", &name, NOW));
        assert_eq!(count(&world, "catalog", NOW + 10), 5);
        assert_eq!(count(&world, "catalog", NOW + FIRST_MEASURED), 6);
    }
}
