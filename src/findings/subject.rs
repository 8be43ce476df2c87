//! What a finding is decided from.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::index::Index;
use super::past::Past;
use super::unknown::{Known, Unknown};
use crate::hpa::{Hpa, conditions};
use crate::kube::{
    Condition, DisruptionBudget, Pod, Quota, ScaledObject, VerticalAutoscaler, Workload,
};

/// One cluster as it was read at one moment. What was not requested is [`Unknown::NotRequested`].
#[derive(Debug, Clone)]
pub struct World {
    /// All its HPAs, also those that are not judged: two may scale one target.
    pub hpas: Vec<Hpa>,
    /// The scale targets of the HPAs (and possibly other objects of those kinds). A kind that could
    /// not be read is in `unread`.
    pub workloads: Vec<Workload>,
    /// Kinds of targets (`group/Kind`, `Kind` in the core group) that were not read, with why.
    pub unread: BTreeMap<String, Unknown>,
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

impl World {
    /// A cluster of which only the HPAs were read.
    pub fn of(hpas: Vec<Hpa>) -> Self {
        let kinds = hpas.iter().map(|hpa| (hpa.target.kind_name(), Unknown::NotRequested));
        Self {
            unread: kinds.collect(),
            hpas,
            workloads: Vec::new(),
            pods: Err(Unknown::NotRequested),
            budgets: Err(Unknown::NotRequested),
            quotas: Err(Unknown::NotRequested),
            vertical: Err(Unknown::NotRequested),
            scaled_objects: Err(Unknown::NotRequested),
        }
    }

    /// The targets of a kind (as `unread` names it) were read.
    pub fn read_targets(&mut self, kind: &str, workloads: Vec<Workload>) {
        self.unread.remove(kind);
        self.workloads.extend(workloads);
    }

    /// The targets of a kind could not be read.
    pub fn cannot_read_targets(&mut self, kind: &str, why: Unknown) {
        self.unread.insert(kind.to_owned(), why);
    }
}

/// One HPA with what it is judged by. [`World::subjects`] makes them.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// The HPA.
    pub hpa: &'a Hpa,
    /// Its target; `Ok(None)` where it does not exist.
    pub target: Known<Option<&'a Workload>>,
    /// The pods that the target owns. Several HPAs of one target share them.
    pub pods: Known<Arc<[&'a Pod]>>,
    /// Its cluster.
    pub world: &'a World,
    /// Its earlier readings.
    pub past: Known<&'a Past>,
    /// The moment of this reading.
    pub now: Timestamp,
    /// What else is found quickly.
    pub(super) index: Arc<Index<'a>>,
}

impl World {
    /// Every HPA with what it is judged by, in the order of `hpas`. `past` gives an HPA's earlier
    /// readings, or why there are none to be had; `now` is the moment of this reading.
    pub fn subjects<'a>(
        &'a self,
        now: Timestamp,
        past: &dyn Fn(&Hpa) -> Known<&'a Past>,
    ) -> Vec<Subject<'a>> {
        let index = Arc::new(Index::new(self));
        let mut pods_of: HashMap<*const Workload, Known<Arc<[&'a Pod]>>> = HashMap::new();
        let subject = |hpa: &'a Hpa| {
            let target = index.target(hpa);
            Subject {
                hpa,
                pods: match &target {
                    Ok(Some(workload)) => pods_of
                        .entry(std::ptr::from_ref(*workload))
                        .or_insert_with(|| index.pods_of(workload).map(Arc::from))
                        .clone(),
                    Ok(None) => Ok(Arc::from([])),
                    Err(why) => Err(why.clone()),
                },
                target,
                world: self,
                past: past(hpa),
                now,
                index: Arc::clone(&index),
            }
        };
        self.hpas.iter().map(subject).collect()
    }
}

impl<'a> Subject<'a> {
    /// The target, where it was read and exists.
    pub(super) fn workload(&self) -> Option<&'a Workload> {
        self.target.as_ref().ok().copied().flatten()
    }

    /// The pods that the target owns and that are meant to run: neither finished nor terminating.
    pub(super) fn live_pods(&self) -> Known<Vec<&'a Pod>> {
        let live = |pod: &&'a Pod| pod.deleted_at.is_none() && !pod.is_finished();
        self.pods
            .as_ref()
            .map(|pods| pods.iter().copied().filter(live).collect())
            .map_err(Clone::clone)
    }

    /// The pods that the controller measures, finished and terminating ones included: it asks each
    /// of them for its requests.
    pub(super) fn measured_pods(&self) -> Known<Vec<&'a Pod>> {
        let own = self.pods.clone()?.to_vec();
        let Some(workload) = self.workload() else { return Ok(own) };
        // Without a selector that can be read its own are the best that is known.
        Ok(self.index.measured(workload).unwrap_or(own))
    }

    /// Whether a pod is the target's own, as far as that is known.
    pub(super) fn owns(&self, pod: &Pod) -> bool {
        let Some(workload) = self.workload() else { return false };
        let is_listed = || {
            let pods = self.pods.as_deref().unwrap_or_default();
            pods.iter().any(|own| std::ptr::eq(*own, pod))
        };
        pod.is_owned_by(workload) || !workload.owns_its_pods() && is_listed()
    }

    /// The HPA's condition of that type, where it has that status and nothing stands above it that
    /// makes it old news.
    pub(super) fn condition(&self, kind: &str, status: bool) -> Option<&'a Condition> {
        condition(self.hpa, kind, status)
    }

    /// The time since `then`, never negative.
    pub(super) fn since(&self, then: Timestamp) -> SignedDuration {
        self.now.duration_since(then).max(SignedDuration::ZERO)
    }

    /// Whether the HPA is known to be younger than that.
    pub(super) fn is_younger(&self, than: SignedDuration) -> bool {
        self.hpa.age(self.now).is_some_and(|age| age < than)
    }
}

/// [`Subject::condition`] of any HPA.
pub(super) fn condition<'a>(hpa: &'a Hpa, kind: &str, status: bool) -> Option<&'a Condition> {
    let readable = match kind {
        conditions::ABLE_TO_SCALE => true,
        conditions::SCALING_ACTIVE => hpa.able_to_scale != Some(false),
        _ => !hpa.is_stale(),
    };
    hpa.condition(kind).filter(|condition| readable && condition.is_true() == Some(status))
}

/// Whether what an HPA's status says of metrics and replicas is of now.
pub(super) fn is_fresh(hpa: &Hpa) -> bool {
    !hpa.conditions.is_empty() && !hpa.is_stale()
}
