//! Lookup of pods' metrics by the pod.

use std::collections::HashMap;

use crate::kube::{Pod, PodMetrics};

/// The metrics of pods, by namespace and name.
#[derive(Debug, Default)]
pub struct MetricsByPod<'a>(HashMap<(&'a str, &'a str), &'a PodMetrics>);

impl<'a> MetricsByPod<'a> {
    /// Takes the metrics of a cluster.
    pub fn new(metrics: &'a [PodMetrics]) -> Self {
        Self(metrics.iter().map(|it| ((&*it.namespace, &*it.name), it)).collect())
    }

    /// The metrics of a pod. What was measured before the pod was created is of an earlier pod with
    /// the same name, as a StatefulSet makes them.
    pub fn of(&self, pod: &Pod) -> Option<&'a PodMetrics> {
        let found = self.0.get(&(&*pod.namespace, &*pod.name)).copied()?;
        let is_earlier = matches!(
            (found.timestamp, pod.created_at),
            (Some(measured), Some(created)) if measured < created
        );
        (!is_earlier).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{metrics, pod};
    use super::*;

    #[test]
    fn metrics_are_found_by_namespace_and_whole_name() {
        let of = [metrics("api-1", "100m", "10Mi"), metrics("api-gateway-1", "900m", "90Mi")];
        let by_pod = MetricsByPod::new(&of);
        assert_eq!(by_pod.of(&pod("api-1")).unwrap().cpu(), "100m".parse().ok());
        assert!(by_pod.of(&pod("api")).is_none());
        let elsewhere = Pod { namespace: "other".to_owned(), ..pod("api-1") };
        assert!(by_pod.of(&elsewhere).is_none());
    }

    #[test]
    fn metrics_of_an_earlier_pod_of_the_same_name_do_not_count() {
        let of = [metrics("db-0", "100m", "10Mi")];
        let measured = of[0].timestamp.unwrap();
        let by_pod = MetricsByPod::new(&of);
        let second = jiff::SignedDuration::from_secs(1);
        let created = |at| Pod { created_at: Some(at), ..pod("db-0") };
        assert!(by_pod.of(&created(measured + second)).is_none());
        assert!(by_pod.of(&created(measured - second)).is_some());
        assert!(by_pod.of(&Pod { created_at: None, ..pod("db-0") }).is_some());
    }
}
