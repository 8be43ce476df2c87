//! Lookup of related objects in a cluster. An index rather than a search, because there may be
//! thousands of HPAs and tens of thousands of pods.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::subject::World;
use super::unknown::{Known, Unknown};
use crate::hpa::Hpa;
use crate::kube::{
    DisruptionBudget, ObjectRef, Pod, Quota, ScaledObject, Selector, VerticalAutoscaler, Workload,
};

/// Namespace, kind, name.
type Object<'a> = (&'a str, &'a str, &'a str);
/// Namespace, label, value.
type Label<'a> = (&'a str, &'a str, &'a str);

#[derive(Debug)]
pub(super) struct Index<'a> {
    world: &'a World,
    workloads: HashMap<Object<'a>, Vec<&'a Workload>>,
    hpas: HashMap<Object<'a>, Vec<&'a Hpa>>,
    /// Pods by owner: the direct one, or the one that the name of their ReplicaSet implies.
    owned: HashMap<Object<'a>, Vec<&'a Pod>>,
    labelled: OnceLock<HashMap<Label<'a>, Vec<&'a Pod>>>,
    namespaces: OnceLock<HashMap<&'a str, Vec<&'a Pod>>>,
    budgets: OnceLock<HashMap<&'a str, Vec<Covering<'a>>>>,
    quotas: OnceLock<HashMap<&'a str, Vec<&'a Quota>>>,
    vertical: OnceLock<HashMap<Object<'a>, Vec<&'a VerticalAutoscaler>>>,
    scaled_objects: OnceLock<HashMap<&'a str, Vec<&'a ScaledObject>>>,
}

/// A PodDisruptionBudget with the pods that it covers.
#[derive(Debug)]
pub(super) struct Covering<'a> {
    pub(super) budget: &'a DisruptionBudget,
    selector: Selector,
    live: OnceLock<usize>,
}

impl Covering<'_> {
    pub(super) fn covers(&self, pod: &Pod) -> bool {
        self.selector.matches(&pod.labels)
    }
}

fn map<K: std::hash::Hash + Eq, V>(pairs: impl Iterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut map: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        map.entry(key).or_default().push(value);
    }
    map
}

fn scaled(hpa: &Hpa) -> Object<'_> {
    (&hpa.namespace, hpa.target.kind.as_str(), &hpa.target.name)
}

/// Whether two references in the same namespace mean the same object.
pub(super) fn same(one: &ObjectRef, other: &ObjectRef) -> bool {
    one.kind == other.kind && one.name == other.name && one.group() == other.group()
}

impl<'a> Index<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        let workload = |w: &'a Workload| ((&*w.namespace, &*w.kind, &*w.name), w);
        let pods = world.pods.as_deref().unwrap_or_default();
        Self {
            world,
            workloads: map(world.workloads.iter().map(workload)),
            hpas: map(world.hpas.iter().map(|hpa| (scaled(hpa), hpa))),
            owned: map(pods.iter().flat_map(|pod| owners(pod).map(move |owner| (owner, pod)))),
            labelled: OnceLock::new(),
            namespaces: OnceLock::new(),
            budgets: OnceLock::new(),
            quotas: OnceLock::new(),
            vertical: OnceLock::new(),
            scaled_objects: OnceLock::new(),
        }
    }

    /// The target of an HPA; `None` if it does not exist.
    pub(super) fn target(&self, hpa: &Hpa) -> Known<Option<&'a Workload>> {
        let found = self.workloads.get(&scaled(hpa)).into_iter().flatten();
        if let Some(workload) = found.copied().find(|workload| workload.is(&hpa.target)) {
            return Ok(Some(workload));
        }
        let (group, kind) = (hpa.target.group(), hpa.target.kind.as_str());
        let is_kind = |name: &str| match name.rsplit_once('/') {
            Some(parts) => parts == (group, kind),
            None => group.is_empty() && name == kind,
        };
        match self.world.unread.iter().find(|(name, _)| is_kind(name)) {
            Some((_, why)) => Err(why.clone()),
            None => Ok(None),
        }
    }

    /// The pods that a workload owns. Pods of a custom resource often have another object as their
    /// owner: then they are the pods that its `/scale` selects.
    pub(super) fn pods_of(&self, workload: &Workload) -> Known<Vec<&'a Pod>> {
        self.world.pods.as_ref().map_err(Clone::clone)?;
        let key = (&*workload.namespace, &*workload.kind, &*workload.name);
        let candidates = self.owned.get(&key).into_iter().flatten().copied();
        let owned: Vec<&Pod> = candidates.filter(|pod| pod.is_owned_by(workload)).collect();
        if !owned.is_empty() || workload.owns_its_pods() {
            return Ok(owned);
        }
        let mut selected = self.measured(workload)?;
        selected.retain(|pod| pod.may_be_of(workload));
        Ok(selected)
    }

    /// The pods that the controller measures: those that the target's `/scale` selects, including
    /// finished and terminating ones.
    pub(super) fn measured(&self, workload: &Workload) -> Known<Vec<&'a Pod>> {
        self.world.pods.as_ref().map_err(Clone::clone)?;
        let Some(text) = workload.measured_by() else {
            return Err(match workload.no_selector.as_deref() {
                Some(why) => Unknown::Undetermined(why.into()),
                None => Unknown::pods_of(&workload.kind),
            });
        };
        let unreadable = || Unknown::Undetermined("the target's selector cannot be read".into());
        let selector = Selector::parse(text).ok_or_else(unreadable)?;
        Ok(self.selected(&workload.namespace, &selector))
    }

    /// The pods in a namespace that a selector matches.
    pub(super) fn selected(&self, namespace: &str, selector: &Selector) -> Vec<&'a Pod> {
        let pods = self.world.pods.as_deref().unwrap_or_default();
        let labelled = |pod: &'a Pod| {
            let label = move |(key, value): (&'a String, &'a String)| {
                ((&*pod.namespace, &**key, &**value), pod)
            };
            pod.labels.iter().map(label)
        };
        let by_label = || {
            let index = self.labelled.get_or_init(|| map(pods.iter().flat_map(labelled)));
            // The rarest label gives the fewest candidates: every pod of a chart may have the
            // first.
            selector
                .labels()
                .map(|(key, value)| {
                    index.get(&(namespace, key, value)).map(Vec::as_slice).unwrap_or_default()
                })
                .min_by_key(|pods| pods.len())
        };
        let all = || {
            let index =
                self.namespaces.get_or_init(|| map(pods.iter().map(|pod| (&*pod.namespace, pod))));
            index.get(namespace).map(Vec::as_slice).unwrap_or_default()
        };
        let candidates = by_label().unwrap_or_else(all).iter().copied();
        candidates.filter(|pod| selector.matches(&pod.labels)).collect()
    }

    /// The other HPAs with the same target.
    pub(super) fn rivals(&self, hpa: &'a Hpa) -> impl Iterator<Item = &'a Hpa> {
        let found = self.hpas.get(&scaled(hpa)).into_iter().flatten().copied();
        found.filter(|other| !std::ptr::eq(*other, hpa) && same(&other.target, &hpa.target))
    }

    /// The PodDisruptionBudgets of a namespace.
    pub(super) fn budgets(&self, namespace: &str) -> &[Covering<'a>] {
        let budgets = self.world.budgets.as_deref().unwrap_or_default();
        let parsed = |budget: &'a DisruptionBudget| {
            let selector = match budget.selector.as_deref()? {
                // In policy/v1, a selector without requirements matches all pods.
                "" => Selector::default(),
                text => Selector::parse(text)?,
            };
            Some((&*budget.namespace, Covering { budget, selector, live: OnceLock::new() }))
        };
        let index = self.budgets.get_or_init(|| map(budgets.iter().filter_map(parsed)));
        index.get(namespace).map(Vec::as_slice).unwrap_or_default()
    }

    /// The number of pods that a budget counts: those that are meant to run.
    pub(super) fn covered(&self, budget: &Covering<'_>) -> usize {
        *budget.live.get_or_init(|| {
            let all = self.selected(&budget.budget.namespace, &budget.selector);
            all.into_iter().filter(|pod| pod.deleted_at.is_none() && !pod.is_finished()).count()
        })
    }

    /// The ResourceQuotas of a namespace.
    pub(super) fn quotas(&self, namespace: &str) -> impl Iterator<Item = &'a Quota> {
        let quotas = self.world.quotas.as_deref().unwrap_or_default();
        let index =
            self.quotas.get_or_init(|| map(quotas.iter().map(|quota| (&*quota.namespace, quota))));
        index.get(namespace).into_iter().flatten().copied()
    }

    /// The VerticalPodAutoscalers with the same target, or with the object that has its template.
    pub(super) fn vertical(&self, hpa: &Hpa) -> Vec<&'a VerticalAutoscaler> {
        let vertical = self.world.vertical.as_deref().unwrap_or_default();
        let key = |v: &'a VerticalAutoscaler| {
            ((&*v.namespace, v.target.kind.as_str(), &*v.target.name), v)
        };
        let index = self.vertical.get_or_init(|| map(vertical.iter().map(key)));
        let template = self.target(hpa).ok().flatten().and_then(|it| it.template_of.as_ref());
        let of = |target: &ObjectRef| {
            let found = index.get(&(&*hpa.namespace, target.kind.as_str(), &*target.name));
            let found = found.into_iter().flatten().copied();
            found.filter(|vertical| same(&vertical.target, target)).collect::<Vec<_>>()
        };
        let mut found = of(&hpa.target);
        found.extend(template.into_iter().flat_map(of));
        found
    }

    /// KEDA's ScaledObjects of a namespace.
    pub(super) fn scaled_objects(&self, namespace: &str) -> impl Iterator<Item = &'a ScaledObject> {
        let objects = self.world.scaled_objects.as_deref().unwrap_or_default();
        let index = self
            .scaled_objects
            .get_or_init(|| map(objects.iter().map(|object| (&*object.namespace, object))));
        index.get(namespace).into_iter().flatten().copied()
    }
}

/// The possible owners of a pod, by the rules of [`Pod::is_owned_by`].
fn owners(pod: &Pod) -> impl Iterator<Item = Object<'_>> {
    let direct =
        pod.owner.as_ref().map(|owner| (&*pod.namespace, owner.kind.as_str(), &*owner.name));
    let above = pod.owner_above().map(|(kind, name)| (&*pod.namespace, kind, name));
    [direct, above].into_iter().flatten()
}
