//! What a finding is decided from.

use jiff::Timestamp;

use crate::hpa::{DisruptionBudget, Hpa, Pod, Quota, ScaledObject, VerticalAutoscaler, Workload};

/// Something that was read, or why it was not: what is not known must never pass as fine.
pub type Known<T> = Result<T, String>;

/// One cluster as it was read at one moment. What was not asked for is an error that says so.
#[derive(Debug, Clone)]
pub struct World {
    /// All its HPAs, also those that are not looked at: two may scale one target.
    pub hpas: Vec<Hpa>,
    /// The scale targets of the HPAs (and possibly other objects of those kinds). A kind that could
    /// not be read is in `unread`.
    pub workloads: Vec<Workload>,
    /// Kinds of targets (`group/Kind`, `Kind` in the core group) that could not be read, with why.
    pub unread: Vec<(String, String)>,
    /// All pods of the namespaces that have HPAs.
    pub pods: Known<Vec<Pod>>,
    /// PodDisruptionBudgets.
    pub budgets: Known<Vec<DisruptionBudget>>,
    /// ResourceQuotas.
    pub quotas: Known<Vec<Quota>>,
    /// VerticalPodAutoscalers; empty where the cluster has no such API.
    pub vertical: Known<Vec<VerticalAutoscaler>>,
    /// KEDA's ScaledObjects; empty where the cluster has no such API.
    pub scaled_objects: Known<Vec<ScaledObject>>,
}

/// One HPA with what it is judged by.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// The HPA.
    pub hpa: &'a Hpa,
    /// Its target; `Ok(None)` where it does not exist.
    pub target: Known<Option<&'a Workload>>,
    /// The pods that the target owns.
    pub pods: Known<Vec<&'a Pod>>,
    /// Its cluster.
    pub world: &'a World,
    /// Its earlier readings.
    pub past: Known<&'a Past>,
    /// The moment of this reading.
    pub now: Timestamp,
}

/// The earlier readings of one HPA (same uid), oldest first, the present one not among them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Past {
    /// The readings. A snapshot in which its cluster could not be read has none.
    pub readings: Vec<Reading>,
}

/// One HPA at one moment of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// When.
    pub at: Timestamp,
    /// As it was then.
    pub hpa: Hpa,
    /// What of its target was kept, where that was read.
    pub target: Option<PastTarget>,
}

/// What is kept of a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PastTarget {
    /// `spec.replicas`.
    pub replicas: Option<i32>,
    /// Ready pods.
    pub ready: Option<i32>,
    /// What one pod requests, by resource.
    pub requests: crate::hpa::Resources,
    /// What one pod may use, by resource.
    pub limits: crate::hpa::Resources,
}
