//! What changed from one snapshot to another. Pure: no database and no clock.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::snapshot::{Recorded, Snapshot};
use crate::hpa::{Metric, ScalingRules, matching};
use crate::kube::{Condition, Quantity, Resources};

/// The changes. Data that one of the snapshots lacks is `unknown`, never added or removed.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Diff {
    /// HPAs that only the later snapshot has.
    pub added: Vec<Place>,
    /// HPAs that only the earlier snapshot has.
    pub removed: Vec<Place>,
    /// HPAs that both snapshots have, with differences.
    pub changed: Vec<Change>,
    /// What cannot be compared.
    pub unknown: Vec<Unknown>,
    /// The number of HPAs that are the same in both snapshots.
    pub unchanged: usize,
}

/// The identity of an HPA.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The cluster's name in the kubeconfig.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// An HPA that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The HPA.
    #[serde(flatten)]
    pub place: Place,
    /// The fields that differ; never empty.
    pub fields: Vec<Field>,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// The path, such as `maxReplicas`, `metrics[cpu].target` or
    /// `conditions[ScalingActive].reason`.
    pub field: String,
    /// Who writes the field.
    pub part: Part,
    /// The earlier value; null if the field was absent.
    pub before: Value,
    /// The later value; null if the field is absent.
    pub after: Value,
}

/// Who writes a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// People and their tools: the HPA's spec and labels, the target's requests.
    Spec,
    /// The controllers: replicas, readings, conditions.
    Status,
}

/// Something that cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// The cluster.
    pub cluster: String,
    /// The namespace, if this concerns a single HPA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The HPA's name, if this concerns a single HPA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Why.
    pub reason: String,
}

impl Unknown {
    fn of(place: &Place, reason: String) -> Self {
        Self {
            cluster: place.cluster.clone(),
            namespace: Some(place.namespace.clone()),
            name: Some(place.name.clone()),
            reason,
        }
    }
}

impl Diff {
    /// Whether nothing differs. Unknown data is no difference.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    /// Keeps only the fields of one part, and the HPAs that differ in them.
    #[must_use]
    pub fn only(mut self, part: Part) -> Self {
        for change in &mut self.changed {
            change.fields.retain(|field| field.part == part);
        }
        let before = self.changed.len();
        self.changed.retain(|change| !change.fields.is_empty());
        self.unchanged += before - self.changed.len();
        self
    }
}

/// What changed from `before` to `after`.
pub fn diff(before: &Snapshot, after: &Snapshot) -> Diff {
    let mut diff = Diff::default();
    let (old, new) = (index(before), index(after));
    let others = others(before, after);
    let places: BTreeSet<&Place> = old.keys().chain(new.keys()).collect();
    for place in places {
        if let Some(reason) = others.get(place.cluster.as_str()) {
            diff.unknown.push(Unknown::of(place, reason.clone()));
            continue;
        }
        match (old.get(place), new.get(place)) {
            (Some(old), Some(new)) => {
                let fields = fields(old, new);
                if fields.is_empty() {
                    diff.unchanged += 1;
                } else {
                    diff.changed.push(Change { place: place.clone(), fields });
                }
            }
            (Some(_), None) => {
                missing(after, "later", place, &mut diff.unknown, &mut diff.removed);
            }
            (None, Some(_)) => {
                missing(before, "earlier", place, &mut diff.unknown, &mut diff.added);
            }
            (None, None) => {}
        }
    }
    for (snapshot, when) in [(before, "earlier"), (after, "later")] {
        for cluster in &snapshot.clusters {
            if let Some(failure) = &cluster.error {
                diff.unknown.push(Unknown {
                    cluster: cluster.name.to_string(),
                    namespace: None,
                    name: None,
                    reason: format!("could not be read in the {when} snapshot: {failure}"),
                });
            }
        }
    }
    diff
}

/// The clusters that are different clusters in the two snapshots, with the reason: the same name
/// (such as the `default` of every k3s) but another server. A cluster that has only moved to
/// another address still has HPAs with the same uids.
fn others<'a>(before: &'a Snapshot, after: &Snapshot) -> BTreeMap<&'a str, String> {
    fn uids<'a>(snapshot: &'a Snapshot, cluster: &str) -> BTreeSet<&'a str> {
        let hpas = snapshot.hpas.iter().map(|recorded| &recorded.hpa);
        let hpas = hpas.filter(|hpa| *hpa.cluster == *cluster && !hpa.uid.is_empty());
        hpas.map(|hpa| hpa.uid.as_str()).collect()
    }
    let mut found = BTreeMap::new();
    for old in &before.clusters {
        let Some(new) = after.cluster(&old.name) else { continue };
        let known = !old.server.is_empty() && !new.server.is_empty();
        // If a cluster could not be read at all, that is the reason; if a part was read, its HPAs
        // decide.
        let read = old.error.is_none() && new.error.is_none();
        if known
            && old.server != new.server
            && (read || !uids(before, &old.name).is_empty() && !uids(after, &old.name).is_empty())
            && uids(before, &old.name).is_disjoint(&uids(after, &old.name))
        {
            let reason = format!("another server: {}, then {}", old.server, new.server);
            found.insert(&*old.name, reason);
        }
    }
    found
}

fn index(snapshot: &Snapshot) -> BTreeMap<Place, &Recorded> {
    let place = |recorded: &Recorded| Place {
        cluster: recorded.hpa.cluster.to_string(),
        namespace: recorded.hpa.namespace.clone(),
        name: recorded.hpa.name.clone(),
    };
    snapshot.hpas.iter().map(|recorded| (place(recorded), recorded)).collect()
}

/// Why `snapshot` does not have an HPA: it did not exist, or that is unknown.
fn missing(
    snapshot: &Snapshot,
    when: &str,
    place: &Place,
    unknown: &mut Vec<Unknown>,
    gone: &mut Vec<Place>,
) {
    let reason = match snapshot.cluster(&place.cluster) {
        None => format!("the {when} snapshot does not cover this cluster"),
        Some(cluster) if cluster.error.is_some() => {
            format!("its cluster could not be read in the {when} snapshot")
        }
        Some(_) if !snapshot.scope.covers_all_of(&place.namespace) => {
            format!("the {when} snapshot does not cover it")
        }
        Some(_) => return gone.push(place.clone()),
    };
    unknown.push(Unknown::of(place, reason));
}

/// The fields in which two states of one HPA differ.
fn fields(before: &Recorded, after: &Recorded) -> Vec<Field> {
    let (old, new) = (&before.hpa, &after.hpa);
    let mut found = Fields::default();
    let both = Fields::both;
    found.part = Part::Spec;
    found.value("uid", &old.uid, &new.uid);
    found.maps("labels", &old.labels, &new.labels);
    if !old.target.eq(&new.target) {
        found.add("target", both(&old.target), both(&new.target));
    }
    found.value("minReplicas", &old.min_replicas, &new.min_replicas);
    found.value("maxReplicas", &old.max_replicas, &new.max_replicas);
    found.value("owner", &old.owner, &new.owner);
    found.value("ignore", &old.ignore, &new.ignore);
    let rules = |hpa: &crate::hpa::Hpa, up: bool| {
        let behavior = hpa.behavior.clone().unwrap_or_default();
        (if up { behavior.scale_up } else { behavior.scale_down }).unwrap_or_default()
    };
    for (name, up) in [("behavior.scaleUp", true), ("behavior.scaleDown", false)] {
        found.rules(name, &rules(old, up), &rules(new, up));
    }
    found.metrics(&old.metrics, &new.metrics);
    found.workload(before, after);
    found.part = Part::Status;
    found.value("currentReplicas", &old.current_replicas, &new.current_replicas);
    found.value("desiredReplicas", &old.desired_replicas, &new.desired_replicas);
    found.value("lastScaleTime", &old.last_scale_time, &new.last_scale_time);
    found.conditions(&old.conditions, &new.conditions);
    found.fields.sort_by_key(|field| field.part == Part::Status);
    found.fields
}

struct Fields {
    part: Part,
    fields: Vec<Field>,
}

impl Default for Fields {
    fn default() -> Self {
        Self { part: Part::Spec, fields: Vec::new() }
    }
}

impl Fields {
    /// A value as JSON. Values that JSON cannot represent do not occur in a record.
    fn both<T: Serialize + ?Sized>(value: &T) -> Value {
        serde_json::to_value(value).unwrap_or_default()
    }

    fn add(&mut self, field: impl Into<String>, before: Value, after: Value) {
        self.fields.push(Field { field: field.into(), part: self.part, before, after });
    }

    fn value<T: Serialize + PartialEq>(&mut self, field: &str, before: &T, after: &T) {
        if before != after {
            self.add(field, Self::both(before), Self::both(after));
        }
    }

    /// Compares quantities by their numeric value, regardless of notation.
    fn quantity(&mut self, field: &str, before: Option<&str>, after: Option<&str>) {
        let number = |text: Option<&str>| text.and_then(|text| text.parse::<Quantity>().ok());
        let same = match (number(before), number(after)) {
            (Some(before), Some(after)) => before == after,
            _ => before == after,
        };
        if !same {
            self.add(field, Self::both(&before), Self::both(&after));
        }
    }

    fn maps<T: Serialize + PartialEq>(
        &mut self,
        field: &str,
        before: &BTreeMap<String, T>,
        after: &BTreeMap<String, T>,
    ) {
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for key in keys {
            let (old, new) = (before.get(key), after.get(key));
            if old != new {
                self.add(format!("{field}.{key}"), Self::both(&old), Self::both(&new));
            }
        }
    }

    fn rules(&mut self, field: &str, before: &ScalingRules, after: &ScalingRules) {
        let name = |name: &str| format!("{field}.{name}");
        self.value(
            &name("stabilizationWindowSeconds"),
            &before.stabilization_window_seconds,
            &after.stabilization_window_seconds,
        );
        self.value(&name("selectPolicy"), &before.select_policy, &after.select_policy);
        self.value(&name("policies"), &before.policies, &after.policies);
        self.quantity(&name("tolerance"), before.tolerance.as_deref(), after.tolerance.as_deref());
    }

    fn metrics(&mut self, before: &[Metric], after: &[Metric]) {
        for (name, pair) in by_identity(before, after) {
            let field = format!("metrics[{name}]");
            match pair {
                (Some(old), Some(new)) => {
                    self.part = Part::Spec;
                    self.value(&format!("{field}.target.type"), &old.target.kind, &new.target.kind);
                    self.quantity(
                        &format!("{field}.target.value"),
                        old.target.value.as_deref(),
                        new.target.value.as_deref(),
                    );
                    self.part = Part::Status;
                    let value = |metric: &Metric| metric.current.as_ref()?.value.clone();
                    self.quantity(
                        &format!("{field}.current.value"),
                        value(old).as_deref(),
                        value(new).as_deref(),
                    );
                    let average = |metric: &Metric| metric.current.as_ref()?.average_value.clone();
                    // For an average target, the average repeats the value.
                    if average(old) != value(old) || average(new) != value(new) {
                        self.quantity(
                            &format!("{field}.current.averageValue"),
                            average(old).as_deref(),
                            average(new).as_deref(),
                        );
                    }
                    self.part = Part::Spec;
                }
                (old, new) => {
                    let target = |metric: Option<&Metric>| {
                        metric.map_or(Value::Null, |metric| Self::both(&metric.target))
                    };
                    self.add(field, target(old), target(new));
                }
            }
        }
    }

    fn conditions(&mut self, before: &[Condition], after: &[Condition]) {
        let kinds: BTreeSet<&str> =
            before.iter().chain(after).map(|condition| condition.kind.as_str()).collect();
        for kind in kinds {
            let find = |conditions: &[Condition]| {
                conditions.iter().find(|condition| condition.kind == kind).cloned()
            };
            let field = format!("conditions[{kind}]");
            match (find(before), find(after)) {
                (Some(old), Some(new)) => {
                    let name = |name: &str| format!("{field}.{name}");
                    self.value(&name("status"), &old.status, &new.status);
                    self.value(&name("reason"), &old.reason, &new.reason);
                    self.value(&name("message"), &old.message, &new.message);
                    self.value(
                        &name("lastTransitionTime"),
                        &old.last_transition_time,
                        &new.last_transition_time,
                    );
                }
                (old, new) => {
                    let status = |condition: Option<Condition>| {
                        Self::both(&condition.map(|condition| condition.status))
                    };
                    self.add(field, status(old), status(new));
                }
            }
        }
    }

    /// Compares the targets. Data that one of the snapshots did not read is no difference.
    fn workload(&mut self, before: &Recorded, after: &Recorded) {
        let known = |it: &Recorded| it.workload.is_some() || it.workload_missing;
        if known(before) && known(after) && before.workload_missing != after.workload_missing {
            let there = |it: &Recorded| it.workload.as_ref().map(|_| "exists");
            self.add("workload", Self::both(&there(before)), Self::both(&there(after)));
        }
        let (Some(old), Some(new)) = (&before.workload, &after.workload) else { return };
        let resources = |this: &mut Self, name: &str, old: &Resources, new: &Resources| {
            this.maps(&format!("workload.{name}"), old, new);
        };
        resources(self, "requests", &old.requests, &new.requests);
        resources(self, "limits", &old.limits, &new.limits);
        self.part = Part::Status;
        self.value("workload.replicas", &old.replicas, &new.replicas);
        self.value("workload.ready", &old.ready, &new.ready);
    }
}

/// Pairs metrics before and after by identity rather than position: `cpu`, `ContainerResource
/// cpu(app)`, `depth{queue=a}`. The second metric with the same identity is `…#2`.
fn by_identity<'m>(
    before: &'m [Metric],
    after: &'m [Metric],
) -> BTreeMap<String, (Option<&'m Metric>, Option<&'m Metric>)> {
    let places = matching(before, after);
    let kept = before
        .iter()
        .zip(&places)
        .map(|(metric, place)| (Some(metric), place.and_then(|place| after.get(place))));
    let is_new = |(index, _): &(usize, &Metric)| !places.contains(&Some(*index));
    let added = after.iter().enumerate().filter(is_new).map(|(_, metric)| (None, Some(metric)));
    let mut found = BTreeMap::new();
    for pair in kept.chain(added) {
        let Some(metric) = pair.0.or(pair.1) else { continue };
        let selector = metric.selector.as_ref().map(|it| format!("{{{it}}}")).unwrap_or_default();
        // `cpu` alone is commonly understood as a metric of type Resource.
        let kind = match &metric.kind {
            crate::hpa::MetricType::Resource => String::new(),
            kind => format!("{} ", kind.as_str()),
        };
        let name = format!("{kind}{}{selector}", metric.label());
        let mut unique = name.clone();
        let mut count = 1;
        while found.contains_key(&unique) {
            count += 1;
            unique = format!("{name}#{count}");
        }
        found.insert(unique, pair);
    }
    found
}

#[cfg(test)]
mod tests;
