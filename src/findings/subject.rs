//! The input of the rules.

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

/// A cluster as read at one time. Data that was not requested is [`Unknown::NotRequested`].
#[derive(Debug, Clone)]
pub struct World {
    /// All its HPAs, including those that are not evaluated, because two may scale one target.
    pub hpas: Vec<Hpa>,
    /// The scale targets of the HPAs (and possibly other objects of those kinds). A kind that could
    /// not be read is in `unread`.
    pub workloads: Vec<Workload>,
    /// Kinds of targets (`group/Kind`, or `Kind` in the core group) that could not be read, with
    /// the reason.
    pub unread: BTreeMap<String, Unknown>,
    /// All pods of the namespaces that have HPAs.
    pub pods: Known<Vec<Pod>>,
    /// PodDisruptionBudgets.
    pub budgets: Known<Vec<DisruptionBudget>>,
    /// ResourceQuotas.
    pub quotas: Known<Vec<Quota>>,
    /// VerticalPodAutoscalers; empty if the cluster does not have this API.
    pub vertical: Known<Vec<VerticalAutoscaler>>,
    /// KEDA's ScaledObjects; empty if the cluster does not have this API.
    pub scaled_objects: Known<Vec<ScaledObject>>,
    /// Whether it was read from manifests: nothing in it has run, and its pods are those that the
    /// templates make.
    pub of_manifests: bool,
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
            of_manifests: false,
        }
    }

    /// Records that the targets of a kind (named as in `unread`) were read.
    pub fn read_targets(&mut self, kind: &str, workloads: Vec<Workload>) {
        self.unread.remove(kind);
        self.workloads.extend(workloads);
    }

    /// Records that the targets of a kind could not be read.
    pub fn cannot_read_targets(&mut self, kind: &str, why: Unknown) {
        self.unread.insert(kind.to_owned(), why);
    }
}

/// An HPA with the data for its rules. [`World::subjects`] creates them.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// The HPA.
    pub hpa: &'a Hpa,
    /// Its target; `Ok(None)` if it does not exist.
    pub target: Known<Option<&'a Workload>>,
    /// The pods that the target owns. Several HPAs of one target share them.
    pub pods: Known<Arc<[&'a Pod]>>,
    /// Its cluster.
    pub world: &'a World,
    /// Its earlier readings.
    pub past: Known<&'a Past>,
    /// The time of this reading.
    pub now: Timestamp,
    /// Lookups of other objects.
    pub(super) index: Arc<Index<'a>>,
}

impl World {
    /// Every HPA with the data for its rules, in the order of `hpas`. `past` returns an HPA's
    /// earlier readings, or why there are none; `now` is the time of this reading.
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
    /// The target, if it was read and exists.
    pub(super) fn workload(&self) -> Option<&'a Workload> {
        self.target.as_ref().ok().copied().flatten()
    }

    /// The target's pods that are expected to run: neither finished nor terminating.
    pub(super) fn live_pods(&self) -> Known<Vec<&'a Pod>> {
        let live = |pod: &&'a Pod| pod.deleted_at.is_none() && !pod.is_finished();
        self.pods
            .as_ref()
            .map(|pods| pods.iter().copied().filter(live).collect())
            .map_err(Clone::clone)
    }

    /// The pods that the controller measures, including finished and terminating ones: it looks at
    /// the requests of each.
    pub(super) fn measured_pods(&self) -> Known<Vec<&'a Pod>> {
        let own = self.pods.clone()?.to_vec();
        let Some(workload) = self.workload() else { return Ok(own) };
        // Without a readable selector, the target's own pods are the best approximation.
        Ok(self.index.measured(workload).unwrap_or(own))
    }

    /// Whether a pod belongs to the target, as far as known.
    pub(super) fn owns(&self, pod: &Pod) -> bool {
        let Some(workload) = self.workload() else { return false };
        let is_listed = || {
            let pods = self.pods.as_deref().unwrap_or_default();
            pods.iter().any(|own| std::ptr::eq(*own, pod))
        };
        pod.is_owned_by(workload) || !workload.owns_its_pods() && is_listed()
    }

    /// The HPA's condition of this type, if it has this status and no other condition makes it
    /// stale.
    pub(super) fn condition(&self, kind: &str, status: bool) -> Option<&'a Condition> {
        condition(self.hpa, kind, status)
    }

    /// The time since `then`, never negative.
    pub(super) fn since(&self, then: Timestamp) -> SignedDuration {
        self.now.duration_since(then).max(SignedDuration::ZERO)
    }

    /// Whether the HPA is known to be younger than this.
    pub(super) fn is_younger(&self, than: SignedDuration) -> bool {
        self.hpa.age(self.now).is_some_and(|age| age < than)
    }
}

/// Like [`Subject::condition`], for any HPA.
pub(super) fn condition<'a>(hpa: &'a Hpa, kind: &str, status: bool) -> Option<&'a Condition> {
    let readable = match kind {
        conditions::ABLE_TO_SCALE => true,
        conditions::SCALING_ACTIVE => hpa.able_to_scale != Some(false),
        _ => !hpa.is_stale(),
    };
    hpa.condition(kind).filter(|condition| readable && condition.is_true() == Some(status))
}

/// Whether metrics and replicas in an HPA's status are current.
pub(super) fn is_fresh(hpa: &Hpa) -> bool {
    !hpa.conditions.is_empty() && !hpa.is_stale()
}
