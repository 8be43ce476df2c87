use serde_json::Value;

use super::{World, spec::Outcome, *};
use crate::demo::resources::embedded;

const NOW: i64 = 1_795_411_200;

fn hpas(world: &World) -> Vec<Value> {
    world.objects(&embedded("autoscaling", "v2", "horizontalpodautoscalers"))
}

#[test]
fn every_hpa_has_the_replicas_that_its_readings_ask_for() {
    for world in
        [World::production("production", NOW, Some(400)), World::staging("staging", NOW, None)]
    {
        for hpa in &world.hpas {
            let verdict = controller::judge(hpa, world.target(hpa));
            let Some(target) = world.target(hpa) else { continue };
            if target.replicas == 0 || !matches!(hpa.outcome, Outcome::Evaluated) {
                continue;
            }
            assert_eq!(verdict.desired, target.replicas, "{}/{}", hpa.namespace, hpa.name);
            assert!(target.replicas >= hpa.min, "{}/{}", hpa.namespace, hpa.name);
            assert!(target.replicas <= hpa.max, "{}/{}", hpa.namespace, hpa.name);
            let rescaled = verdict.current != Some(verdict.desired);
            assert_eq!(rescaled, hpa.rescaled_from.is_some(), "{}/{}", hpa.namespace, hpa.name);
        }
    }
}

#[test]
fn production_has_every_state() {
    let world = World::production("production", NOW, None);
    let hpas = hpas(&world);
    assert_eq!(hpas.len(), 47);
    let mut reasons: Vec<&str> = hpas
        .iter()
        .flat_map(|hpa| hpa["status"]["conditions"].as_array().into_iter().flatten())
        .filter_map(|condition| condition["reason"].as_str())
        .collect();
    reasons.sort_unstable();
    reasons.dedup();
    assert_eq!(
        reasons,
        [
            "AmbiguousSelector",
            "DesiredWithinRange",
            "FailedGetContainerResourceMetric",
            "FailedGetResourceMetric",
            "FailedGetScale",
            "FailedUpdateScale",
            "ReadyForNewScale",
            "ScaleDownStabilized",
            "ScaleUpLimit",
            "ScalingDisabled",
            "SucceededGetScale",
            "SucceededRescale",
            "TooFewReplicas",
            "TooManyReplicas",
            "ValidMetricFound",
        ]
    );
}

#[test]
fn an_hpa_is_as_large_as_a_real_one() {
    let world = World::production("production", NOW, Some(200));
    let hpas = hpas(&world);
    let total: usize = hpas.iter().map(|hpa| hpa.to_string().len()).sum();
    let each = total / hpas.len();
    assert!((1_700..2_600).contains(&each), "{each}");
}

#[test]
fn pods_agree_with_their_workloads() {
    let world = World::production("production", NOW, None);
    let pods = world.objects(&embedded("", "v1", "pods"));
    let expected: i64 = world
        .workloads
        .iter()
        .filter(|workload| workload.pods != spec::Pods::NeverMade)
        .map(|workload| workload.replicas)
        .sum();
    assert_eq!(i64::try_from(pods.len()).unwrap(), expected);
    let mut names: Vec<&str> =
        pods.iter().map(|pod| pod["metadata"]["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), pods.len());
    for pod in &pods {
        let created = pod["metadata"]["creationTimestamp"].as_str().unwrap();
        assert!(created < names::time(NOW).as_str(), "{pod}");
    }
}

#[test]
fn the_world_is_reproducible() {
    let world = || hpas(&World::staging("staging", NOW, Some(40)));
    assert_eq!(world(), world());
}
