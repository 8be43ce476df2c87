//! The objects of a demo cluster, and the HPA controller's conclusions about them.
//!
//! `spec` describes workloads and HPAs compactly, `catalogue` and `generated` list them,
//! `controller` evaluates the HPAs, and the other modules build the objects. Everything is derived
//! from names and the start time: two demos started at the same time are identical. Only pods
//! change, when one is deleted.

use std::collections::HashMap;

use serde_json::Value;

use super::resources::Resource;

mod addons;
mod alerts;
mod catalogue;
mod controller;
mod events;
mod generated;
mod history;
mod hpa;
mod names;
mod network;
mod pod;
mod spec;
mod surroundings;
#[cfg(test)]
mod tests;
mod usage;
mod workload;

pub(super) use alerts::{Alert, Handling, fingerprint};
pub(super) use history::{Courses, Series};
pub(super) use names::uid;
pub(super) use network::{PodTarget, Role, Unreachable};
use spec::{Hpa, Kind, Workload};

/// The world of one cluster.
#[derive(Debug)]
pub(super) struct World {
    cluster: String,
    /// When the demo started, in seconds since 1970: all ages are relative to it.
    now: i64,
    /// API groups that this cluster lacks.
    lacks: &'static [&'static str],
    workloads: Vec<Workload>,
    hpas: Vec<Hpa>,
    /// Workloads by namespace, kind and name.
    index: HashMap<(String, &'static str, String), usize>,
    /// The HPAs of each workload.
    scaled_by: Vec<Vec<usize>>,
}

/// An HPA with its target, if that exists and is not listed with another HPA.
type Pair = (Hpa, Option<Workload>);

impl World {
    /// A busy cluster with HPAs in every state; `hpas` of them, or the whole catalogue.
    pub(super) fn production(cluster: &str, now: i64, hpas: Option<usize>) -> World {
        let mut world = World::new(cluster, now, catalogue::production(), hpas, &[]);
        if hpas.is_none() {
            world.workloads.extend(catalogue::unscaled());
        }
        world
    }

    /// A small cluster that is mostly healthy.
    pub(super) fn staging(cluster: &str, now: i64, hpas: Option<usize>) -> World {
        World::new(cluster, now, catalogue::staging(), hpas, addons::GROUPS)
    }

    /// A cluster through which others are reached, with its own HPAs.
    pub(super) fn manager(cluster: &str, now: i64) -> World {
        World::new(cluster, now, catalogue::manager(), None, addons::GROUPS)
    }

    fn new(
        cluster: &str,
        now: i64,
        mut pairs: Vec<Pair>,
        hpas: Option<usize>,
        lacks: &'static [&'static str],
    ) -> World {
        if let Some(wanted) = hpas {
            let missing = wanted.saturating_sub(pairs.len());
            pairs.extend((1..=missing).map(|number| generated::pair(cluster, number, missing)));
            pairs.truncate(wanted);
        }
        let mut world = World {
            cluster: cluster.to_owned(),
            now,
            lacks,
            workloads: [catalogue::monitoring(), network::workloads()].concat(),
            hpas: Vec::with_capacity(pairs.len()),
            index: HashMap::new(),
            scaled_by: Vec::new(),
        };
        for (hpa, workload) in pairs {
            world.hpas.push(hpa);
            world.workloads.extend(workload);
        }
        let keys = world.workloads.iter().enumerate().map(|(at, workload)| {
            let (namespace, name) = (workload.namespace.clone(), workload.name.clone());
            ((namespace, workload.kind.name(), name), at)
        });
        world.index = keys.collect();
        world.scaled_by = vec![Vec::new(); world.workloads.len()];
        for (number, hpa) in world.hpas.iter().enumerate() {
            let (kind, name) = &hpa.target;
            let key = (hpa.namespace.clone(), kind.name(), name.clone());
            let place = world.index.get(&key).and_then(|place| world.scaled_by.get_mut(*place));
            if let Some(scalers) = place {
                scalers.push(number);
            }
        }
        let scalings: Vec<Option<i64>> =
            world.hpas.iter().map(|it| world.last_scaling(it)).collect();
        for (hpa, at) in world.hpas.iter_mut().zip(scalings) {
            hpa.last_scale = at.map(|at| now - at).or(hpa.last_scale);
        }
        world
    }

    /// The API groups of the resource table that this cluster lacks.
    pub(super) fn lacks(&self) -> &'static [&'static str] {
        self.lacks
    }

    /// The target of an HPA, if it exists.
    fn target(&self, hpa: &Hpa) -> Option<&Workload> {
        let (kind, name) = &hpa.target;
        let key = (hpa.namespace.clone(), kind.name(), name.clone());
        self.workloads.get(*self.index.get(&key)?)
    }

    /// What pods use at `now`, in seconds since 1970.
    pub(super) fn pod_metrics(&self, now: i64) -> Vec<Value> {
        usage::pod_metrics(self, now)
    }

    /// All objects of a resource type.
    pub(super) fn objects(&self, resource: &Resource) -> Vec<Value> {
        let of_kind = |kind: Kind| {
            let workloads = self.workloads.iter().filter(move |workload| workload.kind == kind);
            workloads.map(|workload| workload::object(self, workload))
        };
        match (resource.kind.as_str(), resource.version.as_str()) {
            ("HorizontalPodAutoscaler", "v1") => {
                self.hpas.iter().map(|hpa| hpa::v1(self, hpa)).collect()
            }
            ("HorizontalPodAutoscaler", _) => {
                self.hpas.iter().map(|hpa| hpa::v2(self, hpa)).collect()
            }
            ("Deployment", _) => of_kind(Kind::Deployment).collect(),
            ("StatefulSet", _) => of_kind(Kind::StatefulSet).collect(),
            ("Rollout", _) => of_kind(Kind::Rollout).collect(),
            ("ReplicationController", _) => of_kind(Kind::ReplicationController).collect(),
            ("ReplicaSet", _) => {
                let made = self.workloads.iter();
                let made = made.filter_map(|workload| workload::replica_set(self, workload));
                of_kind(Kind::ReplicaSet).chain(made).collect()
            }
            ("Pod", _) => {
                self.workloads.iter().flat_map(|workload| pod::pods(self, workload)).collect()
            }
            ("Service", _) => self
                .workloads
                .iter()
                .filter_map(|workload| surroundings::service(self, workload))
                .chain(network::services(self))
                .collect(),
            ("Namespace", _) => surroundings::namespaces(self),
            ("Node", _) => surroundings::nodes(self),
            ("Event", _) => events::events(self),
            ("ResourceQuota", _) => surroundings::quotas(self),
            ("PodDisruptionBudget", _) => surroundings::disruption_budgets(self),
            ("VerticalPodAutoscaler", _) => addons::vertical_autoscalers(self),
            ("ScaledObject", _) => addons::scaled_objects(self),
            _ => Vec::new(),
        }
    }
}
