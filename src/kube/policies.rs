//! Other objects that an HPA has to live with: disruption budgets, quotas, vertical autoscalers,
//! KEDA's `ScaledObject`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::containers::Resources;
use super::reference::ObjectRef;

mod read;

/// A number, or a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Amount {
    /// So many.
    Count(i32),
    /// So many percent.
    Percent(i32),
}

/// A `PodDisruptionBudget` of policy/v1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisruptionBudget {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The selector of its pods as `kubectl -l` takes it: empty selects all of its namespace, `None`
    /// selects none.
    pub selector: Option<String>,
    /// How many pods must stay available.
    pub min_available: Option<Amount>,
    /// How many may be gone.
    pub max_unavailable: Option<Amount>,
    /// How many may go now, by its controller's count.
    pub disruptions_allowed: Option<i32>,
}

/// A `ResourceQuota`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Whether it is for some pods only (`scopes`, `scopeSelector`).
    pub scoped: bool,
    /// The limits, by the quota's own names (`requests.cpu`, `cpu`, `limits.memory`, `pods`, …).
    pub hard: Resources,
    /// What is used of them.
    pub used: Resources,
}

/// A `VerticalPodAutoscaler` of autoscaling.k8s.io/v1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerticalAutoscaler {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What it sizes.
    pub target: ObjectRef,
    /// `Off`, `Initial`, `Recreate`, `Auto`, `InPlaceOrRecreate`; `Auto` where it says nothing.
    pub mode: String,
    /// The resources that it sets in the containers that it names: none where their mode is `Off`,
    /// `cpu` and `memory` where it says nothing.
    pub containers: BTreeMap<String, Vec<String>>,
    /// Those that it sets in all others: by its policy for `*`, or `cpu` and `memory`.
    pub others: Vec<String>,
}

impl VerticalAutoscaler {
    /// Whether it sets a resource of that container.
    pub fn sets(&self, container: &str, resource: &str) -> bool {
        let resources = self.containers.get(container).unwrap_or(&self.others);
        resources.iter().any(|set| set == resource)
    }

    /// Whether it sets a resource of any container, whatever their names.
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
    /// The HPA that KEDA made for it: by its status, else by the name it is to be given.
    pub hpa: Option<String>,
    /// Whether it is paused, by its condition or an annotation.
    pub paused: bool,
    /// Whether it runs on its fallback because its trigger fails.
    pub fallback: bool,
    /// The fewest replicas while there is something to do; absent means 0.
    pub min_replicas: Option<i32>,
    /// How many replicas there are while there is nothing to do, where that differs.
    pub idle_replicas: Option<i32>,
    /// Whether KEDA can work with it, by its condition.
    pub ready: Option<bool>,
}
