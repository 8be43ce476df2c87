//! What is learnt of labels from one pod, and where nothing is guessed.

use std::time::Duration;

use watchdog::prometheus::{LearnError, Names, Tier};

use super::Stored;
use super::world::Variant;

#[test]
fn a_clusters_labels_are_learnt_from_one_pod() {
    let variant = Variant {
        honor_labels: false,
        clusters: &["prod", "stage"],
        cluster_label: Some("k8s_cluster"),
        copies: Some("prometheus_replica"),
        ..Variant::default()
    };
    let Some(stored) = Stored::new(&variant) else { return };
    for cluster in &stored.clusters {
        let labels = stored.learn(cluster).unwrap();
        let own = ("k8s_cluster".to_owned(), cluster.name.to_owned());
        let common = ("prometheus".to_owned(), "monitoring/k8s".to_owned());
        assert_eq!(labels.objects.matchers, [own.clone(), common.clone()]);
        let [namespace, pod, container] =
            ["exported_namespace", "exported_pod", "exported_container"].map(str::to_owned);
        let names = Names { namespace: namespace.clone(), pod, container };
        assert_eq!(labels.objects.names, names);
        let usage = labels.usage.unwrap();
        assert_eq!(usage.matchers, [own, common]);
        // A kubelet's target has a namespace and no pod.
        assert_eq!(usage.names, Names { namespace, ..Names::default() });
        assert!(labels.has_containers);
        assert_eq!(labels.copies, ["prometheus_replica"]);
    }
}

#[test]
fn two_clusters_that_no_label_tells_apart_are_an_error() {
    let variant = Variant { clusters: &["prod", "stage"], ..Variant::default() };
    let Some(stored) = Stored::new(&variant) else { return };
    let error = stored.learn(&stored.clusters[0]).unwrap_err();
    let LearnError::Stranger { target, .. } = &error else { panic!("{error}") };
    assert_eq!(target, "10.1.0.9:8080");
    let text = error.to_string();
    assert!(text.contains("series of another cluster with the same labels"), "{text}");
}

#[test]
fn a_cluster_label_on_half_of_the_series_is_an_error() {
    let variant = Variant {
        clusters: &["prod", "stage"],
        cluster_label: Some("cluster"),
        is_usage_unlabelled: true,
        ..Variant::default()
    };
    let Some(stored) = Stored::new(&variant) else { return };
    let error = stored.learn(&stored.clusters[0]).unwrap_err();
    assert_eq!(error, LearnError::Unlabelled { label: "cluster".to_owned() });
}

#[test]
fn copies_that_differ_in_another_label_are_a_conflict() {
    let variant = Variant { copies: Some("site"), ..Variant::default() };
    let Some(stored) = Stored::new(&variant) else { return };
    let text = stored.learn(&stored.clusters[0]).unwrap_err().to_string();
    let expected =
        "the series kube_pod_info of one pod differ in site (prometheus-k8s-0, prometheus-k8s-1)";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("monitoring.prometheus.clusters"), "{text}");
}

#[test]
fn the_series_of_each_tier_are_found_with_age_and_density() {
    let Some(stored) = Stored::new(&Variant { is_minimal: true, ..Variant::default() }) else {
        return;
    };
    let cluster = &stored.clusters[0];
    let labels = stored.learn(cluster).unwrap();
    let tiers = stored.tiers(cluster, &labels);
    assert_eq!(tiers.missing(Tier::Base), [""; 0]);
    let missing = tiers.missing(Tier::Full);
    assert!(missing.contains(&"kube_horizontalpodautoscaler_status_condition"), "{missing:?}");
    let max = "kube_horizontalpodautoscaler_spec_max_replicas";
    let max = tiers.series.iter().find(|one| one.name == max).unwrap();
    assert_eq!((max.count, max.age), (Some(8), Some(Duration::ZERO)));
    let every = Some(Duration::from_secs(30));
    assert_eq!((tiers.objects_every, tiers.usage_every, tiers.depth), (every, every, None));
    assert_eq!(tiers.incomplete, None);
}
