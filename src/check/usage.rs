//! What the pods of each HPA's target use, and how close the HPA is to its maximum.

use jiff::Timestamp;

use crate::collect::ClusterWorld;
use crate::findings::{Known, Unknown};
use crate::hpa::Hpa;
use crate::usage::{Headroom, MetricsByPod, NoPressure, Pressure, TargetUsage};

/// An HPA with what its target's pods use.
#[derive(Debug, Clone)]
pub struct HpaUsage<'a> {
    /// The HPA.
    pub hpa: &'a Hpa,
    /// The replicas of its target, as its status has them; of the target itself where no controller has written a status.
    pub replicas: i32,
    /// The worst of its metrics, as its controller reads them.
    pub pressure: Result<Pressure<'a>, NoPressure<'a>>,
    /// What is left to its maximum.
    pub headroom: Headroom,
    /// What the pods of its target use.
    pub usage: Known<TargetUsage<'a>>,
}

/// The usage of the requested HPAs of a cluster that was read with its targets, pods and metrics, in
/// the order of [`ClusterWorld::judged`].
pub fn usages(world: &ClusterWorld, now: Timestamp) -> Vec<HpaUsage<'_>> {
    let metrics = world.metrics.as_deref().map(MetricsByPod::new);
    let usage = |pods: &Known<_>| -> Known<TargetUsage<'_>> {
        let pods: &std::sync::Arc<[_]> = pods.as_ref().map_err(Clone::clone)?;
        let metrics = metrics.as_ref().map_err(|why: &&Unknown| (*why).clone())?;
        Ok(TargetUsage::of(pods, metrics))
    };
    let subjects = world.world.subjects(now, &|_| Err(Unknown::NotRequested));
    let chosen = subjects.iter().filter(|subject| world.is_chosen(subject.hpa));
    chosen
        .map(|subject| {
            let hpa = subject.hpa;
            let pressure = Pressure::of(hpa);
            let workload = subject.target.as_ref().ok().copied().flatten();
            let of_target = workload.and_then(|workload| workload.replicas.spec);
            let replicas = of_target.filter(|_| hpa.conditions.is_empty());
            let replicas = replicas.unwrap_or(hpa.current_replicas);
            HpaUsage {
                hpa,
                replicas,
                pressure,
                headroom: Headroom::of(hpa, replicas, pressure.as_ref().ok()),
                usage: match &subject.target {
                    Ok(None) => Err(Unknown::Undetermined("its target does not exist".into())),
                    _ => usage(&subject.pods),
                },
            }
        })
        .collect()
}
