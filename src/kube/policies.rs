//! Other objects that affect an HPA: disruption budgets, quotas, vertical autoscalers, and KEDA's
//! `ScaledObject`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::containers::Resources;
use super::reference::ObjectRef;

mod read;

/// A number or a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Amount {
    /// A number of pods.
    Count(i32),
    /// A percentage.
    Percent(i32),
}

/// A `PodDisruptionBudget` of policy/v1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisruptionBudget {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The selector of its pods in the syntax of `kubectl -l`: empty selects all pods of its
    /// namespace, `None` selects none.
    pub selector: Option<String>,
    /// How many pods must stay available.
    pub min_available: Option<Amount>,
    /// How many pods may be unavailable.
    pub max_unavailable: Option<Amount>,
    /// How many pods may be evicted now, by its controller's count.
    pub disruptions_allowed: Option<i32>,
}

/// A `ResourceQuota`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Whether it applies to some pods only (`scopes`, `scopeSelector`).
    pub scoped: bool,
    /// The limits, by the quota's own names (`requests.cpu`, `cpu`, `limits.memory`, `pods`, …).
    pub hard: Resources,
    /// The amounts in use.
    pub used: Resources,
}

/// A `VerticalPodAutoscaler` of autoscaling.k8s.io/v1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerticalAutoscaler {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The object whose containers it sizes.
    pub target: ObjectRef,
    /// `Off`, `Initial`, `Recreate`, `Auto`, `InPlaceOrRecreate`; `Auto` if it is not set.
    pub mode: String,
    /// The resources that it sets in each named container: none if the container's mode is `Off`,
    /// `cpu` and `memory` if no resources are named.
    pub containers: BTreeMap<String, Vec<String>>,
    /// The resources that it sets in all other containers: by its policy for `*`, or else `cpu` and
    /// `memory`.
    pub others: Vec<String>,
}

impl VerticalAutoscaler {
    /// Whether it sets the resource of that container.
    pub fn sets(&self, container: &str, resource: &str) -> bool {
        let resources = self.containers.get(container).unwrap_or(&self.others);
        resources.iter().any(|set| set == resource)
    }

    /// Whether it sets the resource of any container.
    pub fn sets_any(&self, resource: &str) -> bool {
        let all = self.containers.values().chain([&self.others]);
        all.flatten().any(|set| set == resource)
    }
}

/// A `ScaledObject` of keda.sh/v1alpha1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScaledObject {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The object that it scales, a Deployment unless it says another kind; none if it names none.
    pub target: Option<ObjectRef>,
    /// The HPA that KEDA creates for it: by its status, else by the name configured for it.
    pub hpa: Option<String>,
    /// Whether it is paused, by its condition or an annotation.
    pub paused: bool,
    /// Whether it uses its fallback because its trigger fails.
    pub fallback: bool,
    /// The minimum number of replicas while there is work; absent means 0.
    pub min_replicas: Option<i32>,
    /// The number of replicas while there is no work, if that differs.
    pub idle_replicas: Option<i32>,
    /// Whether KEDA reports it as working, by its condition.
    pub ready: Option<bool>,
}
