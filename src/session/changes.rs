//! The changes of each HPA from one scan to the next, for a list that is watched. Nothing is
//! debounced: every change is reported. A cluster that could not be read changes nothing; its HPAs
//! are marked as unknown.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::State;
use super::scanned::{ScannedCluster, ScannedHpa};

/// The values of an HPA that are compared between scans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// The fewest replicas it may set.
    pub min_replicas: i32,
    /// The most replicas it may set.
    pub max_replicas: i32,
    /// The replicas now.
    pub current_replicas: i32,
    /// `OK`, or the id of the worst finding.
    pub status: &'static str,
}

impl Reading {
    fn of(scanned: &ScannedHpa) -> Self {
        let hpa = scanned.hpa();
        Self {
            min_replicas: hpa.min_replicas,
            max_replicas: hpa.max_replicas,
            current_replicas: hpa.current_replicas,
            status: scanned.status(),
        }
    }
}

/// The state of an HPA as of the last scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HpaState {
    /// The HPA also existed at the scan before.
    Present,
    /// The HPA did not exist at the scan before.
    New,
    /// The HPA no longer exists.
    Gone,
    /// The HPA's cluster could not be read: the entry shows the last known values.
    Unknown,
}

/// An HPA of the list.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The HPA as last seen.
    pub hpa: Arc<ScannedHpa>,
    /// The state of the HPA.
    pub state: HpaState,
    /// The values at the scan before, if they differ.
    pub before: Option<Reading>,
    /// Whether the HPA has a problem, or had one at the scan before.
    pub concerns: bool,
}

/// The kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ChangeKind {
    /// The HPA existed at the first scan of its cluster.
    Present,
    /// The HPA exists now, and did not at the scan before.
    Appeared,
    /// Replicas, bounds or status have changed.
    Changed,
    /// The HPA existed at the scan before, and no longer does.
    Gone,
}

/// A change of one HPA.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The kind of the change.
    pub event: ChangeKind,
    /// When the change was seen, up to one scan interval after it happened.
    pub at: Timestamp,
    /// The HPA's cluster.
    pub cluster: Arc<str>,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The values now; for an HPA that is gone, the last known values.
    #[serde(flatten)]
    pub now: Reading,
    /// The values before the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Reading>,
    /// Whether the HPA has a problem, or had one before.
    #[serde(skip)]
    pub concerns: bool,
}

type Place = (String, String);

/// The list of HPAs as of the last scans.
#[derive(Debug, Default)]
pub struct Changes {
    clusters: BTreeMap<Arc<str>, Cluster>,
}

#[derive(Debug)]
struct Cluster {
    scanned: Arc<ScannedCluster>,
    /// None before HPAs of the cluster could be read for the first time.
    entries: Option<BTreeMap<Place, Entry>>,
}

impl Changes {
    /// Compares the list with the state of a session and updates the list. Returns the clusters
    /// that were scanned since the last call, each with its changes.
    pub fn follow(&mut self, state: &State) -> Vec<(Arc<ScannedCluster>, Vec<Change>)> {
        self.clusters.retain(|name, _| state.clusters.contains_key(name));
        let mut scanned = Vec::new();
        for cluster in state.clusters.values() {
            let last = self.clusters.get(&cluster.outcome.name);
            if !last.is_some_and(|last| Arc::ptr_eq(&last.scanned, cluster)) {
                scanned.push((Arc::clone(cluster), self.scan(cluster)));
            }
        }
        scanned
    }

    /// Compares a scan of one cluster with the list. HPAs that were not read are gone if the scan
    /// was complete, and unknown if not.
    fn scan(&mut self, scanned: &Arc<ScannedCluster>) -> Vec<Change> {
        let name = &scanned.outcome.name;
        let last = self.clusters.remove(name).and_then(|cluster| cluster.entries);
        let mut changes = Vec::new();
        let is_first_failure = !scanned.is_complete && scanned.hpas.is_empty() && last.is_none();
        let entries = (!is_first_failure).then(|| compare(last, scanned, &mut changes));
        self.clusters.insert(Arc::clone(name), Cluster { scanned: Arc::clone(scanned), entries });
        changes
    }

    /// All HPAs, by cluster, namespace and name, including those that the last scan found gone.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        let entries = self.clusters.values().filter_map(|cluster| cluster.entries.as_ref());
        entries.flat_map(BTreeMap::values)
    }

    /// The last scan of each cluster.
    pub fn clusters(&self) -> impl Iterator<Item = &ScannedCluster> {
        self.clusters.values().map(|cluster| &*cluster.scanned)
    }
}

/// The entries of a cluster after a scan. `last` is none at the first scan, whose HPAs are
/// reported as present rather than appeared.
fn compare(
    last: Option<BTreeMap<Place, Entry>>,
    scanned: &ScannedCluster,
    changes: &mut Vec<Change>,
) -> BTreeMap<Place, Entry> {
    let is_first = last.is_none();
    let mut known = last.unwrap_or_default();
    known.retain(|_, entry| entry.state != HpaState::Gone);
    let mut entries = BTreeMap::new();
    let mut add = |event, hpa: &ScannedHpa, before, concerns| {
        changes.push(Change {
            event,
            at: scanned.at,
            cluster: Arc::clone(&scanned.outcome.name),
            namespace: hpa.hpa().namespace.clone(),
            name: hpa.hpa().name.clone(),
            now: Reading::of(hpa),
            before,
            concerns,
        });
    };
    for hpa in &scanned.hpas {
        let (hpa, now) = (Arc::clone(hpa), Reading::of(hpa));
        let place = (hpa.hpa().namespace.clone(), hpa.hpa().name.clone());
        let entry = match known.remove(&place) {
            Some(last) if last.hpa.hpa().uid == hpa.hpa().uid => {
                let before = Some(Reading::of(&last.hpa)).filter(|before| *before != now);
                let concerns = hpa.is_problem() || last.hpa.is_problem();
                if before.is_some() {
                    add(ChangeKind::Changed, &hpa, before, concerns);
                }
                Entry { hpa, state: HpaState::Present, before, concerns }
            }
            last => {
                // An HPA that was deleted and created again under the same name.
                if let Some(last) = last {
                    add(ChangeKind::Gone, &last.hpa, None, last.hpa.is_problem());
                }
                let event = if is_first { ChangeKind::Present } else { ChangeKind::Appeared };
                let concerns = hpa.is_problem();
                add(event, &hpa, None, concerns);
                let state = if is_first { HpaState::Present } else { HpaState::New };
                Entry { hpa, state, before: None, concerns }
            }
        };
        entries.insert(place, entry);
    }
    for (place, last) in known {
        let state = if scanned.is_complete { HpaState::Gone } else { HpaState::Unknown };
        let concerns = last.hpa.is_problem();
        if scanned.is_complete {
            add(ChangeKind::Gone, &last.hpa, None, concerns);
        }
        entries.insert(place, Entry { state, before: None, concerns, ..last });
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Evidence, Finding, Severity};
    use crate::history::Recorded;
    use crate::kubectl::{Cluster as KubectlCluster, Outcome};

    fn seen(name: &str, uid: &str, replicas: i32, status: &'static str) -> Arc<ScannedHpa> {
        let json = format!(
            r#"{{"kind":"HorizontalPodAutoscalerList","apiVersion":"autoscaling/v2","items":[{{"metadata":{{"name":"{name}","namespace":"shop","uid":"{uid}"}},
            "spec":{{"minReplicas":1,"maxReplicas":9,"scaleTargetRef":{{"kind":"Deployment","name":"{name}"}}}},
            "status":{{"currentReplicas":{replicas},"desiredReplicas":{replicas}}}}}]}}"#
        );
        let list = crate::hpa::parse_list(&"prod".into(), &"prod".into(), json.as_bytes());
        let hpa = list.unwrap().hpas.pop().unwrap();
        let finding = Finding {
            id: status,
            severity: Severity::Warning,
            cluster: "prod".into(),
            namespace: "shop".to_owned(),
            hpa: name.to_owned(),
            message: String::new(),
            action: "".into(),
            evidence: Evidence::default(),
            location: None,
        };
        let findings = if status == "OK" { Vec::new() } else { vec![finding] };
        Arc::new(ScannedHpa { recorded: Recorded::new(hpa, None), findings })
    }

    #[derive(Default)]
    struct Watch(Changes);

    impl Watch {
        fn scan(&mut self, hpas: Vec<Arc<ScannedHpa>>, is_complete: bool) -> Vec<String> {
            let cluster = KubectlCluster { name: "prod".into(), ..KubectlCluster::own_pod() };
            let outcome = Outcome::new(&cluster, std::time::Duration::ZERO, None);
            let at = "2026-11-23T10:00:00Z".parse().unwrap();
            let scanned = Arc::new(ScannedCluster { at, outcome, is_complete, hpas });
            let clusters = [("prod".into(), scanned)].into();
            let state = State { clusters, ..State::default() };
            let changes: Vec<Change> =
                self.0.follow(&state).into_iter().flat_map(|(_, changes)| changes).collect();
            assert!(self.0.follow(&state).is_empty(), "the same scan again is nothing new");
            let text = |it: &Change| {
                let from = it.before.map(|b| format!(" {} {}", b.current_replicas, b.status));
                let (from, now) = (from.unwrap_or_default(), it.now);
                format!("{:?} {}{from}: {} {}", it.event, it.name, now.current_replicas, now.status)
            };
            changes.iter().map(text).collect()
        }

        fn states(&self) -> Vec<HpaState> {
            self.0.entries().map(|entry| entry.state).collect()
        }
    }

    const NOTHING: [&str; 0] = [];

    #[test]
    fn what_is_there_at_first_is_present_and_the_same_again_is_nothing() {
        let mut watch = Watch::default();
        let scan = || vec![seen("a", "1", 3, "OK")];
        assert_eq!(watch.scan(scan(), true), ["Present a: 3 OK"]);
        assert_eq!(watch.scan(scan(), true), NOTHING);
        assert_eq!(watch.states(), [HpaState::Present]);
        let scaled = vec![seen("a", "1", 5, "at-max")];
        assert_eq!(watch.scan(scaled.clone(), true), ["Changed a 3 OK: 5 at-max"]);
        assert!(watch.0.entries().all(|entry| entry.before.is_some() && entry.concerns));
        assert_eq!(watch.scan(scaled, true), NOTHING);
        assert!(watch.0.entries().all(|entry| entry.before.is_none()), "marked for one scan");
        // An HPA that is healthy again stays in a list of problems for one scan, to show that.
        watch.scan(scan(), true);
        assert!(watch.0.entries().all(|entry| entry.concerns));
        watch.scan(scan(), true);
        assert!(watch.0.entries().all(|entry| !entry.concerns));
    }

    #[test]
    fn what_comes_appears_and_what_goes_is_seen_to_be_gone_once() {
        let mut watch = Watch::default();
        watch.scan(vec![seen("a", "1", 3, "OK")], true);
        let both = vec![seen("a", "1", 3, "OK"), seen("b", "2", 1, "OK")];
        assert_eq!(watch.scan(both, true), ["Appeared b: 1 OK"]);
        assert_eq!(watch.states(), [HpaState::Present, HpaState::New]);
        assert_eq!(watch.scan(vec![seen("b", "2", 1, "OK")], true), ["Gone a: 3 OK"]);
        assert_eq!(watch.states(), [HpaState::Gone, HpaState::Present]);
        assert_eq!(watch.scan(vec![seen("b", "2", 1, "OK")], true), NOTHING);
        assert_eq!(watch.states(), [HpaState::Present]);
        // The same name with another uid is another object.
        let other = vec![seen("b", "3", 1, "OK")];
        assert_eq!(watch.scan(other, true), ["Gone b: 1 OK", "Appeared b: 1 OK"]);
    }

    #[test]
    fn a_cluster_that_cannot_be_read_is_unknown_and_nothing_in_it_gone() {
        let mut watch = Watch::default();
        assert_eq!(watch.scan(Vec::new(), false), NOTHING);
        // The HPA may have existed before the first scan that could be read.
        assert_eq!(watch.scan(vec![seen("a", "1", 3, "OK")], true), ["Present a: 3 OK"]);
        assert_eq!(watch.scan(Vec::new(), false), NOTHING);
        assert_eq!(watch.states(), [HpaState::Unknown]);
        // An incomplete scan: HPAs that were read are known, the others are not.
        assert_eq!(watch.scan(vec![seen("b", "2", 1, "OK")], false), ["Appeared b: 1 OK"]);
        assert_eq!(watch.states(), [HpaState::Unknown, HpaState::New]);
        // A change meanwhile is reported against the last known values.
        let both = vec![seen("a", "1", 4, "OK"), seen("b", "2", 1, "OK")];
        assert_eq!(watch.scan(both, true), ["Changed a 3 OK: 4 OK"]);
        assert_eq!(watch.scan(Vec::new(), true), ["Gone a: 4 OK", "Gone b: 1 OK"]);
    }
}
