//! What the pods of a target use of what they request.

use jiff::{SignedDuration, Timestamp};

use super::metrics::MetricsByPod;
use crate::kube::{Pod, PodMetrics, Quantity};

/// What the pods of a target use together. Finished and terminating pods do not count.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetUsage<'a> {
    /// The pods that are expected to run.
    pub pods: usize,
    /// Those of them that have metrics. Only these are in the sums.
    pub with_metrics: usize,
    /// Those of them that are not ready.
    pub unready: usize,
    /// Pods that have ended, and are not among `pods`.
    pub finished: usize,
    /// Those of them that ended well: the controller counts them as pods without metrics.
    pub succeeded: usize,
    /// Pods that are being deleted, and are not among `pods`.
    pub terminating: usize,
    /// The longest window over which a pod was measured.
    pub window: Option<SignedDuration>,
    /// The end of the oldest window.
    pub measured_at: Option<Timestamp>,
    /// CPU in cores; none if no pod was measured.
    pub cpu: Option<ResourceUsage>,
    /// Memory in bytes.
    pub memory: Option<ResourceUsage>,
    /// The pods that are expected to run, each with what it uses.
    pub by_pod: Vec<PodUsage<'a>>,
}

/// What pods use of one resource, in its unit: cores or bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceUsage {
    /// The pods that are in the sums: those that were measured.
    pub pods: usize,
    /// What they use together.
    pub used: Quantity,
    /// What they request together; none if one of them has no such request.
    pub requested: Option<Quantity>,
    /// Their limits together; none if one of them has none.
    pub limit: Option<Quantity>,
    /// Of these, the number that have no such request.
    pub without_request: usize,
    /// Of these, the number that have no such limit.
    pub without_limit: usize,
}

/// A pod with its metrics.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PodUsage<'a> {
    /// The pod.
    pub pod: &'a Pod,
    /// What it uses, if that was measured.
    pub metrics: Option<&'a PodMetrics>,
}

impl<'a> TargetUsage<'a> {
    /// Joins the pods of a target with their metrics.
    pub fn of(pods: &[&'a Pod], metrics: &MetricsByPod<'a>) -> Self {
        let (mut finished, mut succeeded, mut terminating) = (0, 0, 0);
        let mut by_pod = Vec::new();
        for &pod in pods {
            if pod.is_finished() {
                finished += 1;
                succeeded += usize::from(pod.phase == "Succeeded");
            } else if pod.deleted_at.is_some() {
                terminating += 1;
            } else {
                by_pod.push(PodUsage { pod, metrics: metrics.of(pod) });
            }
        }
        let measured = || by_pod.iter().filter_map(|it| it.metrics);
        Self {
            pods: by_pod.len(),
            with_metrics: by_pod.iter().filter(|it| it.is_measured()).count(),
            unready: by_pod.iter().filter(|it| !it.pod.ready).count(),
            finished,
            succeeded,
            terminating,
            window: measured().filter_map(|it| it.window).max(),
            measured_at: measured().filter_map(|it| it.timestamp).min(),
            cpu: ResourceUsage::sum("cpu", &by_pod, PodMetrics::cpu),
            memory: ResourceUsage::sum("memory", &by_pod, PodMetrics::memory),
            by_pod,
        }
    }

    /// The time since the oldest measurement ended.
    pub fn age(&self, now: Timestamp) -> Option<SignedDuration> {
        Some(now.duration_since(self.measured_at?).max(SignedDuration::ZERO))
    }

    /// How many of the pods that are expected to run have no such request for all of what counts.
    pub fn without_request(&self, resource: &str) -> usize {
        let lacks = |it: &&PodUsage<'_>| {
            !it.pod.requests.contains_key(resource)
                || it.pod.missing_requests.contains_key(resource)
        };
        self.by_pod.iter().filter(lacks).count()
    }

    /// Why there are no sums, if there are none.
    pub fn unmeasured(&self) -> Option<String> {
        match (self.pods, self.with_metrics) {
            (_, 1..) => None,
            (0, 0) => Some("the target has no pods".to_owned()),
            (1, 0) => Some("its only pod has no metrics yet".to_owned()),
            (pods, 0) => Some(format!("none of its {pods} pods has metrics yet")),
        }
    }
}

impl PodUsage<'_> {
    /// Whether CPU or memory were measured.
    pub fn is_measured(&self) -> bool {
        self.metrics.is_some_and(|it| it.cpu().is_some() || it.memory().is_some())
    }
}

impl ResourceUsage {
    fn sum(
        resource: &str,
        pods: &[PodUsage<'_>],
        used: fn(&PodMetrics) -> Option<Quantity>,
    ) -> Option<Self> {
        let mut sum = Self {
            pods: 0,
            used: Quantity::ZERO,
            requested: None,
            limit: None,
            without_request: 0,
            without_limit: 0,
        };
        let (mut requested, mut limit) = (Quantity::ZERO, Quantity::ZERO);
        for PodUsage { pod, metrics } in pods {
            let Some(amount) = metrics.and_then(used) else { continue };
            sum.pods += 1;
            sum.used = sum.used + amount;
            let request = pod.requests.get(resource);
            match request.filter(|_| !pod.missing_requests.contains_key(resource)) {
                Some(request) => requested = requested + *request,
                None => sum.without_request += 1,
            }
            match pod.limits.get(resource) {
                Some(amount) => limit = limit + *amount,
                None => sum.without_limit += 1,
            }
        }
        sum.requested = (sum.without_request == 0).then_some(requested);
        sum.limit = (sum.without_limit == 0).then_some(limit);
        (sum.pods > 0).then_some(sum)
    }

    /// What is used of the requests: 1 is all of it.
    pub fn of_requested(&self) -> Option<f64> {
        self.used.ratio(self.requested?)
    }

    /// What is used of the limits.
    pub fn of_limit(&self) -> Option<f64> {
        self.used.ratio(self.limit?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{metrics, pod, without_requests};
    use super::*;

    fn quantity(text: &str) -> Option<Quantity> {
        text.parse().ok()
    }

    #[test]
    fn usage_is_of_the_pods_that_were_measured() {
        let of = [metrics("a", "185m", "96Mi"), metrics("b", "95m", "32Mi")];
        let by_pod = MetricsByPod::new(&of);
        let unready = Pod { ready: false, ..pod("b") };
        let pods = [pod("a"), unready, pod("c")];
        let usage = TargetUsage::of(&pods.iter().collect::<Vec<_>>(), &by_pod);
        assert_eq!((usage.pods, usage.with_metrics, usage.unready), (3, 2, 1));
        let cpu = usage.cpu.clone().unwrap();
        assert_eq!((cpu.pods, Some(cpu.used)), (2, quantity("280m")));
        assert_eq!((cpu.requested, cpu.limit), (quantity("200m"), quantity("1")));
        assert!((cpu.of_requested().unwrap() - 1.4).abs() < 1e-9);
        assert_eq!(usage.memory.unwrap().requested, quantity("256Mi"));
        assert_eq!(usage.window, Some(SignedDuration::from_secs(15)));
    }

    #[test]
    fn finished_and_terminating_pods_do_not_count() {
        let of = ["a", "b", "c", "d"].map(|name| metrics(name, "100m", "64Mi"));
        let by_pod = MetricsByPod::new(&of);
        let pods = [
            pod("a"),
            Pod { phase: "Succeeded".to_owned(), ..pod("b") },
            Pod { phase: "Failed".to_owned(), ..pod("c") },
            Pod { deleted_at: "2026-11-27T09:59:00Z".parse().ok(), ..pod("d") },
        ];
        let usage = TargetUsage::of(&pods.iter().collect::<Vec<_>>(), &by_pod);
        let counts = (usage.pods, usage.finished, usage.succeeded, usage.terminating);
        assert_eq!(counts, (1, 2, 1, 1));
        assert_eq!(usage.cpu.map(|cpu| cpu.used), quantity("100m"));
    }

    /// A share of the requests of only some pods would be too high.
    #[test]
    fn one_pod_without_a_request_makes_the_share_unknown() {
        let of = [metrics("a", "100m", "64Mi"), metrics("b", "100m", "64Mi")];
        let by_pod = MetricsByPod::new(&of);
        let pods = [pod("a"), without_requests("b")];
        let usage = TargetUsage::of(&pods.iter().collect::<Vec<_>>(), &by_pod);
        let cpu = usage.cpu.unwrap();
        assert_eq!((cpu.requested, cpu.limit), (None, None));
        assert_eq!((cpu.without_request, cpu.without_limit), (1, 1));
        assert_eq!((cpu.of_requested(), cpu.of_limit()), (None, None));
        assert_eq!(Some(cpu.used), quantity("200m"));
    }

    #[test]
    fn without_measurements_nothing_is_zero() {
        let none = MetricsByPod::default();
        let usage = TargetUsage::of(&[], &none);
        assert_eq!((usage.cpu.clone(), usage.memory.clone()), (None, None));
        assert_eq!(usage.unmeasured().unwrap(), "the target has no pods");
        let pods = [pod("a"), pod("b")];
        let usage = TargetUsage::of(&pods.iter().collect::<Vec<_>>(), &none);
        assert_eq!(usage.cpu, None);
        assert_eq!(usage.unmeasured().unwrap(), "none of its 2 pods has metrics yet");
        assert_eq!(usage.age("2026-11-27T10:00:00Z".parse().unwrap()), None);
    }
}
