//! What an HPA asks for, in the controller's terms: numbers in thousandths, no names.

use super::rules::Behavior;

/// The spec of an HPA. A metric is known by its place in `metrics`.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// The minimum number of replicas; 1 where the HPA has none.
    pub min_replicas: i32,
    /// The maximum number of replicas.
    pub max_replicas: i32,
    /// The metrics; where the HPA has none, [`Metric::DEFAULT`].
    pub metrics: Vec<Metric>,
    /// The rules for scaling, complete; `None` if the HPA has no `behavior` at all, which is not
    /// the same as the defaults.
    pub behavior: Option<Behavior>,
}

/// A metric with its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Where it comes from.
    pub source: Source,
    /// What is wanted of it.
    pub target: Target,
}

/// The source of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A resource of the target's pods.
    Resource(Resource),
    /// A resource of one container of each pod.
    ContainerResource(Resource),
    /// A custom metric of the target's pods.
    Pods,
    /// A custom metric of another object.
    Object,
    /// A metric from outside the cluster.
    External,
    /// A type that the controller does not know.
    Unknown,
}

/// A resource, as far as the controller makes a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// CPU: for it alone pods have to be ready to count.
    Cpu,
    /// Memory or any other.
    Other,
}

/// The target of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The pods' usage in percent of their requests.
    Utilization(i32),
    /// The average per pod, in thousandths.
    AverageValue(i64),
    /// The value itself, in thousandths.
    Value(i64),
}

impl Metric {
    /// The metric of an HPA without metrics: CPU at 80 % of the request.
    pub const DEFAULT: Self =
        Self { source: Source::Resource(Resource::Cpu), target: Target::Utilization(80) };

    /// Whether a pod has to be ready for its sample to count.
    pub fn counts_ready_pods_only(self) -> bool {
        matches!(
            self.source,
            Source::Resource(Resource::Cpu) | Source::ContainerResource(Resource::Cpu)
        )
    }

    /// Whether it is measured pod by pod.
    pub fn is_of_pods(self) -> bool {
        matches!(self.source, Source::Resource(_) | Source::ContainerResource(_) | Source::Pods)
    }
}

impl Spec {
    /// Whether a metric can be measured while there are no pods.
    pub(super) fn can_be_measured_without_pods(&self) -> bool {
        self.metrics.iter().any(|it| matches!(it.source, Source::Object | Source::External))
    }
}
